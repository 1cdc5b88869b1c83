#!/usr/bin/env python3
"""virtsql-setup and what uses it: the package's scripts and hook/install go on where something of the system is broken,
and no record stays where nobody drains.

    setup_test.py FOLDER      with virtsql-hook, virtsql-drain and virtsql-doctor; run by tests/end_to_end/isolated:
                              what is installed here is gone afterwards
"""
import contextlib
import glob
import os
import shutil
import sqlite3
import subprocess
import sys
import unittest

PROGRAMS = sys.argv.pop(1)
SOURCE = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..'))
SETUP = os.path.join(SOURCE, 'hook/virtsql-setup')
HOOKS = '/etc/libvirt/hooks'
HOOK = HOOKS + '/qemu.d/50-virtsql'
CONF = '/etc/virtsql.conf'
DATA = '/var/lib/virtsql'
ELSEWHERE = '/var/elsewhere'
RECORD = "<domain type='qemu'><name>{0}</name><uuid>00000000-0000-4000-8000-00000000000{0}</uuid></domain>"


def run(*command, **options):
    environment = {name: value for name, value in os.environ.items() if name != 'VIRTSQL_DB'}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, **options)


def captures(database):
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return [name for name, in connection.execute("SELECT operation FROM captures WHERE source = 'hook' ORDER BY id")]


