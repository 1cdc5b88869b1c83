#!/usr/bin/env python3
"""Databases of older versions, brought to the present schema with all that is in them; killed on the way, it is the old or the new.

    migration_test.py PROGRAMS EXTENSION      the folder of virtsql-drain; the extension
"""
import glob
import lzma
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

PROGRAMS, EXTENSION = sys.argv[1:3]
del sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = sorted(glob.glob(os.path.join(HERE, 'version-*.db.xz')))
STRACE = shutil.which('strace')


def shell(database, *sql):
    return subprocess.run(['sqlite3', '-batch', database, '-cmd', '.load ' + EXTENSION.removesuffix('.so'), *sql], capture_output=True,
                          text=True)


class Migration(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        os.mkdir(os.path.join(self.folder, 'spool'))
        self.database = os.path.join(self.folder, 'virtsql.db')
        self.environment = dict(os.environ, VIRTSQL_DB=self.database)

    def tearDown(self):
        shutil.rmtree(self.folder)

    def unpack(self, fixture):
        for path in glob.glob(self.database + '*'):
            os.remove(path)
        with lzma.open(fixture) as packed, open(self.database, 'wb') as f:
            f.write(packed.read())

    def query(self, sql, path=None):
        with sqlite3.connect(f'file:{path or self.database}?mode=ro', uri=True) as database:
            return database.execute(sql).fetchall()

    def drain(self, prefix=()):
        return subprocess.run([*prefix, os.path.join(PROGRAMS, 'virtsql-drain'), '--wait'], env=self.environment, capture_output=True,
                              text=True, timeout=120)

    def schema(self, path=None):
        return self.query("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2", path)

    def present_schema(self):
        path = os.path.join(self.folder, 'new.db')
        self.assertEqual(shell(path, 'SELECT virtsql_init()').returncode, 0)
        return self.schema(path)

    def contents(self):
        """What of an older database must be in the present one: every value that both can hold."""
        out = {}
        present = {name for kind, name, _ in self.present_schema() if kind == 'table'}
        for name, in self.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"):
            if name in present:
                out[name] = self.query(f'SELECT * FROM "{name}" ORDER BY id')
        return {name: len(rows) for name, rows in out.items()}

    def test_fixtures(self):
        self.assertTrue(FIXTURES)
        for fixture in FIXTURES:
            with self.subTest(os.path.basename(fixture)):
                self.unpack(fixture)
                old = re.search(r'version-(\d+)', fixture)[1]
                before = self.contents()
                captures = self.query('SELECT id, document_sha256, exact FROM captures ORDER BY id')
                self.assertEqual(self.query('PRAGMA user_version'), [(int(old),)])
                # Until it is migrated nothing works on it, and says so.
                refused = shell(self.database, "SELECT domain_xml('web')")
                self.assertIn(f'schema version {old}, older than', refused.stderr)
                done = shell(self.database, 'SELECT virtsql_init()')
                self.assertEqual((done.returncode, done.stderr), (0, ''))
                self.assertEqual(self.schema(), self.present_schema())
                self.assertEqual(self.query('PRAGMA integrity_check'), [('ok',)])
                self.assertEqual(self.query('PRAGMA foreign_key_check'), [])
                self.assertEqual(self.contents() | before, self.contents())
                self.assertEqual(self.query('SELECT id, document_sha256, exact FROM captures ORDER BY id'), captures)
                # The copy is what was there.
                self.assertEqual(self.query('PRAGMA user_version', self.database + '.bak'), [(int(old),)])
                # The VMs are what they were, and captures go on.
                for name in ('web', 'db'):
                    with open(os.path.join(HERE, '..', 'documents', name + '.xml'), encoding='utf-8') as f:
                        self.assertEqual(shell(self.database, f"SELECT domain_xml('{name}')").stdout, f.read() + '\n')
                self.assertIn("cache='writeback'", shell(self.database, "SELECT domain_xml('plain')").stdout)
                # Edited before, managed after.
                document = os.path.join(HERE, '..', 'documents', 'plain.xml')
                self.assertEqual(shell(self.database, f"SELECT domain_import(readfile('{document}'), 'host2') IS NOT NULL").stdout, '1\n')
                self.assertEqual(self.query("SELECT source, sync_status FROM virtual_machines WHERE name = 'plain'"),
                                 [('managed', 'DRIFTED')])
                # Again changes nothing.
                self.assertEqual(shell(self.database, 'SELECT virtsql_init()').returncode, 0)

    def test_inside_a_transaction(self):
        self.unpack(FIXTURES[-1])
        refused = shell(self.database, 'BEGIN', 'SELECT virtsql_init()')
        self.assertIn('cannot be migrated inside a transaction', refused.stderr)

    def test_newer_database(self):
        shell(self.database, 'SELECT virtsql_init()', 'PRAGMA user_version = 1000')
        self.assertIn('newer than this virtsql knows', shell(self.database, 'SELECT virtsql_init()').stderr)
        # The hook goes on, what it accepts waits.
        hook = os.path.join(PROGRAMS, 'virtsql-hook')
        done = subprocess.run([hook, 'web', 'start', 'begin', '-'], input=b'<domain/>', env=self.environment, capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (0, b''))
        self.assertNotEqual(self.drain().returncode, 0)
        self.assertEqual(len(glob.glob(os.path.join(self.folder, 'spool', '*.record'))), 1)

    def test_schema_changes_have_a_new_version(self):
        """The newest fixture is older than the present schema, or has just that schema."""
        newest = max(FIXTURES, key=lambda path: int(re.search(r'version-(\d+)', path)[1]))
        self.unpack(newest)
        version = int(re.search(r'version-(\d+)', newest)[1])
        path = os.path.join(self.folder, 'new.db')
        shell(path, 'SELECT virtsql_init()')
        present = self.query('PRAGMA user_version', path)[0][0]
        if version == present:
            self.assertEqual(self.schema(), self.present_schema(), 'raise kSchemaVersion: the schema is not that of its fixture')
        else:
            self.assertEqual(version + 1, present, 'a released version has no fixture')

    @unittest.skipUnless(STRACE, 'no strace')
    def test_killed_on_the_way(self):
        calls = 'pwrite64,fdatasync,fsync,rename,unlink,ftruncate'
        log = os.path.join(self.folder, 'trace')
        self.unpack(FIXTURES[-1])
        self.assertEqual(self.drain([STRACE, '-f', '-o', log, '-e', 'trace=' + calls]).returncode, 0)
        with open(log, encoding='utf-8') as f:
            count = sum(1 for line in f if '(' in line)
        self.assertGreater(count, 20)
        present = self.present_schema()
        states = set()
        # The calls of the end, where it is committed, and some of the many writes before.
        steps = sorted({2, count // 3, count * 2 // 3, *range(max(1, count - 5), count + 1)})
        for step in steps:
            self.unpack(FIXTURES[-1])
            before = self.schema()
            killed = self.drain([STRACE, '-f', '-o', log, '-e', 'trace=' + calls, '-e', f'inject={calls}:signal=KILL:when={step}'])
            self.assertNotEqual(killed.returncode, 1)
            # Whoever opens it next finds one or the other, whole.
            with sqlite3.connect(self.database) as database:
                self.assertEqual(database.execute('PRAGMA integrity_check').fetchall(), [('ok',)], step)
            now = self.schema()
            self.assertIn(now, (before, present), step)
            states.add(now == present)
            self.assertEqual(self.drain().returncode, 0, step)
            self.assertEqual(self.schema(), present, step)
            self.assertEqual(self.query('SELECT count(*) FROM virtual_machines'), [(3,)], step)
        self.assertIn(False, states)


unittest.main(verbosity=2)
