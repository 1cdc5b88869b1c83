#!/usr/bin/env python3
"""virtsqld and the drainer where things go wrong: killed, out of space, with a database that is locked, corrupt or read-only, a
spool full of rubbish. What was accepted is in captures exactly once in the end, and the database is sound.

    virtsqld_test.py FOLDER LIBRARY    FOLDER has virtsqld, virtsql-hook and virtsql-drain; LIBRARY makes writes short when preloaded

libvirt is its own test driver, which lives in virtsqld's process and has what node.xml says.
"""
import collections
import concurrent.futures
import hashlib
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

PROGRAMS, SHORT_WRITES = sys.argv.pop(1), sys.argv.pop(1)
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
        """virtsqld, with its reports in self.log."""
        self.terminal, end = pty.openpty()
        self.process = subprocess.Popen([*prefix, VIRTSQLD, '--config', self.config], stdin=subprocess.DEVNULL, stdout=end, stderr=end)
        os.close(end)
        self.log = ''
        self.reader = threading.Thread(target=self.listen)
        self.reader.start()
        await_that(lambda: 'connected' in self.log, lambda: 'virtsqld is connected: ' + self.log)
        self.daemon = self.process.pid
        if prefix:  # the tracer's child
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
        with open(f'/proc/{self.daemon}/stat', encoding='ascii') as stat:
            fields = stat.read().rsplit(')', 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    # ---- the spool and the database

    def records(self):
        return sorted(name for name in os.listdir(self.spool) if name.endswith('.record'))

    def query(self, sql, *values):
        with sqlite3.connect(f'file:{self.database}?mode=ro', uri=True) as database:
            return database.execute(sql, values).fetchall()

    def captures(self):
        """How often each document was captured from libvirt."""
        return collections.Counter(self.query("SELECT driver, name, sub_operation, config, hex(document_sha256) FROM captures WHERE "
                                              "source <> 'hook'"))

    def captured(self, expected):
        """Whether these are the captures, of a database that may be about to be made."""
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
        """As after some time: a database, records of hooks in the spool, and a libvirt with something new."""
        place.empty()
        shutil.copytree(self.before, place.data, dirs_exist_ok=True)
        place.define('changed')
        for number in (1, 2):
            place.spool_record(number, SMALL.replace(b'small', b'small%d' % number), f'small{number}')

    def at_every_call(self, program, injections, every):
        """Runs the program once with each injection at its system calls, and then virtsqld without. `every`: for a system call, at
        which of its calls; of those that are not named, at the first and the last."""
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
                points += [(call, when) for when in (range(1, count + 1, every[call]) if call in every else {1, count})]
        self.assertGreater(len(points), 100)
        places = [Place() for _ in range(2)]
        for place in places:
            self.addCleanup(place.remove)

        def check(share):
            place = places[share]
            own = [command[0], '--config', place.config, *program[1:]]
            for call, when in points[share::len(places)]:
                for injection in injections:
                    self.prepared(place)
                    what = f'{call}:{injection}:when={when}'
                    place.once(STRACE, '-qq', '-f', '--seccomp-bpf', '-o', '/dev/null', '-e', f'trace={call}', '-e', f'inject={what}',
                               program=own)
                    done = place.once()
                    self.assertEqual((what, done.returncode), (what, 0), done.stderr)
                    self.assertEqual((what, place.captures()), (what, expected))
                    self.assertEqual((what, place.query("SELECT id FROM captures WHERE source = 'hook'")), (what, [(1,), (2,)]))
                    self.sound(place)
        with concurrent.futures.ThreadPoolExecutor(len(places)) as pool:
            list(pool.map(check, range(len(places))))
        print(f'{program[0]}: {len(points) * len(injections)} runs at {len(points)} of {sum(calls.values())} calls', file=sys.stderr)

    # Calls that write, rename, sync, remove or lock.
    WRITING = {call: 1 for call in ('write', 'pwrite64', 'rename', 'renameat2', 'fsync', 'fdatasync', 'unlink', 'unlinkat', 'flock', 'fcntl',
                                    'ftruncate', 'mkdir', 'mkdirat', 'fallocate')}

    @unittest.skipUnless(STRACE, 'needs strace')
    def test_drainer_killed_at_every_call(self):
        self.at_every_call(['virtsql-drain', '--wait'], ['signal=KILL'], self.WRITING)

    @unittest.skipUnless(STRACE, 'needs strace')
    def test_virtsqld_killed_at_every_call(self):
        # Its calls to the database are the drainer's.
        self.at_every_call(['virtsqld', '--once'], ['signal=KILL'], self.WRITING | {'pwrite64': 16, 'fcntl': 8})

    @unittest.skipUnless(STRACE, 'needs strace')
    def test_drainer_with_errors(self):
        self.at_every_call(['virtsql-drain', '--wait'], ['error=ENOSPC', 'error=EIO', 'error=EINTR'],
                           self.WRITING | {'pwrite64': 12, 'fcntl': 12})

    @unittest.skipUnless(STRACE, 'needs strace')
    def test_virtsqld_with_errors(self):
        self.at_every_call(['virtsqld', '--once'], ['error=ENOSPC', 'error=EIO'], self.WRITING | {'pwrite64': 64, 'fcntl': 64})


if __name__ == '__main__':
    unittest.main(verbosity=1)
