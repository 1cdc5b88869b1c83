#!/usr/bin/env python3
"""The hook as a program: it says 0 and prints nothing, whatever happens, and what it accepted is in captures once.

    hook_test.py FOLDER      with virtsql-hook and virtsql-drain
"""
import concurrent.futures
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAMS = sys.argv.pop(1)
HERE = os.path.dirname(os.path.abspath(__file__))
WEB = open(os.path.join(HERE, '..', 'documents', 'web.xml'), 'rb').read()
STRACE = shutil.which('strace')


class Hook(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        os.chmod(self.folder, 0o755)
        self.database = os.path.join(self.folder, 'data', 'virtsql.db')
        self.spool = os.path.join(self.folder, 'data', 'spool')
        self.environment = dict(os.environ, VIRTSQL_DB=self.database)
        os.mkdir(os.path.join(self.folder, 'qemu.d'))
        self.hook = os.path.join(self.folder, 'qemu.d', '50-virtsql')
        shutil.copy(os.path.join(PROGRAMS, 'virtsql-hook'), self.hook)
        # The drainer beside the hook does nothing, so that the tests see the spool.
        shutil.copy('/bin/true', os.path.join(self.folder, 'qemu.d', 'virtsql-drain'))

    def tearDown(self):
        # A drainer that the hook started may still be closing the database.
        deadline = time.monotonic() + 10
        while os.path.isdir(self.folder) and time.monotonic() < deadline:
            shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, xml=WEB, arguments=('web', 'start', 'begin', '-'), hook=None, prefix=(), **options):
        """Runs the hook as libvirt does; it must say 0 and print nothing."""
        done = subprocess.run([*prefix, hook or self.hook, *arguments], input=xml, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=self.environment, timeout=60, **options)
        self.assertEqual((done.returncode, done.stdout), (0, b''))
        return done

    def records(self):
        return sorted(n for n in os.listdir(self.spool) if n.endswith('.record')) if os.path.isdir(self.spool) else []

    def drain(self):
        done = subprocess.run([os.path.join(PROGRAMS, 'virtsql-hook'), '--drain'], env=self.environment, capture_output=True)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b'', b''))
        self.assertEqual(self.records(), [])

    def query(self, sql):
        with sqlite3.connect(f'file:{self.database}?mode=ro', uri=True) as database:
            return database.execute(sql).fetchall()

    def test_every_driver_and_operation(self):
        for driver in ('qemu', 'lxc', 'libxl', 'bhyve', 'network', 'daemon'):
            os.makedirs(f'{self.folder}/hooks/{driver}.d', exist_ok=True)
            drop_in = f'{self.folder}/hooks/{driver}.d/x'
            main = f'{self.folder}/{driver}'
            for place in (drop_in, main):
                shutil.copy(self.hook, place)
                shutil.copy('/bin/true', os.path.join(os.path.dirname(place), 'virtsql-drain'))
            for hook in (drop_in, main):
                self.call(hook=hook, arguments=('web', 'prepare', 'begin', '-'))
        self.call(arguments=('web', 'brand-new', 'x', 'y', 'z', 'more'))
        self.call(arguments=())
        self.drain()
        self.assertEqual(self.query('SELECT driver, count(*) FROM captures WHERE operation = \'prepare\' GROUP BY 1 ORDER BY 1'),
                         [('bhyve', 2), ('daemon', 2), ('libxl', 2), ('lxc', 2), ('network', 2), ('qemu', 2)])
        self.assertEqual(self.query("SELECT sub_operation, extra FROM captures WHERE operation = 'brand-new'"), [('x', 'y z more')])
        self.assertEqual(self.query('SELECT name FROM virtual_machines'), [('web',)])
        self.assertEqual(self.query('PRAGMA integrity_check'), [('ok',)])

    def test_rubbish_is_kept_and_flagged(self):
        rubbish = [b'', b'\x00\x01\xff' * 1000, b'<domain>', WEB[:1000], b'<a>' * 200000, b'<domain/>' + b' ' * 40000000,
                   b'<!DOCTYPE d [<!ENTITY a "aaaa">]><domain>&a;</domain>', b"<domain><name a='1' a='2'/></domain>"]
        for xml in rubbish:
            self.call(xml)
        self.assertEqual(len(self.records()), len(rubbish))
        self.drain()
        rows = self.query('SELECT error, exact, size FROM captures JOIN documents ON sha256 = document_sha256 ORDER BY captures.id')
        self.assertEqual([size for _, _, size in rows], [len(xml) for xml in rubbish])
        for error, exact, _ in rows:
            self.assertTrue(error)
            self.assertIsNone(exact)

    def test_secrets_never_reach_the_disk(self):
        self.call(WEB.replace(b"autoport='yes'", b"autoport='yes' passwd='hunter2'") + b" passwd='hunter3'")
        for name in self.records():
            with open(os.path.join(self.spool, name), 'rb') as record:
                self.assertNotIn(b'hunter', record.read())

    def test_modes(self):
        self.call()
        self.assertEqual(os.stat(self.spool).st_mode & 0o777, 0o700)
        self.assertEqual(os.stat(os.path.dirname(self.spool)).st_mode & 0o777, 0o750)
        self.assertEqual(os.stat(os.path.join(self.spool, self.records()[0])).st_mode & 0o777, 0o600)
        self.drain()
        self.assertEqual(os.stat(self.database).st_mode & 0o777, 0o640)

    def test_files_closed_at_start(self):
        for closing in ('<&-', '>&-', '2>&-', '<&- >&- 2>&-'):
            done = subprocess.run(['bash', '-c', f'exec "$0" web start begin - {closing}', self.hook], input=WEB, env=self.environment, timeout=30,
                                  stdout=subprocess.PIPE)
            self.assertEqual((done.returncode, done.stdout), (0, b''))

    def test_stdin_that_never_ends(self):
        reading, writing = os.pipe()
        os.write(writing, WEB)
        begin = time.monotonic()
        done = subprocess.run([self.hook, 'web', 'start', 'begin', '-'], stdin=reading, stdout=subprocess.PIPE, env=self.environment, timeout=60)
        os.close(writing)
        os.close(reading)
        self.assertEqual((done.returncode, done.stdout), (0, b''))
        self.assertLess(time.monotonic() - begin, 30)
        self.drain()
        self.assertEqual(self.query('SELECT error FROM captures'), [('stdin was not closed in time',)])

    def test_no_place_to_write(self):
        self.environment['VIRTSQL_DB'] = '/proc/nothing/virtsql.db'
        self.call()
        os.makedirs(os.path.dirname(self.database))
        open(self.spool, 'w').close()
        self.environment['VIRTSQL_DB'] = self.database
        self.call()

    @unittest.skipUnless(os.getuid() == 0, 'needs root')
    def test_somebody_else(self):
        self.call()
        self.call(user=65534, group=65534, extra_groups=[])
        self.assertEqual(len(self.records()), 1)

    def test_full_disk(self):
        self.call(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)))
        self.assertEqual(self.records(), [])
        self.assertEqual([n for n in os.listdir(self.spool) if n != 'sequence'], [])

    def test_a_database_that_is_none(self):
        self.call()
        with open(self.database, 'wb') as database:
            database.write(b'rubbish' * 1000)
        done = subprocess.run([os.path.join(PROGRAMS, 'virtsql-hook'), '--drain'], env=self.environment, capture_output=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b'not a database', done.stderr)
        self.assertEqual(len(self.records()), 1)
        os.unlink(self.database)
        self.drain()
        self.assertEqual(self.query('SELECT count(*) FROM captures'), [(1,)])

    def test_doctor(self):
        def doctor():
            return subprocess.run([os.path.join(PROGRAMS, 'virtsql-hook'), '--doctor'], env=self.environment, capture_output=True, text=True)
        self.call()
        self.drain()
        said = doctor().stdout
        for line in ('ok    no records wait', f'ok    {self.database} is a database', f'ok    {self.spool} can be written',
                     f'ok    {self.spool} is closed to others'):
            self.assertIn(line, said)
        self.assertRegex(said, '(ok    virtsqld runs|warn  virtsqld does not run)')
        # Each thing that is wrong.
        self.call()
        self.assertIn('ok    1 records wait', doctor().stdout)
        os.rename(os.path.join(self.spool, self.records()[0]), os.path.join(self.spool, '%020d.record' % (time.time() * 1e6 - 3e8)))
        os.chmod(self.spool, 0o755)
        os.mkdir(os.path.join(self.spool, 'bad'))
        os.chmod(self.database, 0o644)
        with open(self.database, 'r+b') as database:
            database.write(b'rubbish')
        done = doctor()
        self.assertEqual(done.returncode, 1)
        for line in (r'fail  1 records wait to be drained, the oldest for 30\d seconds', 'fail  .* is no SQLite database',
                     'fail  .* is open to others', 'warn  .*bad has files', 'warn  .* is open to everybody'):
            self.assertRegex(done.stdout, line)
        os.unlink(self.database)
        self.assertIn(f'warn  {self.database} is not there yet', doctor().stdout)

    def test_foreign_files_hold_up_nothing(self):
        self.call()
        with open(os.path.join(self.spool, '0' * 20 + '.record'), 'w') as foreign:
            foreign.write('not a record')
        done = subprocess.run([os.path.join(PROGRAMS, 'virtsql-hook'), '--drain'], env=self.environment, capture_output=True)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b'1 files were no records', done.stderr)
        self.assertEqual(self.query('SELECT count(*) FROM captures'), [(1,)])
        self.assertEqual(os.listdir(os.path.join(self.spool, 'bad')), ['0' * 20 + '.record'])

    def test_a_storm(self):
        shutil.copy(os.path.join(PROGRAMS, 'virtsql-drain'), os.path.join(self.folder, 'qemu.d', 'virtsql-drain'))

        def vm(number):
            uuid = b'00000000-0000-4000-8000-%012d' % number
            xml = re.sub(rb'<uuid>.*</uuid>', b'<uuid>' + uuid + b'</uuid>', WEB)
            for operation in ('prepare', 'start', 'started'):
                self.call(xml, arguments=(f'vm{number}', operation, 'begin', '-'))
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            list(pool.map(vm, range(200)))
        self.drain()
        self.assertEqual(self.query('SELECT count(*), count(DISTINCT vm_uuid) FROM captures'), [(600, 200)])
        for uuid, operations in self.query('SELECT vm_uuid, group_concat(operation) FROM (SELECT * FROM captures ORDER BY id) GROUP BY 1'):
            self.assertEqual(operations, 'prepare,start,started', uuid)
        self.assertEqual(self.query('PRAGMA integrity_check'), [('ok',)])

    @unittest.skipUnless(STRACE, 'needs strace')
    def test_faults_at_every_call(self):
        for fault in ('ENOSPC', 'EIO', 'EINTR'):
            for call in ('openat', 'write', 'fdatasync', 'fsync', 'renameat2', 'mkdir', 'flock', 'pread64', 'pwrite64', 'read', 'poll'):
                for when in (1, 2, 3):
                    shutil.rmtree(os.path.dirname(self.spool), ignore_errors=True)
                    self.call(prefix=(STRACE, '-qq', '-o', '/dev/null', '-e', f'inject={call}:error={fault}:when={when}'))
                    if os.path.isdir(self.spool):
                        self.drain()
                        self.assertLessEqual(self.query('SELECT count(*) FROM captures')[0][0], 1)

    @unittest.skipUnless(STRACE, 'needs strace')
    def test_killed_at_every_call(self):
        log = os.path.join(self.folder, 'log')
        self.call(prefix=(STRACE, '-qq', '-o', log))
        with open(log, encoding='utf-8', errors='replace') as lines:
            calls = re.findall(r'^(\w+)\(', lines.read(), re.M)
        self.assertGreater(len(calls), 30)
        for call in sorted(set(calls)):
            for when in range(1, calls.count(call) + 1):
                shutil.rmtree(os.path.dirname(self.spool), ignore_errors=True)
                done = subprocess.run([STRACE, '-qq', '-o', '/dev/null', '-e', f'inject={call}:signal=KILL:when={when}', self.hook, 'web', 'start', 'begin', '-'],
                                      input=WEB, stdout=subprocess.PIPE, env=self.environment)
                self.assertEqual(done.stdout, b'')
                before = len(self.records())
                self.assertLessEqual(before, 1)
                if os.path.isdir(self.spool):
                    self.drain()
                    self.assertEqual(self.query('SELECT count(*) FROM captures'), [(before,)])

    @unittest.skipUnless(STRACE, 'needs strace')
    def test_drainer_killed_between_commit_and_removal(self):
        for call in ('unlinkat', 'fdatasync', 'pwrite64', 'flock', 'openat'):
            for when in (1, 2, 3, 5, 8):
                shutil.rmtree(os.path.dirname(self.spool), ignore_errors=True)
                for _ in range(3):
                    self.call()
                subprocess.run([STRACE, '-qq', '-o', '/dev/null', '-e', f'inject={call}:signal=KILL:when={when}', os.path.join(PROGRAMS, 'virtsql-drain'), '--wait'],
                               env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                self.drain()
                self.assertEqual(self.query('SELECT count(*) FROM captures'), [(3,)])
                self.assertEqual(self.query('PRAGMA integrity_check'), [('ok',)])

    @unittest.skipUnless(os.getuid() == 0, 'needs root')
    def test_a_reader_without_rights(self):
        self.call()
        self.drain()
        os.chmod(os.path.dirname(self.database), 0o755)
        for name in os.listdir(os.path.dirname(self.database)):
            if name.startswith('virtsql.db'):
                os.chmod(os.path.join(os.path.dirname(self.database), name), 0o644)
        done = subprocess.run(['sqlite3', '-readonly', self.database, 'SELECT count(*) FROM captures'], user=65534, group=65534, extra_groups=[], capture_output=True, text=True)
        self.assertEqual((done.stdout, done.stderr), ('1\n', ''))


if __name__ == '__main__':
    unittest.main(verbosity=1)
