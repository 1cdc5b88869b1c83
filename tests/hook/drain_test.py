#!/usr/bin/env python3
"""What the drainer accepted is in captures once, whatever records, rows and readers do to it.

    drain_test.py PROGRAMS EXTENSION      the folder of virtsql-drain; the extension
"""
import glob
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAMS, EXTENSION = sys.argv[1:3]
del sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, '..', 'documents', 'web.xml'), encoding='utf-8') as f:
    WEB = f.read()
UUID = re.search('<uuid>(.*)</uuid>', WEB)[1]
CHANGED = WEB.replace("cache='none'", "cache='writeback'")
YEAR_2100 = 4102444800000000


def checksum(data):
    value = 0xcbf29ce484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001b3) & (2 ** 64 - 1)
    return value


class Drain(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.database = os.path.join(self.folder, 'virtsql.db')
        self.spool = os.path.join(self.folder, 'spool')
        os.mkdir(self.spool, 0o700)
        self.environment = dict(os.environ, VIRTSQL_DB=self.database)

    def tearDown(self):
        shutil.rmtree(self.folder)

    def record(self, number, xml=WEB, operation='define', config='persistent', source='event', extra=''):
        data = xml.encode()
        header = (f'virtsql-record 1\nhost: alpha\ndriver: qemu\nname: web\nuuid: {UUID}\noperation: {operation}\nextra: -\nconfig: {config}\n'
                  f'source: {source}\n{extra}length: {len(data)}\nchecksum: {checksum(data)}\n\n')
        with open(os.path.join(self.spool, '%020d.record' % number), 'wb') as f:
            f.write(header.encode() + data)

    def drain(self, code=0):
        done = subprocess.run([os.path.join(PROGRAMS, 'virtsql-drain'), '--wait'], env=self.environment, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def query(self, sql):
        with sqlite3.connect(f'file:{self.database}?mode=ro', uri=True) as database:
            return database.execute(sql).fetchall()

    def shell(self, *sql):
        return subprocess.run(['sqlite3', '-batch', self.database, '-cmd', '.load ' + EXTENSION.removesuffix('.so'), *sql],
                              capture_output=True, text=True)

    def cache(self):
        return self.query("SELECT driver_cache FROM disk_attachments WHERE device_name = 'vda'")[0][0]

    def test_memory_that_runs_out_is_not_the_documents_fault(self):
        devices = ''.join('<interface type="bridge"><mac address="52:54:00:%02x:%02x:%02x"/><source bridge="br0"/></interface>'
                          % (i >> 16, i >> 8 & 255, i & 255) for i in range(100000))
        large = WEB.replace('</devices>', devices + '</devices>')
        self.record(1)
        self.record(2, large)
        failed = 0
        # At each limit another allocation fails: in the spool, in libxml2, in the rows, in SQLite.
        for megabytes in range(60, 165, 13):
            def limit(size=megabytes << 20):
                resource.setrlimit(resource.RLIMIT_AS, (size, size))
            done = subprocess.run([os.path.join(PROGRAMS, 'virtsql-drain'), '--wait'], env=self.environment, capture_output=True, text=True,
                                  timeout=120, preexec_fn=limit)
            self.assertIn(done.returncode, (1, 127), f'{megabytes} MB: {done.stderr}')  # 127: not even the libraries fit
            failed += done.returncode == 1
            self.assertTrue(os.path.exists(self.spool + '/%020d.record' % 2), f'{megabytes} MB')
            self.assertFalse(os.path.exists(self.spool + '/bad'))
        self.assertGreater(failed, 1)
        self.drain()
        self.assertEqual(self.query('SELECT id, error FROM captures ORDER BY seq'), [(1, None), (2, None)])
        self.assertEqual(self.query("SELECT count(*) FROM port_attachments")[0][0], WEB.count('<interface ') + 100000)

    def test_a_reader_that_went_away_kills_no_program(self):
        configuration = os.path.join(self.folder, 'virtsql.conf')
        with open(configuration, 'w', encoding='utf-8') as f:
            f.write(f'database = {self.database}\nspool = {self.spool}\nuri = test:///default\n')
        self.record(1, config='weird')  # is set aside, and the drainer says so
        environment = {key: value for key, value in self.environment.items() if key != 'VIRTSQL_DB'}
        for command in (['virtsql-drain', '--wait', '--config', configuration], ['virtsqld', '--once', '--config', configuration],
                        ['virtsql-doctor', '--config', configuration]):
            reads, writes = os.pipe()
            os.close(reads)
            done = subprocess.run([os.path.join(PROGRAMS, command[0]), *command[1:]], env=environment, stdout=writes, stderr=writes, timeout=120)
            os.close(writes)
            self.assertGreaterEqual(done.returncode, 0, command)
        hook = subprocess.Popen([os.path.join(PROGRAMS, 'virtsql-hook'), 'web', 'start', 'begin', '-'], env=self.environment,
                                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ignored = 0
        for _ in range(200):
            with open(f'/proc/{hook.pid}/status', encoding='utf-8') as f:
                ignored = int(re.search('^SigIgn:\\s*([0-9a-f]+)', f.read(), re.M)[1], 16)
            if ignored >> (signal.SIGPIPE - 1) & 1:
                break
            time.sleep(0.01)
        hook.kill()
        hook.wait()
        hook.stdin.close()
        self.assertTrue(ignored >> (signal.SIGPIPE - 1) & 1)

    def test_a_damaged_document_stops_nobody_else(self):
        other = WEB.replace(UUID, '11111111-2222-3333-4444-555555555555').replace('<name>web<', '<name>other<')
        self.record(1)
        self.record(2, CHANGED)
        self.record(3, other)
        self.drain()
        with sqlite3.connect(self.database) as database:
            database.execute('DROP TRIGGER documents_updated')
            database.execute("UPDATE documents SET content = x'00' WHERE keyframe_id IS NULL AND id = 1")
        self.record(4, WEB.replace("cache='none'", "cache='unsafe'"))
        self.record(5, other.replace("cache='none'", "cache='unsafe'"))
        self.drain()
        self.assertEqual(self.query('SELECT id, error FROM captures ORDER BY seq'), [(n, None) for n in range(1, 6)])
        self.assertEqual(self.query("SELECT count(*) FROM disk_attachments WHERE driver_cache = 'unsafe'"), [(2,)])
        said = self.shell('SELECT captured_xml(1)').stderr
        self.assertIn('document 1 is damaged', said)
        self.assertIn('document 1 is damaged', self.shell('SELECT captured_xml(2)').stderr + self.shell("SELECT changed FROM domain_history('web')").stderr)
        for readable in ('SELECT length(captured_xml(4)) > 0', 'SELECT length(captured_xml(5)) > 0', "SELECT count(*) = 0 FROM domain_drift",
                         "SELECT min(changed) FROM domain_history('other')"):
            done = self.shell(readable)
            self.assertEqual((done.stdout.strip(), done.stderr), ('1', ''), readable)

    def test_what_can_be_neither_stored_nor_set_aside(self):
        self.record(1)
        for path in (self.spool + '/bad', self.spool + '/%020d.record' % 2):
            with open(path, 'wb'):
                pass
        self.assertIn(f'1 records stay in {self.spool}: ', self.drain(code=3))
        self.assertEqual(self.query('SELECT id FROM captures'), [(1,)])
        os.remove(self.spool + '/bad')
        self.assertIn('1 records could not be stored', self.drain())

    def test_a_record_that_is_refused(self):
        self.record(1)
        self.record(2, config='weird')
        self.record(3, CHANGED)
        with open(self.spool + '/%020d.record' % 4, 'wb') as f:
            f.write(b'virtsql-record 1\nno header\n\n')
        self.assertIn('2 records could not be stored', self.drain())
        self.assertEqual(self.query('SELECT id FROM captures ORDER BY seq'), [(1,), (3,)])
        self.assertEqual(self.cache(), 'writeback')
        bad = sorted(os.path.basename(path) for path in glob.glob(self.spool + '/bad/*'))
        self.assertEqual(bad, ['%020d.record' % 2, '%020d.record.reason' % 2, '%020d.record' % 4, '%020d.record.reason' % 4])
        with open(self.spool + '/bad/%020d.record.reason' % 2, encoding='utf-8') as f:
            self.assertIn("captures.config is 'persistent' or 'live', not 'weird'", f.read())
        with open(self.spool + '/bad/%020d.record.reason' % 4, encoding='utf-8') as f:
            self.assertIn('damaged header', f.read())

    def test_refused_records_among_many(self):
        """Records are read ahead and stored many at once. If some are refused, the others are stored once, in order."""
        refused, damaged = (100, 150, 151), (70, 300)
        for number in range(1, 401):
            if number in damaged:
                with open(self.spool + '/%020d.record' % number, 'wb') as f:
                    f.write(b'no record')
            else:
                self.record(number, CHANGED if number % 3 == 0 else WEB, config='weird' if number in refused else 'persistent')
        self.assertIn('5 records could not be stored', self.drain())
        stored = [number for number in range(1, 401) if number not in refused + damaged]
        self.assertEqual(self.query('SELECT id FROM captures ORDER BY seq'), [(number,) for number in stored])
        self.assertEqual(self.query('SELECT count(*), min(exact), count(DISTINCT document_sha256) FROM captures'), [(len(stored), 1, 2)])
        self.assertEqual(self.query('SELECT capture_id, source, sync_status FROM virtual_machines'), [(400, 'imported', 'SYNCED')])
        self.assertEqual(self.cache(), 'none')
        left = [name for name in os.listdir(self.spool) if name.endswith('.record')]
        self.assertEqual(left, [])
        self.assertEqual(len(glob.glob(self.spool + '/bad/*.record')), 5)

    def test_number_0_is_stored_once(self):
        for _ in range(3):
            self.record(0)
            self.drain()
        self.assertEqual(self.query('SELECT id FROM captures'), [(1,)])

    def test_a_clock_far_ahead(self):
        self.record(YEAR_2100)
        self.drain()
        now = int(time.time() * 1e6)
        self.record(now, CHANGED)
        self.drain()
        self.assertEqual((self.cache(), self.query('SELECT sync_status FROM virtual_machines')), ('writeback', [('SYNCED',)]))
        # The rows follow a hook's record too: the definition was changed unseen, and this start shows it.
        self.record(now + 1, operation='prepare', config='live', source='hook')
        self.drain()
        self.assertEqual(self.cache(), 'none')
        # They follow a record that is an hour older as well, because it arrived last.
        self.record(now - 3600 * 1000000, CHANGED)
        self.drain()
        self.assertEqual(self.cache(), 'writeback')

    def test_a_hook_record_that_comes_late(self):
        self.record(10)
        self.record(30, operation='stopped', config='live', source='hook')
        self.drain()
        self.record(20, CHANGED, operation='prepare', config='live', source='hook')
        self.drain()
        self.assertEqual(self.query('SELECT id FROM captures ORDER BY seq'), [(10,), (30,), (20,)])
        self.assertEqual((self.cache(), self.query('SELECT state FROM vm_states')), ('none', [('shut off',)]))
        self.assertEqual(self.shell('SELECT count(*) FROM domain_drift').stdout, '0\n')

    def test_an_index_of_the_analyst_on_pure_functions(self):
        self.record(1)
        self.drain()
        self.assertEqual(self.shell("CREATE INDEX mine ON virtual_machines(xml_json('<a/>')); CREATE TRIGGER own AFTER INSERT ON captures "
                                    "BEGIN SELECT json_xml(xml_json('<a/>')); END").stderr, '')
        self.record(2, CHANGED)
        self.drain()
        self.assertEqual((self.cache(), self.query('SELECT vm_uuid, exact FROM captures WHERE id = 2')), ('writeback', [(UUID, 1)]))

    def test_rows_that_cannot_follow(self):
        self.record(1)
        self.drain()
        refuse = "CREATE TRIGGER own BEFORE UPDATE ON disk_attachments BEGIN SELECT RAISE(ABORT, 'hands off'); END"
        self.assertEqual(self.shell(refuse).stderr, '')
        self.record(2, CHANGED)
        self.record(3, '<domain type="kvm"><name>other</name></domain>')
        self.drain()
        self.assertEqual(self.query('SELECT vm_uuid, exact, error FROM captures WHERE id = 2'), [(UUID, 1, None)])
        self.assertEqual(self.query("SELECT name, sync_status, drift_details LIKE '%hands off%' FROM virtual_machines ORDER BY 1"),
                         [('other', 'SYNCED', None), ('web', 'DRIFTED', 1)])
        self.assertEqual(self.cache(), 'none')
        self.assertFalse(os.path.exists(self.spool + '/bad'))

    def test_an_idle_reader_keeps_nothing_out_of_the_file(self):
        self.record(1)
        self.drain()
        reader = sqlite3.connect(self.database)
        self.assertEqual(reader.execute('SELECT count(*) FROM captures').fetchone(), (1,))
        self.record(2, CHANGED)
        self.drain()
        copy = os.path.join(self.folder, 'copy.db')
        shutil.copy(self.database, copy)
        with sqlite3.connect(copy) as database:
            self.assertEqual(database.execute('SELECT count(*) FROM captures').fetchone(), (2,))
        reader.close()

    def test_wal_files_stay(self):
        self.record(1)
        self.drain()
        for suffix in ('-wal', '-shm'):
            self.assertTrue(os.path.exists(self.database + suffix))
        # The last connection that closes is a plain shell's, which wrote.
        self.assertEqual(self.shell("UPDATE virtual_machines SET title = 'x'").stderr, '')
        for suffix in ('-wal', '-shm'):
            self.assertTrue(os.path.exists(self.database + suffix), suffix)
        self.assertEqual(os.path.getsize(self.database + '-wal'), 0)

    def test_writing_functions_wait(self):
        self.record(1)
        self.drain()
        with open(self.folder + '/vm.xml', 'w', encoding='utf-8') as f:
            f.write(CHANGED)
        calls = {'domain_import': f"domain_import(readfile('{self.folder}/vm.xml'), 'alpha')", 'domain_clone': "domain_clone('web', 'copy')",
                 'domain_accept': "domain_accept('web')", 'pool_import': "pool_import('<pool type=\"dir\"><name>p</name></pool>')"}
        for name, call in calls.items():
            writer = sqlite3.connect(self.database, isolation_level=None)
            writer.execute('BEGIN IMMEDIATE')
            writer.execute("UPDATE hosts SET uri = 'x'")
            # A connection that does not wait gets SQLite's own error.
            refused = self.shell('SELECT ' + call)
            self.assertIn('database is locked (5)', refused.stderr, name)
            waiting = subprocess.Popen(['sqlite3', '-batch', self.database, '-cmd', '.timeout 20000', '-cmd', '.load ' + EXTENSION.removesuffix('.so'),
                                        f'SELECT {call} IS NOT NULL'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            time.sleep(1)
            writer.execute('COMMIT')
            writer.close()
            self.assertEqual(waiting.communicate(timeout=60), ('1\n', ''), name)


unittest.main(verbosity=2)
