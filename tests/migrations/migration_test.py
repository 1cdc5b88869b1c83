#!/usr/bin/env python3
"""Databases of older versions are migrated to the present schema with all that is in them. A migration that is killed
leaves the old database or the new one.

    migration_test.py PROGRAMS      the folder of virtsql-drain
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

import sqlite_shell

PROGRAMS = sys.argv.pop(1)
HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = sorted(glob.glob(os.path.join(HERE, 'version-*.db.xz')))
STRACE = shutil.which('strace')


shell = sqlite_shell.run


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
        return self.query("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND type <> 'table' ORDER BY 1, 2", path) + \
            self.query("SELECT m.name, x.name, x.type, x.hidden FROM sqlite_master m, pragma_table_xinfo(m.name) x WHERE m.type = 'table' "
                       "ORDER BY 1, 2", path)

    def copies(self):
        return sorted(glob.glob(self.database + '.*.bak'))

    def new_database(self):
        path = os.path.join(self.folder, 'new.db')
        if not os.path.exists(path):
            self.assertEqual(shell(path, 'SELECT virtsql_init()').returncode, 0)
        return path

    def present_schema(self):
        return self.schema(self.new_database())

    def contents(self):
        """The number of rows of each table that has any."""
        with sqlite3.connect(f'file:{self.database}?mode=ro', uri=True) as database:
            tables = [name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
                      if name != 'attachment_indices' and not name.startswith('virtsql_')]
            counts = {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}
        return {name: count for name, count in counts.items() if count}

    def test_fixtures(self):
        self.assertTrue(FIXTURES)
        for fixture in FIXTURES:
            with self.subTest(os.path.basename(fixture)):
                self.unpack(fixture)
                old = re.search(r'version-(\d+)', fixture)[1]
                before = self.contents()
                captures = self.query('SELECT id, document_sha256, exact FROM captures ORDER BY id')
                self.assertEqual(self.query('PRAGMA user_version'), [(int(old),)])
                # Until the database is migrated, every function refuses to work on it and says why.
                refused = shell(self.database, "SELECT domain_xml('web')")
                self.assertIn(f'schema version {old}, older than', refused.stderr)
                done = shell(self.database, 'SELECT virtsql_init()')
                self.assertEqual((done.returncode, done.stderr), (0, ''))
                self.assertEqual(self.schema(), self.present_schema())
                self.assertEqual(self.query('PRAGMA integrity_check'), [('ok',)])
                self.assertEqual(self.query('PRAGMA foreign_key_check'), [])
                self.assertEqual(self.contents() | before, self.contents())
                self.assertEqual(self.query('SELECT id, document_sha256, exact FROM captures ORDER BY id'), captures)
                # The copy is the database as it was.
                copy, = self.copies()
                self.assertEqual(self.query('PRAGMA user_version', copy), [(int(old),)])
                self.assertEqual(os.stat(copy).st_mode, os.stat(self.database).st_mode)
                # The VMs are what they were, and further captures are imported.
                for name in ('web', 'db'):
                    with open(os.path.join(HERE, '..', 'documents', name + '.xml'), encoding='utf-8') as f:
                        self.assertEqual(shell(self.database, f"SELECT domain_xml('{name}')").stdout, f.read() + '\n')
                self.assertIn("cache='writeback'", shell(self.database, "SELECT domain_xml('plain')").stdout)
                # The VM was edited before the migration, so it is managed afterwards.
                document = os.path.join(HERE, '..', 'documents', 'plain.xml')
                self.assertEqual(shell(self.database, f"SELECT domain_import(readfile('{document}'), 'host2') IS NOT NULL").stdout, '1\n')
                self.assertEqual(self.query("SELECT source, sync_status FROM virtual_machines WHERE name = 'plain'"),
                                 [('managed', 'DRIFTED')])
                # A second virtsql_init() succeeds as well.
                self.assertEqual(shell(self.database, 'SELECT virtsql_init()').returncode, 0)

    def put_a_row_in_every_table(self):
        """Inserts a row into each table that needs nothing but its owner, below an owner that has none; the database's
        triggers run. Returns how many rows it inserted."""
        filled = 0
        database = sqlite3.connect(self.database)
        keys = database.execute("SELECT m.name, f.\"from\", f.\"table\", f.\"to\" FROM sqlite_master m, pragma_foreign_key_list(m.name) f "
                                "WHERE m.type = 'table' AND f.on_delete = 'CASCADE' AND f.\"from\" <> 'parent_id' ORDER BY m.rowid").fetchall()
        for table, key, owner, owner_key in keys:
            columns = {name for name, in database.execute('SELECT name FROM pragma_table_info(?)', (owner,))}
            if 'element' in columns:  # its value decides what may be below a row
                continue
            required = {name for name, in database.execute(
                'SELECT name FROM pragma_table_info(?) WHERE "notnull" AND NOT pk AND dflt_value IS NULL', (table,))}
            if required == {key}:
                done = database.execute(f'INSERT INTO "{table}" ("{key}") SELECT "{owner_key}" FROM "{owner}" AS o WHERE NOT EXISTS '
                                        f'(SELECT 1 FROM "{table}" AS c WHERE c."{key}" = o."{owner_key}") LIMIT 1')
                filled += done.rowcount
        database.commit()
        database.close()
        return filled

    def test_rows_of_every_table_are_read(self):
        """After a migration child_tables still names every table that has rows of a VM, so that none is missed."""
        for fixture in FIXTURES:
            with self.subTest(os.path.basename(fixture)):
                self.unpack(fixture)
                self.assertGreater(self.put_a_row_in_every_table(), 100)
                self.assertEqual(shell(self.database, 'SELECT virtsql_init()').stderr, '')
                every_vm = 'SELECT domain_xml(uuid) FROM virtual_machines ORDER BY uuid'
                read = shell(self.database, every_vm)
                self.assertEqual(read.stderr, '')
                self.assertIn('<seclabel', read.stdout)
                unknown = [f'UPDATE "{table}" SET child_tables = NULL' for table, in
                           self.query("SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'child_tables'")]
                self.assertGreater(len(unknown), 40)
                asked_for_all = shell(self.database, 'BEGIN', *unknown, every_vm, 'ROLLBACK')
                self.assertEqual(asked_for_all.stderr, '')
                self.assertEqual(read.stdout, asked_for_all.stdout)

    def test_inside_a_transaction(self):
        self.unpack(FIXTURES[-1])
        refused = shell(self.database, 'BEGIN', 'SELECT virtsql_init()')
        self.assertIn('cannot be migrated inside a transaction', refused.stderr)

    def test_four_at_once(self):
        self.unpack(FIXTURES[0])
        command = ['sqlite3', '-batch', self.database, '-cmd', '.load ' + sqlite_shell.extension(), 'SELECT virtsql_init()']
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
        version = self.query('PRAGMA user_version', self.new_database())[0][0]
        for each in running:
            self.assertEqual(each.communicate(timeout=120) + (each.returncode,), (f'{version}\n', '', 0))
        self.assertEqual(self.schema(), self.present_schema())
        self.assertEqual(len(self.copies()), 1)

    def test_full_disk(self):
        """If the copy cannot be made, nothing of it is left, and the database is as it was."""
        self.unpack(FIXTURES[0])
        before = self.schema()
        limited = 'ulimit -f 500; trap "" XFSZ; exec "$0" "$@"'
        done = subprocess.run(['bash', '-c', limited, 'sqlite3', '-batch', self.database, '-cmd', '.load ' + sqlite_shell.extension(),
                               'SELECT virtsql_init()'], capture_output=True, text=True)
        self.assertNotEqual(done.stderr, '')
        self.assertEqual(self.schema(), before)
        self.assertEqual(glob.glob(self.database + '.[!l]*'), [])

    def test_tables_of_somebody_else(self):
        """An older version had no such name, so the table is somebody else's. It is not taken for ours."""
        for fixture in FIXTURES:
            for table in ('events (day TEXT, note TEXT)', 'findings (day TEXT, note TEXT)', 'secrets (owner TEXT, note TEXT)', 'vm_states (vm TEXT, state TEXT)'):
                with self.subTest(fixture=os.path.basename(fixture), table=table):
                    self.unpack(fixture)
                    name = table.split()[0]
                    with sqlite3.connect(self.database) as database:
                        if database.execute('SELECT 1 FROM sqlite_master WHERE name = ?', (name,)).fetchone():
                            continue
                        database.execute('CREATE TABLE ' + table)
                        database.execute(f"INSERT INTO {name} VALUES ('a', 'b')")
                    before = self.schema()
                    self.assertIn(f"has a table {name} that is not virtsql's", shell(self.database, 'SELECT virtsql_init()').stderr)
                    self.assertNotEqual(self.drain().returncode, 0)
                    self.assertEqual((self.schema(), self.query('SELECT * FROM ' + name)), (before, [('a', 'b')]))

    def change(self, sql):
        with sqlite3.connect(self.database) as database:
            database.executescript(sql)

    def test_names_of_the_first_schemas(self):
        """core/store/first_schemas has every object and column of the fixtures of versions 1 to 3, and no other."""
        written = set()
        with open(os.path.join(HERE, '..', '..', 'core', 'store', 'first_schemas'), encoding='utf-8') as f:
            for kind, versions, table, *names in (line.split() for line in f if not line.startswith('#')):
                for version in versions:
                    if kind in ('table', 'view'):
                        written.add((version, kind, table, table))
                    written.update((version, 'column', table, name) if kind == 'table' else (version, kind, table, f'{table}_{name}') for name in names)
        there = set()
        for version in '123':
            self.unpack(os.path.join(HERE, f'version-{version}.db.xz'))
            there.update((version, *row) for row in self.query("SELECT type, tbl_name, name FROM sqlite_master WHERE name NOT GLOB 'sqlite_*'"))
            there.update((version, 'column', *row) for row in self.query(
                "SELECT m.name, x.name FROM sqlite_master m, pragma_table_xinfo(m.name) x WHERE m.type = 'table' AND m.name NOT GLOB 'sqlite_*'"))
        self.assertEqual(written, there)

    def test_what_others_added(self):
        """What is not virtsql's stays, even if it is spelled as virtsql's."""
        names = ['assets', 'costs', 'disks_deletions', 'notes', 'notes_ai', 'notes_vm', 'virtual_machines_audit', 'virtual_machines_mytitle', 'vm_costs',
                 'vm_disks_log']
        others = f"SELECT name, sql FROM sqlite_master WHERE name IN ({', '.join(map(repr, names))}) ORDER BY name"
        for fixture in FIXTURES:
            with self.subTest(os.path.basename(fixture)):
                self.unpack(fixture)
                self.change("""
                    CREATE TABLE "costs" (\n  "id" INTEGER PRIMARY KEY,\n  "eur" REAL\n); INSERT INTO costs VALUES (1, 9.5);
                    CREATE TABLE assets (vm, eur); CREATE TABLE disks_deletions (a); CREATE TABLE notes (vm, t); CREATE INDEX "notes_vm" ON notes(vm);
                    ALTER TABLE virtual_machines ADD COLUMN "cost centre" TEXT; UPDATE virtual_machines SET "cost centre" = 'c4';
                    ALTER TABLE virtual_machines ADD COLUMN "the ""1st"" one" TEXT; UPDATE virtual_machines SET "the ""1st"" one" = 'f';
                    CREATE TRIGGER "notes_ai" AFTER INSERT ON notes BEGIN DELETE FROM costs WHERE 0; END;
                    CREATE TRIGGER vm_disks_log INSTEAD OF UPDATE ON vm_disks BEGIN INSERT INTO notes VALUES (NEW.vm_uuid, 'edited'); END;
                    CREATE INDEX "virtual_machines_mytitle" ON virtual_machines(title);
                    CREATE TRIGGER "virtual_machines_audit" AFTER UPDATE ON virtual_machines BEGIN INSERT INTO notes VALUES (NEW.uuid, 'vm'); END;
                    CREATE VIEW vm_costs AS SELECT v.name, t.eur FROM assets AS t JOIN virtual_machines AS v ON v.uuid = t.vm""")
                before = self.query(others)
                self.assertEqual([name for name, _ in before], names)
                done = shell(self.database, 'SELECT virtsql_init()')
                self.assertEqual((done.returncode, done.stderr), (0, ''))
                self.assertEqual(self.query(others), before)
                self.assertEqual(self.query('SELECT * FROM costs'), [(1, 9.5)])
                self.assertEqual(self.query('SELECT DISTINCT "cost centre", "the ""1st"" one" FROM virtual_machines'), [('c4', 'f')])
                self.assertEqual(shell(self.database, "UPDATE vm_disks SET serial = 'S1' WHERE vm_name = 'web'").stderr, '')
                self.assertIn(('edited',), self.query('SELECT t FROM notes'))

    def test_what_cannot_stay_is_refused(self):
        """In words, with nothing changed."""
        new = sqlite3.connect(self.new_database()).execute(
            "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'child_tables'").fetchall()
        for fixture in FIXTURES:
            self.unpack(fixture)
            with sqlite3.connect(self.database) as database:
                grown = next((name for name, in new for columns in [[c for c, in database.execute('SELECT name FROM pragma_table_info(?)', (name,))]]
                              if columns and 'child_tables' not in columns), None)
                has_table = bool(database.execute("SELECT 1 FROM sqlite_master WHERE name = 'attachment_indices' AND type = 'table'").fetchone())
            cases = [("ALTER TABLE captures ADD COLUMN kind TEXT DEFAULT 'nightly'", 'a column kind of captures that is not virtsql'),
                     ('CREATE TABLE Events(a)', 'a table Events that is not virtsql'),
                     ('CREATE VIEW VMS AS SELECT 1', 'a view VMS that is not virtsql'),
                     ('CREATE INDEX VM_STATES ON disks(path)', 'an index VM_STATES that is not virtsql')]
            if grown:
                cases.append((f"ALTER TABLE {grown} ADD COLUMN child_tables TEXT DEFAULT 'x'", f'a column child_tables of {grown} that is not virtsql'))
            if has_table:  # it became a view
                cases += [('CREATE INDEX attachment_indices_mine ON attachment_indices(vm_uuid)', 'the index attachment_indices_mine'),
                          ('CREATE TRIGGER attachment_indices_mine AFTER INSERT ON attachment_indices BEGIN SELECT 1; END', 'the trigger attachment_indices_mine'),
                          ("ALTER TABLE attachment_indices ADD COLUMN note TEXT DEFAULT 'n'", 'the column note of attachment_indices'),
                          ('CREATE TABLE tag(ai INTEGER REFERENCES attachment_indices(id), t)', 'the table tag, which is not'),
                          ('ALTER TABLE leases ADD COLUMN ai INTEGER REFERENCES attachment_indices(id)', 'a column of leases, which is not')]
            for sql, told in cases:
                with self.subTest(fixture=os.path.basename(fixture), sql=sql):
                    self.unpack(fixture)
                    self.change(sql)
                    before = self.schema()
                    self.assertIn(told, shell(self.database, 'SELECT virtsql_init()').stderr)
                    self.assertEqual(self.schema(), before)
                    self.assertEqual(glob.glob(self.database + '.[!l]*'), [])

    def test_read_only(self):
        self.unpack(FIXTURES[-1])
        before = self.schema()
        done = subprocess.run(['sqlite3', '-batch', '-readonly', self.database, '-cmd', '.load ' + sqlite_shell.extension(), 'SELECT virtsql_init()'],
                              capture_output=True, text=True)
        self.assertIn('open for reading only', done.stderr)
        self.assertEqual((self.schema(), self.copies()), (before, []))

    def test_restored_from_a_dump(self):
        with open(os.path.join(HERE, '..', 'documents', 'web.xml'), encoding='utf-8') as f:
            document = f.read()
        first = os.path.join(self.folder, 'first.db')
        sqlite_shell.printed(first, 'SELECT virtsql_init()', f"SELECT domain_import('{document.replace(chr(39), chr(39) * 2)}')")
        dump = subprocess.run(['sqlite3', first, '.dump'], capture_output=True, check=True).stdout
        subprocess.run(['sqlite3', self.database], input=dump, capture_output=True, check=True)
        self.assertEqual(self.query('PRAGMA application_id'), [(0,)])
        self.assertEqual(shell(self.database, "SELECT domain_xml('web')").stdout, document + '\n')
        self.assertEqual(self.drain().returncode, 0)
        self.assertEqual(self.query('PRAGMA user_version'), self.query('PRAGMA user_version', first))
        self.assertEqual(self.copies(), [])

    def test_newer_database(self):
        sqlite_shell.printed(self.database, 'SELECT virtsql_init()', 'PRAGMA user_version = 1000')
        self.assertIn('newer than this virtsql knows', shell(self.database, 'SELECT virtsql_init()').stderr)
        # The hook goes on accepting; its records wait in the spool.
        hook = os.path.join(PROGRAMS, 'virtsql-hook')
        done = subprocess.run([hook, 'web', 'start', 'begin', '-'], input=b'<domain/>', env=self.environment, capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (0, b''))
        self.assertNotEqual(self.drain().returncode, 0)
        self.assertEqual(len(glob.glob(os.path.join(self.folder, 'spool', '*.record'))), 1)

    def test_released_versions_have_a_fixture(self):
        versions = [int(re.search(r'version-(\d+)', path)[1]) for path in FIXTURES]
        present = self.query('PRAGMA user_version', self.new_database())[0][0]
        self.assertEqual(versions, list(range(1, present)) + [present] * (versions[-1] == present))

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
        # The last calls, where the migration is committed, and one of the many writes before.
        steps = sorted({count // 3, *range(max(1, count - 3), count + 1)})
        for step in steps:
            self.unpack(FIXTURES[-1])
            before = self.schema()
            killed = self.drain([STRACE, '-f', '-o', log, '-e', 'trace=' + calls, '-e', f'inject={calls}:signal=KILL:when={step}'])
            self.assertNotEqual(killed.returncode, 1)
            # Whoever opens the database next finds the old or the new one, whole.
            with sqlite3.connect(self.database) as database:
                self.assertEqual(database.execute('PRAGMA integrity_check').fetchall(), [('ok',)], step)
            now = self.schema()
            self.assertIn(now, (before, present), step)
            states.add(now == present)
            self.assertEqual(self.drain().returncode, 0, step)
            self.assertEqual(self.schema(), present, step)
            self.assertEqual(glob.glob(self.database + '.unfinished-*'), [], step)
            self.assertEqual(self.query('SELECT count(*) FROM virtual_machines'), [(3,)], step)
        self.assertIn(False, states)


unittest.main(verbosity=2)