class Setup(unittest.TestCase):
    def setUp(self):
        for path in (DATA, ELSEWHERE, HOOKS, '/etc/systemd/system/virtsqld.service.d'):
            shutil.rmtree(path, ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(CONF)
        for program in ('virtsql-hook', 'virtsql-drain', 'virtsql-doctor'):
            shutil.copy(os.path.join(PROGRAMS, program), '/usr/sbin')
        # No libvirt runs here.
        with open('/usr/sbin/virtsqld', 'w', encoding='ascii') as daemon:
            daemon.write('#!/bin/sh\nexit 1\n')
        os.chmod('/usr/sbin/virtsqld', 0o755)

    def configure(self, text):
        with open(CONF, 'w', encoding='utf-8') as conf:
            conf.write(text)

    def keep(self, *operations):
        """What libvirt says while nobody drains."""
        os.rename('/usr/sbin/virtsql-drain', '/usr/sbin/kept')
        for number, operation in enumerate(operations):
            self.assertEqual(run('/usr/sbin/virtsql-hook', str(number), operation, 'begin', '-', input=RECORD.format(number)).returncode, 0)
        os.rename('/usr/sbin/kept', '/usr/sbin/virtsql-drain')

    def test_a_configuration_that_cannot_be_read(self):
        os.symlink('/nonexistent', CONF)
        said = run(SETUP, '--without-services')
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertIn('/etc/virtsql.conf: it cannot be read', said.stderr)
        self.assertTrue(os.path.exists(HOOK))
        self.assertEqual(os.stat(DATA + '/spool').st_mode & 0o777, 0o700)
        # It may name another one.
        self.assertFalse(os.path.exists(DATA + '/virtsql.db'))
        # Whoever runs it by hand is told.
        self.assertEqual(run(SETUP).returncode, 1)

    def test_a_folder_that_cannot_be_written(self):
        self.configure(f'database = {ELSEWHERE}/virtsql.db\n')
        os.mkdir(ELSEWHERE)
        self.assertEqual(run('mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', ELSEWHERE).returncode, 0)
        self.addCleanup(run, 'umount', ELSEWHERE)
        first = run(SETUP, '--without-services')
        self.assertEqual((first.returncode, first.stderr), (0, ''))
        with contextlib.closing(sqlite3.connect(ELSEWHERE + '/virtsql.db')) as database:
            database.execute('PRAGMA journal_mode = DELETE')
        self.assertEqual(run('mount', '-o', 'remount,ro', ELSEWHERE).returncode, 0)
        os.unlink(HOOK)
        said = run(SETUP, '--without-services')
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertTrue(os.path.exists(HOOK))
        self.assertIn(f'{ELSEWHERE}/virtsql.db is not written', said.stderr)
        self.assertEqual(run(SETUP).returncode, 1)

    def test_records_in_the_spool_of_before(self):
        self.assertEqual(run(SETUP, '--without-services').returncode, 0)
        self.keep('prepare', 'start')
        for record in glob.glob(DATA + '/spool/*.record'):
            os.rename(record, f'{DATA}/spool/{int(os.path.basename(record)[:20]) - 100000000:020}.record')
        self.configure(f'database = {ELSEWHERE}/a/virtsql.db\n')
        self.assertRegex(run('virtsql-doctor').stdout, f'fail  2 records wait in {DATA}/spool, which is not the spool any more: sudo virtsql-setup moves them')
        said = run(SETUP, '--without-services')
        self.assertEqual((said.returncode, said.stderr), (0, ''))
        self.assertIn(f'2 records were moved from {DATA}/spool to {ELSEWHERE}/a/spool', said.stdout)
        self.assertEqual(captures(ELSEWHERE + '/a/virtsql.db'), ['prepare', 'start'])
        self.assertNotIn('any more', run('virtsql-doctor').stdout)
        # From one folder that is not virtsql's own to another, of which only the drop-ins still tell.
        self.keep('started')
        self.configure(f'database = {ELSEWHERE}/b/virtsql.db\n')
        said = run(SETUP, '--without-services')
        self.assertEqual((said.returncode, said.stderr), (0, ''))
        self.assertEqual(captures(ELSEWHERE + '/b/virtsql.db'), ['started'])
        for folder in (DATA, ELSEWHERE + '/a', ELSEWHERE + '/b'):
            self.assertEqual(glob.glob(folder + '/spool/*.record') + glob.glob(folder + '/spool/.new-*'), [])
        # A run that changes nothing moves nothing.
        self.assertNotIn('moved', run(SETUP, '--without-services').stdout)

    def test_a_move_leaves_no_record_behind(self):
        self.assertEqual(run(SETUP, '--without-services').returncode, 0)
        self.keep('prepare', 'start')
        said = run(SETUP, '--move-to', ELSEWHERE, '--without-services')
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertEqual(glob.glob(DATA + '/spool/*.record'), [])
        self.assertEqual(run('virtsql-drain', '--wait').returncode, 0)
        self.assertEqual(captures(ELSEWHERE + '/virtsql.db'), ['prepare', 'start'])

    def test_uninstall_without_virtsql_setup(self):
        self.assertIsNone(shutil.which('virtsql-setup'))
        self.assertEqual(run(SETUP, '--without-services').returncode, 0)
        with open(DATA + '/installed-files', 'w', encoding='ascii') as files:
            files.write('/usr/sbin/virtsqld\n/usr/sbin/virtsql-doctor\n')
        for _ in range(2):
            said = run(os.path.join(SOURCE, 'hook/install'), '--uninstall')
            self.assertEqual((said.returncode, said.stderr), (0, ''))
            self.assertFalse(os.path.exists(HOOK) or os.path.exists('/usr/sbin/virtsqld') or os.path.exists(DATA + '/installed-files'))

    def test_purge_while_somebody_has_the_group(self):
        self.assertEqual(run(SETUP, '--without-services').returncode, 0)
        self.assertEqual(run('useradd', '--no-create-home', '--gid', 'virtsql', 'reader').returncode, 0)
        said = run('sh', os.path.join(SOURCE, 'hook/debian/virtsql.postrm'), 'purge')
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertIn('The group virtsql stays', said.stderr)
        self.assertFalse(os.path.exists(DATA))
        self.assertEqual(run('userdel', 'reader').returncode, 0)
        self.assertEqual(run('sh', os.path.join(SOURCE, 'hook/debian/virtsql.postrm'), 'purge').returncode, 0)
        self.assertNotEqual(run('getent', 'group', 'virtsql').returncode, 0)


if __name__ == '__main__':
    unittest.main()
