#!/usr/bin/env python3
"""The examples of sql/TOOLS.md work in the tools that are installed here, on the fleet that the recipes are tested on.

    tools_test.py TOOLS.md

VIRTSQL_EXTENSION names the extension that was built. A tool that is not installed is skipped with a message.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'report'))
import fleet  # noqa: E402

DOCUMENT = sys.argv.pop(1)
PATH = '/var/lib/virtsql/virtsql.db'
# Debian's Python, because Debian's modules are made for it.
PYTHON = '/usr/bin/python3' if os.access('/usr/bin/python3', os.X_OK) else sys.executable


def examples():
    """The code of each section, by the section's heading."""
    with open(DOCUMENT, encoding='utf-8') as file:
        text = file.read()
    return {section.split('\n', 1)[0]: re.findall(r'```(\w*)\n(.*?)```', section, re.S) for section in text.split('\n## ')[1:]}


class Tools(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.database = fleet.recipes_fleet(cls.folder.name)
        cls.examples = examples()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def example(self, heading, *command, environment=None):
        """Runs the section's example on the test's database, and returns the lines that it prints."""
        ((_, code),) = self.examples[heading]
        self.assertIn(PATH, code)
        everything = {**os.environ, 'LD_LIBRARY_PATH': os.path.dirname(os.environ['VIRTSQL_EXTENSION']), **(environment or {})}
        done = subprocess.run(command, input=code.replace(PATH, self.database), capture_output=True, text=True, check=False, env=everything)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.rstrip('\n').split('\n')

    def need(self, *, program=None, module=None):
        if program and not shutil.which(program):
            self.skipTest(f'no {program}')
        if module and subprocess.run([PYTHON, '-c', f'import {module}'], capture_output=True, check=False).returncode:
            self.skipTest(f'no {module} for python3')

    def test_every_example_is_tried_or_said_not_to_be(self):
        names = {heading for heading in self.examples if '(not tried)' not in heading}
        self.assertEqual(names, {'Python', 'sqlite-utils', 'pandas', 'ODBC', 'better-sqlite3 (Node.js)'})
        for heading in names:
            self.assertEqual(len(self.examples[heading]), 1, heading)

    def test_python(self):
        loads = subprocess.run([PYTHON, '-c', 'import sqlite3; sqlite3.connect(":memory:").enable_load_extension(True)'], capture_output=True, check=False)
        if loads.returncode:
            self.skipTest(f'{PYTHON} is built without loadable extensions')
        vm, xml = self.example('Python', PYTHON, '-')
        self.assertEqual(vm, '{"name": "web01", "vcpus": 2, "memory_mib": 4096, "autostart": null}')
        self.assertTrue(xml.startswith('<domain'), xml)

    def test_numbers_arrive_as_numbers(self):
        """Every value in every everyday view has the type that the view's comment gives its column."""
        import sqlite3
        views = os.path.join(os.path.dirname(DOCUMENT), 'views')
        classes = {'text': str, 'integer': int, 'real': (int, float)}
        read = 0
        with sqlite3.connect(f'file:{self.database}?mode=ro', uri=True) as db:
            for name in sorted(os.listdir(views)):
                with open(os.path.join(views, name), encoding='utf-8') as file:
                    columns = re.findall(r'^  (\w+),? +-- (\w+):', file.read(), re.M)
                if not columns:
                    continue
                for row in db.execute(f'SELECT {", ".join(column for column, _ in columns)} FROM {name.removesuffix(".sql")}'):
                    for (column, kind), value in zip(columns, row):
                        read += value is not None
                        self.assertIsInstance(value, (classes[kind], type(None)) if isinstance(classes[kind], type) else (int, float, type(None)), f'{name} {column}')
        self.assertGreater(read, 1000)

    def test_sqlite_utils(self):
        self.need(program='sqlite-utils')
        printed = ''.join(self.example('sqlite-utils', 'sh', '-e'))
        vms, found = re.fullmatch(r'(\[.*?\])(\[.*\])', printed).groups()
        self.assertEqual(json.loads(vms), [{'name': 'web01', 'vcpus': 2, 'memory_mib': 4096}])
        self.assertEqual(json.loads(found), [{'found': 1}])

    def test_pandas(self):
        self.need(module='pandas')
        printed = self.example('pandas', PYTHON, '-')
        wanted = fleet.shell(self.database, "SELECT host || ' ' || sum(vcpus) || ' ' || sum(memory_mib) FROM vms GROUP BY host;").rstrip('\n').split('\n')
        self.assertEqual([' '.join(line.split()) for line in printed[2:]], wanted)

    def test_odbc(self):
        self.need(module='pyodbc')
        self.need(program='odbcinst')
        if 'SQLite3' not in subprocess.run(['odbcinst', '-q', '-d'], capture_output=True, text=True, check=False).stdout:
            self.skipTest('no driver SQLite3 for ODBC (libsqliteodbc)')
        self.assertEqual(json.loads(self.example('ODBC', PYTHON, '-')[0]), ['web01', 2, 4096])

    def test_better_sqlite3(self):
        self.need(program='node')
        modules = os.environ.get('NODE_PATH', '/usr/share/nodejs')
        found = subprocess.run(['node', '-e', "require('better-sqlite3')"], capture_output=True, env={**os.environ, 'NODE_PATH': modules}, check=False)
        if found.returncode:
            self.skipTest('no better-sqlite3 for node (npm install better-sqlite3, and NODE_PATH)')
        vm, xml = self.example('better-sqlite3 (Node.js)', 'node', '-', environment={'NODE_PATH': modules})
        self.assertEqual(json.loads(vm), {'name': 'web01', 'vcpus': 2, 'memory_mib': 4096})
        self.assertTrue(xml.startswith('<domain'), xml)


if __name__ == '__main__':
    unittest.main(verbosity=2)
