#!/usr/bin/env python3
"""virtsqld and the drainer when things go wrong: killed, out of space, with a database that is locked, corrupt or
read-only, with a spool full of rubbish. In the end everything that was accepted is in captures exactly once, and the
database is sound.

    virtsqld_test.py FOLDER SHORT_WRITES NO_DOMAINS [--long]    FOLDER has virtsqld, virtsql-hook and virtsql-drain; the libraries, when
                                                                preloaded, make writes short and the list of domains fail;
                                                                --long: faults at each system call that matters, not at one in three

libvirt's test driver takes the place of a hypervisor: it runs inside virtsqld's process, and has what node.xml says.
"""
import collections
import concurrent.futures
import fcntl
import os
import pty
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PROGRAMS, SHORT_WRITES, NO_DOMAINS = (sys.argv.pop(1) for _ in range(3))
SPARING = 1 if '--long' in sys.argv else 3
if SPARING == 1:
    sys.argv.remove('--long')
VIRTSQLD = os.path.join(PROGRAMS, 'virtsqld')
DRAIN = os.path.join(PROGRAMS, 'virtsql-drain')
HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, '..', 'documents', 'web.xml'), 'rb') as web:
    WEB = web.read()
SMALL = b"<domain type='qemu'>\n  <name>small</name>\n  <memory unit='KiB'>1024</memory>\n</domain>\n"
STRACE = shutil.which('strace')

NODE = """<node>
  <domain type='test'>
    <name>{0}</name><uuid>aaaaaaaa-0000-4000-8000-000000000001</uuid><memory>8192</memory><os><type>hvm</type></os>
  </domain>
  <domain type='test'>
    <name>second</name><uuid>aaaaaaaa-0000-4000-8000-000000000002</uuid><memory>16384</memory><os><type>hvm</type></os>
    <devices><interface type='network'><mac address='52:54:00:00:00:01'/><source network='inside'/></interface></devices>
  </domain>
  <network>
    <name>inside</name><uuid>aaaaaaaa-0000-4000-8000-000000000003</uuid><bridge name='virbr0'/><mac address='52:54:00:00:00:02'/>
  </network>
</node>
"""


