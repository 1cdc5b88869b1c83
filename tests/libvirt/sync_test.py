#!/usr/bin/env python3
"""libvirt_sync() and virtsqld look at everything that libvirt has: what is there is captured, and what is no longer
there is undefined, unless another libvirt has it.

    sync_test.py VIRTSQL_LIBVIRT_SO VIRTSQLD    VIRTSQL_EXTENSION names the extension
"""
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

import sqlite_shell

LIBVIRT, VIRTSQLD = (os.path.abspath(path) for path in sys.argv[1:3])
del sys.argv[1:3]

UUID = 'aaaaaaaa-0000-4000-8000-00000000000'
DOMAIN = "<domain type='test'><name>{name}</name><uuid>" + UUID + "{number}</uuid><memory>8192</memory><os><type>hvm</type></os></domain>"
NETWORK = "<network><name>{name}</name><uuid>bbbbbbbb-0000-4000-8000-00000000000{number}</uuid><bridge name='virbr{number}'/></network>"
POOL = "<pool type='dir'><name>{name}</name><uuid>cccccccc-0000-4000-8000-00000000000{number}</uuid><target><path>/{name}</path></target></pool>"


class SyncTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='virtsql-')
        self.addCleanup(shutil.rmtree, self.folder)
        os.mkdir(self.folder + '/spool', 0o700)
        os.chmod(self.folder, 0o750)
        self.database = self.folder + '/virtsql.db'
        self.shell('SELECT virtsql_init()')

    def shell(self, *sql, status=0):
        done = sqlite_shell.run(self.database, *sql, also=[LIBVIRT])
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr if status else done.stdout

    def host(self, name, *things):
        """Makes a libvirt that has these things, and returns its URI."""
        path = f'{self.folder}/{name}.xml'
        with open(path, 'w', encoding='utf-8') as f:
            f.write('<node>' + ''.join(things) + '</node>')
        return f'test://{path}'

    def sync(self, uri):
        return int(self.shell(f"SELECT libvirt_sync('{uri}')"))

    def once(self, *uris):
        config = self.folder + '/virtsql.conf'
        with open(config, 'w', encoding='utf-8') as f:
            f.write(f'database = {self.database}\nspool = {self.folder}/spool\nlibvirt_folder = {self.folder}\n')
            f.writelines(f'uri = {uri}\n' for uri in uris)
        done = subprocess.run([VIRTSQLD, '--once', '--config', config], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def rows(self, sql):
        with sqlite3.connect(f'file:{self.database}?mode=ro', uri=True) as database:
            return database.execute(sql).fetchall()

    def states(self):
        return dict(self.rows('SELECT name, state FROM vms'))

    def undefined(self):
        return sorted(name for name, in self.rows("SELECT name FROM captures WHERE operation = 'undefine'"))

    def test_what_went_is_undefined(self):
        stay = [DOMAIN.format(name='stays', number=1), NETWORK.format(name='inside', number=1), POOL.format(name='images', number=1)]
        go = [DOMAIN.format(name='goes', number=2), NETWORK.format(name='outside', number=2), POOL.format(name='isos', number=2)]
        for sync in (self.sync, self.once):
            with self.subTest(sync.__name__):
                uri = self.host('node', *stay, *go)
                sync(uri)
                self.assertEqual(self.states(), {'stays': 'running', 'goes': 'running'})
                seen, = self.rows("SELECT max(last_seen) FROM vm_states WHERE state = 'running'")
                self.host('node', *stay)
                before = self.undefined()
                sync(uri)
                self.assertEqual(self.states(), {'stays': 'running', 'goes': 'undefined'})
                self.assertGreater(self.rows("SELECT max(last_seen) FROM vm_states WHERE state = 'running'"), [seen])
                self.assertEqual(self.rows("SELECT sync_status FROM virtual_machines WHERE name = 'goes'"), [('DRIFTED',)])
                self.assertEqual(self.rows('SELECT name FROM networks'), [('inside',)])
                self.assertEqual(self.rows('SELECT name FROM storage_pools'), [('images',)])
                gone = sorted([*before, 'goes', 'isos', 'outside'])
                self.assertEqual(self.undefined(), gone)
                # An undefine is captured once, whichever of the two looks next.
                for again in (self.sync, self.once):
                    again(uri)
                    self.assertEqual(self.undefined(), gone)

    def test_what_another_libvirt_has_stays(self):
        one = self.host('one', DOMAIN.format(name='first', number=1))
        two = self.host('two', DOMAIN.format(name='second', number=2))
        both = {'first': 'running', 'second': 'running'}
        self.sync(one)
        self.sync(two)
        self.assertEqual(self.states(), both)
        self.sync(one)
        self.once(one, two)
        self.assertEqual(self.states(), both)
        # A VM that went while nobody looked is noticed too, although only the history says which libvirt had it.
        self.host('two')
        self.once(one, two)
        self.assertEqual(self.states(), {'first': 'running', 'second': 'undefined'})

    def test_what_a_user_imported_stays(self):
        self.shell(f"SELECT domain_import('{DOMAIN.format(name='mine', number=3)}')".replace("'test'", "''test''"))
        self.sync(self.host('node'))
        self.assertEqual(self.undefined(), [])

    def test_what_went_belongs_to_the_same_transaction(self):
        uri = self.host('node', DOMAIN.format(name='goes', number=2))
        self.sync(uri)
        self.host('node')
        self.shell('BEGIN', f"SELECT libvirt_sync('{uri}')", "SELECT name FROM vms WHERE state = 'undefined'", 'ROLLBACK')
        self.assertEqual(self.states(), {'goes': 'running'})

    def test_the_number_is_that_of_the_documents(self):
        uri = self.host('node', DOMAIN.format(name='stays', number=1))
        documents = self.sync(uri)
        self.assertEqual(self.rows('SELECT count(*) FROM captures WHERE document_sha256 IS NOT NULL'), [(documents,)])
        self.assertEqual(self.sync(uri), documents)

    def test_a_database_without_schema(self):
        os.remove(self.database)
        self.assertIn('virtsql_init()', self.shell("SELECT libvirt_sync('test:///default')", status=1))


unittest.main(verbosity=2)
