"""A test case with the virtsql command of a built checkout and a database of the fleet that the recipes are tested on.

The test's first argument is the path of the command; VIRTSQL_EXTENSION names the extension that was built.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'report'))
import fleet  # noqa: E402

LAUNCHER = sys.argv.pop(1)


class Command(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.database = fleet.recipes_fleet(cls.folder.name)
        # The command looks for the extension beside itself.
        top = os.path.join(cls.folder.name, 'checkout')
        shutil.copytree(os.path.dirname(LAUNCHER), os.path.join(top, 'sql'))
        os.makedirs(os.path.join(top, 'build', 'sqlite_ext'))
        for name in ('virtsql.so', 'virtsql_libvirt.so'):
            built = os.path.join(os.path.dirname(os.environ['VIRTSQL_EXTENSION']), name)
            if os.path.exists(built):
                os.symlink(built, os.path.join(top, 'build', 'sqlite_ext', name))
        cls.launcher = os.path.join(top, 'sql', 'virtsql')

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def call(self, *arguments, status=0):
        done = subprocess.run([self.launcher, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout if status == 0 else done.stdout + done.stderr

    def copy(self, name):
        """Copies the fleet's database for a test that changes it, and returns the copy's path."""
        path = os.path.join(self.folder.name, name)
        shutil.copyfile(self.database, path)
        return path

    def path(self, name):
        return os.path.join(self.folder.name, name)