class Place:
    """A folder with a database, a spool and a libvirt of its own."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='virtsql-')
        self.data = os.path.join(self.folder, 'data')
        self.spool = os.path.join(self.folder, 'spool')
        self.database = os.path.join(self.data, 'virtsql.db')
        self.config = os.path.join(self.folder, 'virtsql.conf')
        os.mkdir(self.data, 0o750)
        os.mkdir(self.spool, 0o700)
        self.define('first')
        with open(self.config, 'w', encoding='utf-8') as config:
            config.write(f'database = {self.database}\nspool = {self.spool}\nuri = test://{self.folder}/node.xml\nresync = 86400\n'
                         f'libvirt_folder = {self.folder}/etc\nlibvirt_state_folder = {self.folder}/state\n')
        self.daemon = None

    def define(self, name):
        with open(os.path.join(self.folder, 'node.xml'), 'w', encoding='utf-8') as node:
            node.write(NODE.format(name))

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder)

    def empty(self):
        for folder in (self.data, self.spool):
            shutil.rmtree(folder)
        os.mkdir(self.data, 0o750)
        os.mkdir(self.spool, 0o700)

    # ---- programs

    def once(self, *prefix, program=None, **options):
        command = program or [VIRTSQLD, '--config', self.config, '--once']
        return subprocess.run([*prefix, *command], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, **options)

    def drain(self, *prefix, **options):
        return self.once(*prefix, program=[DRAIN, '--config', self.config, '--wait'], **options)

    def start(self, *prefix):
        """Starts virtsqld, whose reports go to self.log, and waits until it is connected."""
        self.terminal, end = pty.openpty()
        self.process = subprocess.Popen([*prefix, VIRTSQLD, '--config', self.config], stdin=subprocess.DEVNULL, stdout=end, stderr=end)
        os.close(end)
        self.log = ''
        self.reader = threading.Thread(target=self.listen)
        self.reader.start()
        await_that(lambda: 'connected' in self.log, lambda: 'virtsqld is connected: ' + self.log)
        self.daemon = self.process.pid
        if prefix:  # virtsqld is the tracer's child
            with open(f'/proc/{self.process.pid}/task/{self.process.pid}/children', encoding='ascii') as children:
                self.daemon = int(children.read().split()[0])

    def listen(self):
        try:
            while data := os.read(self.terminal, 65536):
                self.log += data.decode(errors='replace')
        except OSError:
            pass  # the terminal's other end is closed

    def signal(self, number):
        os.kill(self.daemon, number)

    def stop(self):
        if self.daemon is None:
            return None
        self.signal(signal.SIGTERM)
        status = self.process.wait(60)
        self.reader.join()
        os.close(self.terminal)
        self.daemon = None
        return status

    def cpu_seconds(self):
        """The seconds of CPU that virtsqld has used."""
        with open(f'/proc/{self.daemon}/stat', encoding='ascii') as stat:
            fields = stat.read().rsplit(')', 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    # ---- the spool and the database

    def records(self):
        return sorted(name for name in os.listdir(self.spool) if name.endswith('.record'))

    def answers(self, *statements):
        """The rows of each statement. They share a connection, because each connection reads the whole schema."""
        with sqlite3.connect(f'file:{self.database}?mode=ro', uri=True) as database:
            return [database.execute(statement).fetchall() for statement in statements]

    def query(self, sql):
        return self.answers(sql)[0]

    FROM_LIBVIRT = "SELECT driver, name, sub_operation, config, hex(document_sha256) FROM captures WHERE source <> 'hook'"

    def captures(self):
        """How often each document was captured from libvirt."""
        return collections.Counter(self.query(self.FROM_LIBVIRT))

    def captured(self, expected):
        """Whether the captures are these. False while the database is being made."""
        try:
            return self.captures() == expected
        except sqlite3.OperationalError:
            return False

    def spool_record(self, number, xml=WEB, name='web'):
        """Leaves a record as the hook does."""
        checksum = 0xcbf29ce484222325
        for byte in xml:
            checksum = ((checksum ^ byte) * 0x100000001b3) & 0xffffffffffffffff
        header = (f'virtsql-record 1\nhost: alpha\ndriver: qemu\nname: {name}\noperation: start\nsub_operation: begin\nextra: -\n'
                  f'config: live\nsource: hook\nsecrets: 0\nlength: {len(xml)}\nchecksum: {checksum}\n\n')
        temporary = os.path.join(self.spool, f'.new-{number}')
        with open(temporary, 'wb') as record:
            record.write(header.encode() + xml)
        os.rename(temporary, os.path.join(self.spool, f'{number:020d}.record'))


def await_that(condition, what, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f'not within {seconds} s: {what() if callable(what) else what}')
        time.sleep(0.02)


def vm(number):
    return WEB.replace(b'<name>web</name>', b'<name>vm%d</name>' % number).replace(
        re.search(rb'<uuid>.*</uuid>', WEB)[0], b'<uuid>00000000-0000-4000-8000-%012d</uuid>' % number)


class Faults(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.remove)

    def sound(self, place=None):
        place = place or self.place
        self.assertEqual(place.query('PRAGMA integrity_check'), [('ok',)])
        self.assertEqual(place.records(), [])

    @unittest.skipUnless(STRACE, 'needs strace')
    def test_what_could_not_be_written_is_not_taken_for_known(self):
        done = self.place.once()
        self.assertEqual((done.returncode, self.place.records()), (0, []))
        expected = self.place.captures()
        self.assertGreater(len(expected), 3)
        self.place.empty()
        # The disk is full at first, and the next look finds room again.
        self.place.start(STRACE, '-qq', '-o', '/dev/null', '-e', 'trace=renameat2', '-e', 'inject=renameat2:error=ENOSPC:when=1..3')
        self.place.signal(signal.SIGHUP)
        await_that(lambda: self.place.captured(expected), lambda: f'everything is captured:\n{expected}\n{self.place.captures()}')
        self.assertEqual(self.place.stop(), 0)
        self.sound()

    # ---- every system call

    def prepared(self, place):
        """Makes the place as it is after some time: a database, records of hooks in the spool, and a libvirt with
        something new."""
        place.empty()
        shutil.copytree(self.before, place.data, dirs_exist_ok=True)
        place.define('changed')
        for number in (1, 2):
            place.spool_record(number, SMALL.replace(b'small', b'small%d' % number), f'small{number}')

    def at_every_call(self, program, injections, every, again=False):
        """Runs the program once with each injection at its system calls, and then virtsqld without any. If `every` has
        n for a system call, each nth of its calls gets the injection; a system call that is not in it gets one, in the
        middle. `again`: if virtsqld could not read the database just now, it may capture again what is known
        already."""
        self.place.once()
        self.before = os.path.join(self.place.folder, 'before')
        shutil.copytree(self.place.data, self.before)
        self.prepared(self.place)
        command = [os.path.join(PROGRAMS, program[0]), '--config', self.place.config, *program[1:]]
        log = os.path.join(self.place.folder, 'calls')
        self.assertEqual(self.place.once(STRACE, '-qq', '-o', log, program=command).returncode, 0)
        with open(log, encoding='utf-8', errors='replace') as lines:
            calls = collections.Counter(re.findall(r'^(\w+)\(', lines.read(), re.M))
        self.place.once()
        expected = self.place.captures()
        self.assertEqual(set(expected.values()), {1})
        points = []
        for call, count in sorted(calls.items()):
            if call not in ('execve', 'exit_group', 'restart_syscall', 'arch_prctl'):
                points += [(call, when) for when in (range(1, count + 1, every[call] * SPARING) if call in every else [(count + 1) // 2])]
        self.assertGreater(len(points), 20)
        places = [Place() for _ in range(2)]
        for place in places:
            self.addCleanup(place.remove)

        happened = []

        def check(share):
            place = places[share]
            own = [command[0], '--config', place.config, *program[1:]]
            for call, when in points[share::len(places)]:
                for injection in injections:
                    self.prepared(place)
                    what = f'{call}:{injection}:when={when}'
                    log = os.path.join(place.folder, 'log')
                    place.once(STRACE, '-o', log, '-e', f'trace={call}', '-e', f'inject={what}', program=own)
                    with open(log, encoding='utf-8', errors='replace') as lines:
                        happened.append(bool(re.search(r'\(INJECTED\)|killed by SIGKILL', lines.read())))
                    done = place.once()
                    self.assertEqual((what, done.returncode), (what, 0), done.stderr)
                    found, hooks, sound = place.answers(place.FROM_LIBVIRT, "SELECT id FROM captures WHERE source = 'hook'", 'PRAGMA integrity_check')
                    found = collections.Counter(found)
                    self.assertEqual((what, set(found) if again else found), (what, set(expected) if again else expected))
                    self.assertEqual((what, hooks, sound, place.records()), (what, [(1,), (2,)], [('ok',)], []))
        with concurrent.futures.ThreadPoolExecutor(len(places)) as pool:
            list(pool.map(check, range(len(places))))
        # The number of a program's calls differs a little from run to run, so that some faults do not happen.
        self.assertGreater(happened.count(True), 0.9 * len(happened))
        print(f'{program[0]}: {len(points) * len(injections)} runs at {len(points)} of {sum(calls.values())} calls', file=sys.stderr)

    # Calls that write, rename, sync, remove or lock.
    WRITING = {call: 1 for call in ('write', 'pwrite64', 'rename', 'renameat2', 'fsync', 'fdatasync', 'unlink', 'unlinkat', 'flock', 'fcntl',
                                    'ftruncate', 'mkdir', 'mkdirat', 'fallocate')}

    @unittest.skipUnless(STRACE, 'needs strace')
    def test_drainer_killed_at_every_call(self):
        self.at_every_call(['virtsql-drain', '--wait'], ['signal=KILL'], self.WRITING)

    @unittest.skipUnless(STRACE, 'needs strace')
    def test_virtsqld_killed_at_every_call(self):
        # virtsqld calls the database as the drainer does, which is tested at every call. So fewer of these calls are
        # enough here.
        self.at_every_call(['virtsqld', '--once'], ['signal=KILL'], self.WRITING | {'pwrite64': 8, 'fcntl': 16})

    @unittest.skipUnless(STRACE, 'needs strace')
    def test_drainer_with_errors(self):
        self.at_every_call(['virtsql-drain', '--wait'], ['error=ENOSPC', 'error=EIO'],
                           self.WRITING | {'pwrite64': 24, 'fcntl': 24})

    @unittest.skipUnless(STRACE, 'needs strace')
    def test_virtsqld_with_errors(self):
        self.at_every_call(['virtsqld', '--once'], ['error=ENOSPC'], self.WRITING | {'pwrite64': 64, 'fcntl': 64}, again=True)

    # ---- writes

    def test_short_and_interrupted_writes(self):
        environment = dict(os.environ, LD_PRELOAD=SHORT_WRITES)
        for number in range(1, 50):
            self.place.spool_record(number, vm(number), f'vm{number}')
        for program in (None, [DRAIN, '--config', self.place.config, '--wait']):
            done = self.place.once(program=program, env=environment)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.place.query("SELECT count(*) FROM captures WHERE source = 'hook' AND exact"), [(49,)])
        self.assertGreater(len(self.place.captures()), 3)
        self.assertEqual(set(self.place.captures().values()), {1})
        self.sound()

    def test_files_that_may_not_grow(self):
        for number in range(1, 4):
            self.place.spool_record(number, vm(number), f'vm{number}')
        refused = told = 0
        for limit in (1, 100, 1000, 4096, 5000, 20000, 65536, 100000, 500000, 900000, 1500000):
            done = self.place.once(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))  # pylint: disable=cell-var-from-loop
            self.assertIn(done.returncode, (0, 1), done.stderr)
            refused += done.returncode
            if done.returncode:
                self.assertRegex(done.stderr, 'File too large|database or disk is full|disk I/O error')
            self.assertNotIn(' of  is not recorded', done.stderr)  # what is about the whole host has no name
            told += 'seen of test:///' in done.stderr
        self.assertGreater(refused, 5)
        self.assertGreater(told, 0)
        self.assertEqual(self.place.once().returncode, 0)
        self.assertEqual(self.place.query("SELECT id FROM captures WHERE source = 'hook'"), [(1,), (2,), (3,)])
        self.sound()

    @unittest.skipUnless(os.getuid() == 0, 'needs root')
    def test_folders_that_cannot_be_written(self):
        self.assertEqual(self.place.once().returncode, 0)
        self.place.define('changed')
        self.place.spool_record(1)
        for folder, words in ((self.place.spool, 'Read-only file system'), (self.place.data, 'readonly database|Read-only file system')):
            self.place.spool_record(2, vm(2))
            done = self.place.once('unshare', '--mount', 'sh', '-c', 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"',
                                   folder)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, words)
            self.assertIn('00000000000000000001.record', self.place.records())
        self.assertEqual(self.place.once().returncode, 0)
        self.assertEqual(self.place.query("SELECT id FROM captures WHERE source = 'hook' ORDER BY 1"), [(1,), (2,)])
        self.assertEqual(self.place.query("SELECT name FROM virtual_machines WHERE name IN ('first', 'changed')"), [('changed',)])
        self.sound()

    # ---- the database

    def rests(self, seconds=1.0):
        """Checks that virtsqld waits and does not spin."""
        before = self.place.cpu_seconds()
        time.sleep(seconds)
        self.assertLess(self.place.cpu_seconds() - before, seconds / 4)

    def test_a_database_that_somebody_locks(self):
        self.place.start()
        await_that(lambda: self.place.captured(collections.Counter(self.place.captures().keys())) and not self.place.records(), 'it is drained')
        with sqlite3.connect(self.place.database, isolation_level=None) as other:
            other.execute('BEGIN IMMEDIATE')
            self.place.spool_record(1)
            await_that(lambda: 'locked' in self.place.log, lambda: 'it is said: ' + self.place.log)
            self.rests(2)
            self.assertEqual(len(self.place.records()), 1)
            other.execute('ROLLBACK')
        other.close()
        # Nothing else happens, and yet the record is drained.
        await_that(lambda: not self.place.records(), lambda: 'it is drained: ' + self.place.log)
        self.assertEqual(self.place.log.count('cannot be drained'), 1)
        await_that(lambda: 'drained again' in self.place.log, lambda: 'it is said: ' + self.place.log)
        self.assertEqual(self.place.stop(), 0)
        self.assertEqual(self.place.query("SELECT id FROM captures WHERE source = 'hook'"), [(1,)])
        self.sound()

    def test_a_lock_that_no_drainer_holds(self):
        self.place.start()
        await_that(lambda: self.place.captured(collections.Counter(self.place.captures().keys())) and not self.place.records(), 'it is drained')
        with open(self.place.database + '.lock', 'r+', encoding='ascii') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.place.spool_record(1)
            self.rests(2)
            self.assertEqual(len(self.place.records()), 1)
        # Nothing else happens, and yet the record is drained.
        await_that(lambda: not self.place.records(), lambda: 'it is drained: ' + self.place.log)
        self.assertEqual(self.place.stop(), 0)
        self.sound()

    def corrupt(self, damage, words):
        self.place.once()
        for number in range(1, 20):
            self.place.spool_record(number, vm(number), f'vm{number}')
        self.place.drain()
        good = os.path.join(self.place.folder, 'good')
        shutil.copytree(self.place.data, good)
        with open(self.place.database, 'r+b') as database:
            damage(database)
        self.place.define('changed')
        self.place.spool_record(100, vm(1), 'vm1')
        self.place.start()
        await_that(lambda: re.search(words, self.place.log), lambda: 'it is said: ' + self.place.log)
        self.assertIn(self.place.database, self.place.log)
        self.assertIn('records stay in ' + self.place.spool, self.place.log)
        self.place.spool_record(101, vm(2), 'vm2')
        self.rests(2)
        self.assertIn('%020d.record' % 100, self.place.records())
        self.assertIn('%020d.record' % 101, self.place.records())
        self.assertLess(self.place.log.count('\n'), 12, self.place.log)
        # A backup takes the place of the database.
        for name in os.listdir(self.place.data):
            os.unlink(os.path.join(self.place.data, name))
        shutil.copytree(good, self.place.data, dirs_exist_ok=True)
        await_that(lambda: not self.place.records(), lambda: 'it is drained: ' + self.place.log, 40)
        self.assertEqual(self.place.stop(), 0)
        self.assertEqual(self.place.query("SELECT id FROM captures WHERE source = 'hook' AND id >= 100 ORDER BY 1"), [(100,), (101,)])
        self.assertEqual(self.place.query("SELECT count(*) FROM virtual_machines WHERE name = 'changed'"), [(1,)])
        self.sound()

    def test_a_database_with_a_corrupt_header(self):
        def damage(database):
            database.write(b'rubbish' * 20)
        self.corrupt(damage, 'not a database')

    def test_a_database_with_corrupt_pages(self):
        def damage(database):
            # Damages every page but those of the schema, which come first.
            size = os.stat(self.place.database).st_size
            for at in range(size // 3 // 4096 * 4096, size, 4096):
                database.seek(at)
                database.write(b'\xa5' * 4096)
        self.corrupt(damage, 'malformed')

    # ---- the spool

    def test_a_spool_full_of_rubbish(self):
        chance = random.Random(4)
        for number in range(1, 30):
            self.place.spool_record(number, vm(number), f'vm{number}')

        def path(number):
            return os.path.join(self.place.spool, f'{number:020d}.record')
        with open(path(29), 'rb') as record:
            whole = record.read()
        rubbish = {100 + i: whole[:cut] for i, cut in enumerate(range(0, len(whole), 97))}
        rubbish |= {300 + i: chance.randbytes(chance.randrange(5000)) for i in range(30)}
        for i in range(30):
            damaged = bytearray(whole)
            damaged[chance.randrange(len(whole) - 4000, len(whole))] ^= 1 + chance.randrange(255)
            rubbish[400 + i] = bytes(damaged)
        for number, content in rubbish.items():
            with open(path(number), 'wb') as record:
                record.write(content)
        os.mkdir(path(500))
        os.symlink('/etc/passwd', path(501))
        os.mkfifo(path(502))
        with open(os.path.join(self.place.spool, 'README'), 'w', encoding='ascii') as other:
            other.write('not a record, and not called one')
        self.place.start()
        await_that(lambda: not self.place.records(), lambda: f'all is drained or set aside: {self.place.records()}')
        self.assertEqual(self.place.stop(), 0)
        self.assertEqual(self.place.query("SELECT id FROM captures WHERE source = 'hook' ORDER BY 1"), [(n,) for n in range(1, 30)])
        bad = os.listdir(os.path.join(self.place.spool, 'bad'))
        self.assertEqual(len([name for name in bad if not name.endswith('.reason')]), len(rubbish) + 3)
        self.assertEqual(len([name for name in bad if name.endswith('.reason')]), len(rubbish) + 3)
        self.sound()

    @unittest.skipUnless(STRACE, 'needs strace')
    def test_a_record_that_cannot_be_read_now(self):
        """A record that cannot be read just now stays in the spool, and the others do not wait for it."""
        for number in range(1, 4):
            self.place.spool_record(number, vm(number), f'vm{number}')
        second = self.place.spool + '/%020d.record' % 2
        self.place.drain()
        self.place.empty()
        for number in range(1, 4):
            self.place.spool_record(number, vm(number), f'vm{number}')
        log = os.path.join(self.place.folder, 'log')
        done = self.place.drain(STRACE, '-f', '-qq', '-o', log, '-P', second, '-e', 'trace=read', '-e', 'inject=read:error=EIO')
        self.assertEqual(done.returncode, 3)
        self.assertEqual(self.place.records(), [os.path.basename(second)])
        self.assertFalse(os.path.exists(self.place.spool + '/bad'))
        self.assertEqual(self.place.query('SELECT id FROM captures ORDER BY 1'), [(1,), (3,)])
        self.place.drain()
        self.assertEqual(self.place.query('SELECT id FROM captures ORDER BY 1'), [(1,), (2,), (3,)])
        self.sound()

    def test_an_id_that_comes_again(self):
        """A new record with a used id gets the next id, as after the clock is set back and the sequence is lost."""
        for xml in (vm(1), vm(2), vm(2), vm(3)):
            self.place.spool_record(7, xml)
            self.place.drain()
        self.assertEqual(self.place.query('SELECT id, vm_uuid FROM captures ORDER BY 1'),
                         [(6 + n, f'00000000-0000-4000-8000-{n:012d}') for n in (1, 2, 3)])
        self.sound()

    # ---- several at once

    def test_drainers_hooks_and_virtsqld_at_once(self):
        self.place.start()
        done = threading.Event()

        def drain():
            while not done.is_set():
                self.assertEqual(self.place.drain().returncode, 0)

        def look():
            while not done.is_set():
                self.place.signal(signal.SIGHUP)
                time.sleep(0.01)

        def hooks(share):
            environment = dict(os.environ, VIRTSQL_DB=self.place.database)
            for number in range(share, 120, 4):
                said = subprocess.run([os.path.join(PROGRAMS, 'virtsql-hook'), f'vm{number}', 'start', 'begin', '-'], input=vm(number),
                                      capture_output=True, env=environment)
                self.assertEqual((said.returncode, said.stdout, said.stderr), (0, b'', b''))
        # The hook's spool is beside the database that it is told.
        os.symlink(self.place.spool, os.path.join(self.place.data, 'spool'))
        with concurrent.futures.ThreadPoolExecutor(7) as pool:
            others = [pool.submit(work) for work in (drain, drain, look)]
            for share in [pool.submit(hooks, share) for share in range(4)]:
                share.result()
            done.set()
            for other in others:
                other.result()
        await_that(lambda: not self.place.records(), 'the spool is empty')
        self.assertEqual(self.place.stop(), 0)
        self.place.drain()
        self.assertEqual(self.place.query("SELECT count(*), count(DISTINCT vm_uuid) FROM captures WHERE source = 'hook'"), [(120, 120)])
        self.assertEqual(set(self.place.captures().values()), {1})
        self.sound()

    def test_a_reader_who_does_not_end(self):
        self.place.once()
        with sqlite3.connect(self.place.database, isolation_level=None) as reader:
            reader.execute('BEGIN')
            seen = reader.execute('SELECT count(*) FROM captures').fetchone()
            sizes = []
            for first in range(1, 1400, 100):
                for number in range(first, first + 100):
                    self.place.spool_record(number, vm(number), f'vm{number}')
                done = self.place.drain()
                self.assertEqual(done.returncode, 0)
                sizes.append(os.stat(self.place.database + '-wal').st_size)
                self.assertEqual(self.place.records(), [])
                self.assertEqual(reader.execute('SELECT count(*) FROM captures').fetchone(), seen)
            # The WAL grows by what is written, and no faster. From some size on the drainer warns.
            self.assertGreater(sizes[-1], 16 << 20)
            self.assertIn('somebody has been reading in one transaction for long', done.stderr)
            self.assertLess(sizes[-1] - sizes[-2], 4 * (sizes[1] - sizes[0]))
            reader.execute('COMMIT')
        reader.close()
        self.place.spool_record(2000)
        self.place.drain()
        self.place.spool_record(2001)
        self.assertEqual(self.place.drain().stderr, '')
        self.assertLess(os.stat(self.place.database + '-wal').st_size, sizes[0])
        self.assertEqual(self.place.query("SELECT count(*) FROM captures WHERE source = 'hook'"), [(1402,)])
        print(f'WAL: {[size >> 20 for size in sizes]} MiB', file=sys.stderr)
        self.sound()


class Libvirt(unittest.TestCase):
    """What virtsqld is told, and what it is not."""

    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.remove)

    def states(self):
        return self.place.query('SELECT v.name, s.state FROM virtual_machines AS v JOIN vm_states AS s ON s.vm_uuid = v.uuid ORDER BY 1')

    def test_domains_that_cannot_be_listed(self):
        self.assertEqual(self.place.once().returncode, 0)
        before = self.states()
        self.assertEqual(before, [('first', 'running'), ('second', 'running')])
        done = self.place.once(env=dict(os.environ, LD_PRELOAD=NO_DOMAINS))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, 'node.xml: the domains cannot be listed: ')
        self.assertEqual(self.states(), before)
        self.assertEqual(self.place.once().returncode, 0)
        self.assertEqual(self.states(), before)


class Configuration(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.remove)

    SECRETS = "SELECT max(secrets), count(*) FROM captures WHERE kind = 'domain' AND document_sha256 IS NOT NULL"

    def test_a_file_that_is_not_there(self):
        missing = os.path.join(self.place.folder, 'missing.conf')
        for program in (['virtsqld', '--once'], ['virtsqld'], ['virtsql-drain', '--wait'], ['virtsql-doctor']):
            done = self.place.once(program=[os.path.join(PROGRAMS, program[0]), '--config', missing, *program[1:]],
                                   env=dict(os.environ, VIRTSQL_DB=self.place.database))
            self.assertEqual((done.returncode, done.stdout, done.stderr),
                             (2, '', f'{program[0]}: --config {missing}: No such file or directory\n'))
        self.assertEqual(os.listdir(self.place.data), [])

    def test_what_is_named_as_secret_while_virtsqld_runs(self):
        self.place.start()
        await_that(lambda: self.place.captured(collections.Counter(self.place.captures().keys())) and not self.place.records(), 'it is drained')
        (secrets, documents), = self.place.query(self.SECRETS)
        self.assertEqual(secrets, None)
        # As an editor does it: the new file takes the place of the old one, which has another name for a moment.
        os.rename(self.place.config, self.place.config + '~')
        self.place.signal(signal.SIGHUP)
        with open(self.place.config + '~', encoding='utf-8') as old, open(self.place.config + '.new', 'w', encoding='utf-8') as new:
            new.write(old.read() + 'redact = /domain/memory\nredact = //never\n')
        os.rename(self.place.config + '.new', self.place.config)
        self.place.signal(signal.SIGHUP)
        await_that(lambda: self.place.query(self.SECRETS)[0][0] == 1, lambda: 'it is left out: ' + self.place.log)
        self.assertIn(f'{self.place.config} has changed', self.place.log)
        self.assertIn('redact = //never can never match', self.place.log)
        after = self.place.query(self.SECRETS)
        # Without the file the rules stay.
        os.unlink(self.place.config)
        self.place.signal(signal.SIGHUP)
        time.sleep(1)
        self.assertEqual(self.place.query(self.SECRETS), after)
        self.assertGreater(after[0][1], documents)
        # If the new file cannot be read, it is not known what is secret, and no document is kept.
        os.mkdir(self.place.config)
        self.place.signal(signal.SIGHUP)
        await_that(lambda: 'Is a directory; no document is kept' in self.place.log, lambda: self.place.log)
        os.rmdir(self.place.config)
        self.assertEqual(self.place.stop(), 0)


class Retention(unittest.TestCase):
    """virtsqld removes old captures by itself, as `retain` says."""

    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.remove)

    def ids(self):
        """The ids of the captures that came from the hook."""
        return [row[0] for row in self.place.query("SELECT id FROM captures WHERE source = 'hook' ORDER BY id")]

    def test_what_is_too_old_goes_again_and_again(self):
        day = 86400 * 1000000
        now = int(time.time() * 1000000)
        with open(self.place.config, 'a', encoding='utf-8') as config:
            config.write('retain = 180d\nretain_every = 2\n')
        young = now - 10 * day
        old = [now - age * day for age in range(400, 390, -1)]
        for number, record in enumerate([*old, young]):
            self.place.spool_record(record, WEB.replace(b'<name>', b'<title>%d</title><name>' % number))
        self.place.start()
        await_that(lambda: self.ids() == [young], lambda: f'the old captures are gone, the young one stays: {self.ids()}')
        await_that(lambda: '10 captures were older' in self.place.log, lambda: self.place.log)
        # The same timer removes an old capture that comes later. Young captures stay.
        older, newest = now - 300 * day, now - day
        for record in (older, newest):
            self.place.spool_record(record, WEB.replace(b'<name>', b'<title>%d</title><name>' % record))
        self.place.signal(signal.SIGHUP)
        await_that(lambda: self.ids() == [young, newest], lambda: f'the third old capture is gone: {self.ids()}')
        documents = self.place.query('SELECT count(*) FROM documents AS d WHERE NOT EXISTS (SELECT 1 FROM captures AS c WHERE c.document_sha256 = d.sha256)')
        self.assertEqual(documents, [(0,)])
        self.assertEqual(self.place.stop(), 0)

    def test_without_it_everything_stays(self):
        with open(self.place.config, 'a', encoding='utf-8') as config:
            config.write('retain_every = 1\n')
        ancient = [1000000 * number for number in (1, 2, 3)]
        for record in ancient:
            self.place.spool_record(record, WEB.replace(b'<name>', b'<title>%d</title><name>' % record))
        self.place.start()
        await_that(lambda: self.place.records() == [], lambda: self.place.records())
        time.sleep(3)
        self.assertEqual(self.ids(), ancient)
        self.assertEqual(self.place.stop(), 0)


if __name__ == '__main__':
    unittest.main(verbosity=1)
