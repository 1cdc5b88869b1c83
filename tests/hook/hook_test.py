#!/usr/bin/env python3
"""The hook as a program: it exits with 0 and prints nothing, whatever happens, and what it accepted is in captures
once.

    hook_test.py FOLDER      with virtsql-hook and virtsql-drain
"""
import concurrent.futures
import contextlib
import fcntl
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
        """Runs the hook as libvirt does. It must exit with 0 and print nothing."""
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

    def place_database(self):
        """Puts an empty database where the drainer looks for it: to make the schema takes ten times as long as a
        drain."""
        empty = os.path.join(self.folder, 'empty')
        if not os.path.isdir(empty):
            os.mkdir(empty)
            made = subprocess.run([os.path.join(PROGRAMS, 'virtsql-drain'), '--wait'], capture_output=True, check=False,
                                  env=dict(self.environment, VIRTSQL_DB=os.path.join(empty, 'virtsql.db')))
            self.assertEqual((made.returncode, made.stderr), (0, b''))
        for name in os.listdir(empty):
            if name.startswith('virtsql.db'):
                shutil.copy(os.path.join(empty, name), os.path.dirname(self.database))

    def query(self, *sql):
        """Returns the rows of all statements, in their order."""
        with sqlite3.connect(f'file:{self.database}?mode=ro', uri=True) as database:
            return [row for statement in sql for row in database.execute(statement)]

    def test_every_driver_and_operation(self):
        for driver in ('qemu', 'lxc', 'libxl', 'bhyve', 'network', 'daemon'):
            os.makedirs(f'{self.folder}/hooks/{driver}.d', exist_ok=True)
            drop_in = f'{self.folder}/hooks/{driver}.d/x'
            main = f'{self.folder}/{driver}'
            for place in (drop_in, main):
                shutil.copy(self.hook, place)
                drainer = os.path.join(os.path.dirname(place), 'virtsql-drain')
                if not os.path.exists(drainer):  # otherwise a hook may be running it
                    shutil.copy('/bin/true', drainer)
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
        # The part of each that was whole is kept: nothing, a root, children of the root, everything.
        sizes = [size for _, _, size in rows]
        self.assertEqual(sizes[:3] + sizes[4:], [0, 0, 8, 3, len(rubbish[5]), 0, 8])
        self.assertEqual(self.query('SELECT size > 300 AND size < 1000 FROM captures JOIN documents ON sha256 = document_sha256 ORDER BY captures.id')[3], (1,))
        self.assertRegex(rows[3][0], r'at byte \d+; it is not kept from byte \d+ on')
        self.assertRegex(rows[6][0], 'document type; it had 53 bytes, SHA-256 [0-9a-f]{64}')
        for error, exact, _ in rows:
            self.assertTrue(error)
            self.assertIsNone(exact)

    def test_secrets_never_reach_the_disk(self):
        self.call(WEB.replace(b"autoport='yes'", b"autoport='yes' passwd='hunter2'") + b" passwd='hunter3'")
        for name in self.records():
            with open(os.path.join(self.spool, name), 'rb') as record:
                self.assertNotIn(b'hunter', record.read())

    def with_configuration(self, text):
        """A prefix that runs a command with the text as /etc/virtsql.conf. None without the rights for that."""
        conf = os.path.join(self.folder, 'conf')
        with open(conf, 'w', encoding='utf-8') as file:
            file.write(text)
        prefix = ['unshare', '--mount', 'sh', '-c', f'mount -t tmpfs tmpfs /etc && cp {conf} /etc/virtsql.conf && exec "$@"', 'sh']
        return prefix if subprocess.run([*prefix, 'true'], capture_output=True, check=False).returncode == 0 else None

    def test_the_configuration_names_more_secrets(self):
        prefix = self.with_configuration('redact = /domain/os/cmdline\nredact = /domain/metadata/\n')
        if not prefix:
            self.skipTest('no rights to make namespaces')
        domain = "<domain type='kvm'><name>s</name><os><type>hvm</type><cmdline>hunter2</cmdline></os></domain>"
        snapshot = f'<domainsnapshot><name>n</name>{domain}<inactiveDomain{domain[7:-9]}</inactiveDomain></domainsnapshot>'
        for xml in (domain, snapshot, domain[:domain.index('2</cmdline')], domain.replace('<name>', '<name>&bad;')):
            self.call(xml.encode(), prefix=prefix)
        for name in self.records():
            with open(os.path.join(self.spool, name), 'rb') as record:
                self.assertNotIn(b'hunter', record.read())
        extension = os.path.join(PROGRAMS, '..', 'sqlite_ext', 'virtsql')
        said = subprocess.run([*prefix, 'sqlite3', os.path.join(self.folder, 'own.db')], capture_output=True, text=True, check=False, input=f"""
.load {extension}
SELECT virtsql_init() > 0;
SELECT domain_import('{domain.replace("'", '"')}', 'h') <> '';
SELECT snapshot_import('{snapshot.replace("'", '"')}', 'h') > 0;
SELECT secrets, captured_xml(id) LIKE '%hunter%' FROM captures ORDER BY id;
SELECT domain_xml('s') LIKE '%hunter%';""")
        self.assertEqual((said.stdout, said.stderr), ('1\n1\n1\n1|0\n2|0\n0\n', ''))
        said = subprocess.run([*prefix, os.path.join(PROGRAMS, 'virtsql-hook'), '--doctor'], env=self.environment, capture_output=True, text=True, check=False)
        self.assertIn('fail  /etc/virtsql.conf:2: redact = /domain/metadata/ can never match', said.stdout)

    def test_a_secret_that_the_history_has_already(self):
        prefix = self.with_configuration('redact = /domain/os/cmdline\n')
        if not prefix:
            self.skipTest('no rights to make namespaces')
        domain = ("<domain type='kvm'><name>s</name><uuid>00000000-0000-4000-8000-000000000001</uuid><title>{}</title><os><type>hvm</type>{}</os>"
                  + '<metadata><a xmlns="u">' + 'filling ' * 100 + '</a></metadata></domain>')
        self.call(domain.format(1, '<cmdline>hunter2</cmdline>').encode())
        self.call(domain.format(2, '').encode())
        self.call(domain.format(3, '<cmdline>hunter3</cmdline>').encode())
        self.call(domain.format(4, '<cmdline>hunter2').encode())
        self.drain()

        def sql(*statements, prefix=()):
            done = subprocess.run([*prefix, 'sqlite3', self.database], capture_output=True, text=True, check=False,
                                  input=f'.load {PROGRAMS}/../sqlite_ext/virtsql\n' + ';\n'.join(statements) + ';')
            self.assertEqual(done.stderr, '')
            return done.stdout

        before = sql('SELECT captured_xml(id) FROM captures ORDER BY id LIMIT 1 OFFSET 1')
        self.assertEqual(sql("SELECT domain_xml('s') LIKE '%hunter%'", 'SELECT sum(captured_xml(id) LIKE \'%hunter%\') FROM captures'), '1\n2\n')
        self.assertEqual(sql('SELECT virtsql_redact()'), '0\n')
        self.assertEqual(sql('SELECT virtsql_redact()', 'SELECT virtsql_redact()', prefix=prefix), '2\n0\n')
        self.assertEqual(sql("SELECT domain_xml('s') LIKE '%hunter%'", "SELECT secrets, captured_xml(id) LIKE '%hunter%' FROM captures ORDER BY id",
                             'SELECT count(*) FROM documents', 'PRAGMA integrity_check', 'PRAGMA foreign_key_check'),
                         '0\n1|0\n|0\n1|0\n|0\n4\nok\n')
        self.assertEqual(sql('SELECT captured_xml(id) FROM captures ORDER BY id LIMIT 1 OFFSET 1'), before)
        for name in os.listdir(os.path.dirname(self.database)):
            if name.startswith('virtsql.db'):
                with open(os.path.join(os.path.dirname(self.database), name), 'rb') as file:
                    self.assertNotIn(b'hunter', file.read())

    def test_options_are_a_persons(self):
        for program in ('virtsql-hook', 'virtsql-drain', 'virtsql-doctor', 'virtsqld'):
            run = lambda *options, name=program: subprocess.run([os.path.join(PROGRAMS, name), *options], env=self.environment, stdin=subprocess.DEVNULL,
                                                                capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(run('-h').stdout, run('--help').stdout)
            for option in ('-h', '--help', '--version'):
                said = run(option)
                self.assertEqual((said.returncode, said.stderr), (0, ''))
                self.assertIn(program, said.stdout)
            for wrong in (('--colour',), ('-x',), ('--help=1',), ('--doctor', 'x') if program == 'virtsql-hook' else ('x',)):
                said = run(*wrong)
                self.assertEqual((said.returncode, said.stdout), (2, ''), (program, wrong))
                self.assertIn('usage: ' + program, said.stderr)
            said = run('--config', '') if program != 'virtsql-hook' else None
            self.assertTrue(said is None or (said.returncode == 2 and 'the value of --config is empty' in said.stderr), program)
        self.assertFalse(os.path.exists(os.path.dirname(self.database)))
        for more in (('begin',), ('start', 'begin')):
            said = subprocess.run([os.path.join(PROGRAMS, 'virtsql-hook'), '-h', *more], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
            self.assertEqual(said.stdout, b'')
        # libvirt gives four arguments, and a VM may be called anything.
        names = ('--help', '-h', '-x', '--drain', '--version', '-')
        for name in names:
            self.call(arguments=(name, 'start', 'begin', '-'))
        self.drain()
        self.assertEqual(self.query('SELECT count(*) FROM captures'), [(len(names),)])

    def test_without_a_drainer(self):
        os.unlink(os.path.join(self.folder, 'qemu.d', 'virtsql-drain'))
        if os.path.exists('/usr/sbin/virtsql-drain'):
            self.skipTest('virtsql is installed here')
        said = os.path.join(self.spool, 'without-drainer')
        self.call()
        first = os.stat(said).st_mtime_ns
        self.call()
        self.assertEqual(os.stat(said).st_mtime_ns, first)
        os.utime(said, (time.time() - 3700, time.time() - 3700))
        self.call()
        self.assertGreater(os.stat(said).st_mtime_ns, first)
        self.assertEqual(len(self.records()), 3)
        doctor = subprocess.run([self.hook, '--doctor'], env=self.environment, capture_output=True, text=True, check=False)
        self.assertEqual(doctor.returncode, 1)
        self.assertIn('records stay in the spool', doctor.stderr)
        # The first drain takes everything.
        self.drain()
        self.assertEqual(self.query('SELECT count(*) FROM captures'), [(3,)])

    @unittest.skipUnless(os.getuid() == 0, 'needs root')
    def test_folders_that_are_not_ours(self):
        self.call()
        data = os.path.dirname(self.spool)
        program = os.path.join(PROGRAMS, 'virtsql-drain')
        for path, mode, owner, group in ((self.spool, 0o702, 0, 0), (self.spool, 0o700, 65534, 0), (self.spool, 0o720, 0, 65534),
                                         (data, 0o752, 0, 0), (data, 0o750, 65534, 0), (data, 0o770, 0, 65534)):
            os.chown(path, owner, group)
            os.chmod(path, mode)
            self.call()
            self.assertEqual(len(self.records()), 1, (path, oct(mode)))
            done = subprocess.run([program, '--wait'], env=self.environment, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(path, done.stderr)
            said = subprocess.run([os.path.join(PROGRAMS, 'virtsql-hook'), '--doctor'], env=self.environment, capture_output=True, text=True, check=False)
            self.assertRegex(said.stdout, f'fail  .*{path} (belongs to user|may be written)')
            os.chown(path, 0, 0)
            os.chmod(path, 0o750 if path == data else 0o700)
        # The hook follows a symbolic link of ours to the spool, but none that belongs to somebody else.
        os.rename(self.spool, self.spool + '.real')
        os.symlink(self.spool + '.real', self.spool)
        self.call()
        os.lchown(self.spool, 65534, 0)
        self.call()
        self.assertEqual(len(self.records()), 2)

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

    def test_a_database_relative_to_the_hooks_folder(self):
        # The real drainer, which changes to another folder.
        shutil.copy(os.path.join(PROGRAMS, 'virtsql-drain'), os.path.join(self.folder, 'qemu.d', 'virtsql-drain'))
        self.environment['VIRTSQL_DB'] = 'data/virtsql.db'
        self.call(cwd=self.folder)
        deadline = time.monotonic() + 30
        while (self.records() or not os.path.exists(self.database)) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(self.query('SELECT count(*) FROM captures'), [(1,)])
        # Without a folder of its own.
        os.chmod(os.path.dirname(self.database), 0o750)
        self.environment['VIRTSQL_DB'] = 'other.db'
        self.call(cwd=os.path.dirname(self.database))
        self.assertFalse(os.path.exists('/other.db'))

    def test_doctor_knows_each_place_of_a_hook(self):
        config = os.path.join(self.folder, 'virtsql.conf')
        with open(config, 'w', encoding='utf-8') as file:
            file.write(f'libvirt_folder = {self.folder}\n')
        hooks = os.path.join(self.folder, 'hooks')
        os.mkdir(hooks)

        def doctor():
            return subprocess.run([os.path.join(PROGRAMS, 'virtsql-doctor'), '--config', config], env=self.environment, capture_output=True,
                                  text=True, check=False).stdout
        program = os.path.join(PROGRAMS, 'virtsql-hook')
        self.assertIn(f'fail  {hooks}/qemu.d/50-virtsql is not there', doctor())
        with open(f'{hooks}/qemu', 'w', encoding='utf-8') as other:  # somebody else's
            other.write('#!/bin/sh\n')
        os.chmod(f'{hooks}/qemu', 0o755)
        self.assertIn(f'fail  {hooks}/qemu.d/50-virtsql is not there', doctor())
        for driver in ('lxc', 'network', 'daemon'):
            os.mkdir(f'{hooks}/{driver}.d')
            shutil.copy(program, f'{hooks}/{driver}.d/50-virtsql')
            os.chmod(f'{hooks}/{driver}.d/50-virtsql', 0o755)
        said = doctor()
        self.assertIn(f'warn  {hooks}/qemu.d/50-virtsql is not there', said)
        owned = os.getuid() == 0
        for driver in ('lxc', 'network', 'daemon'):
            self.assertIn(f'{"ok   " if owned else "fail "} {hooks}/{driver}.d/50-virtsql', said)
        shutil.copy(program, f'{hooks}/qemu')
        os.symlink(program, f'{hooks}/libxl')
        said = doctor()
        self.assertNotIn('is not there', said.replace('virtsql.db is not there', ''))
        self.assertIn(f'{hooks}/qemu ', said)
        self.assertIn(f'{hooks}/libxl ', said)
        os.chmod(f'{hooks}/lxc.d/50-virtsql', 0o700)
        self.assertIn(f"fail  {hooks}/lxc.d/50-virtsql must be root's", doctor())

    def test_doctor_knows_its_own_hook(self):
        config = os.path.join(self.folder, 'virtsql.conf')
        with open(config, 'w', encoding='utf-8') as file:
            file.write(f'libvirt_folder = {self.folder}\n')
        hooks = os.path.join(self.folder, 'hooks')
        program = os.path.join(PROGRAMS, 'virtsql-hook')

        def doctor():
            return subprocess.run([os.path.join(PROGRAMS, 'virtsql-doctor'), '--config', config], env=self.environment, capture_output=True,
                                  text=True, check=False).stdout
        for driver in ('qemu', 'lxc'):
            os.makedirs(f'{hooks}/{driver}.d')
        shutil.copy(program, f'{hooks}/lxc.d/50-virtsql')
        # virtsql-setup installs the hooks of LXC and Xen too: they do not replace QEMU's where libvirt has QEMU.
        drop_in = f'{hooks}/qemu.d/50-virtsql'
        self.assertIn(f'warn  {drop_in} is not there', doctor())
        with open(f'{self.folder}/qemu.conf', 'wb'):
            pass
        self.assertIn(f'fail  {drop_in} is not there', doctor())
        os.symlink('/nonexistent', drop_in)
        self.assertIn(f'fail  {drop_in} is not there', doctor())
        os.unlink(drop_in)
        with open(drop_in, 'wb') as other:
            other.write(b'#!/bin/sh\nexit 0\n')
        os.chmod(drop_in, 0o755)
        if os.getuid() == 0:
            self.assertIn(f'fail  {drop_in} is another program', doctor())
            with open(drop_in, 'wb') as script:
                script.write(b'#!/bin/sh\nexec /usr/sbin/virtsql-hook "$@"\n')
            self.assertIn(f'ok    {drop_in} is installed', doctor())
            shutil.copy(program, drop_in)
            self.assertIn(f'ok    {drop_in} is installed', doctor())
            with open(drop_in, 'ab') as older:
                older.write(b'of another version')
            self.assertIn(f'warn  {drop_in} is not the same as ', doctor())
        self.assertIn(f'warn  {hooks}/network.d/50-virtsql is not there', doctor())

    def as_installed(self, script):
        """A prefix that runs a command where systemd runs and has virtsqld's unit, after the script. None without the
        rights for that."""
        prefix = ['unshare', '--mount', 'sh', '-c', 'for folder in /etc /run /var/lib; do mount -t tmpfs tmpfs $folder; done && '
                  'mkdir -p /run/systemd/system /etc/systemd/system && touch /etc/systemd/system/virtsqld.service && '
                  f'{{ {script}; }} && exec "$@"', 'sh']
        return prefix if subprocess.run([*prefix, 'true'], capture_output=True, check=False).returncode == 0 else None

    @unittest.skipUnless(os.getuid() == 0, 'needs root')
    def test_doctor_wants_the_daemon_where_it_is_installed(self):
        os.makedirs(os.path.dirname(self.database))
        self.place_database()
        lock = self.database + '.virtsqld.lock'

        def doctor(script=':', user=()):
            prefix = self.as_installed(script)
            if not prefix:
                self.skipTest('no rights to make namespaces')
            return subprocess.run([*prefix, *user, os.path.join(PROGRAMS, 'virtsql-doctor')], env=self.environment, capture_output=True, text=True, check=False)

        def daemon(*held, arguments=('1000',)):
            """Something that looks like virtsqld and has these files open."""
            program = os.path.join(self.folder, 'virtsqld')
            if not os.path.exists(program):
                shutil.copy('/bin/sleep', program)
            descriptors = [os.open(path, os.O_RDWR | os.O_CREAT, 0o600) for path in held]
            running = subprocess.Popen([program, *arguments], pass_fds=descriptors)
            self.addCleanup(lambda: (running.kill(), running.wait()))
            for descriptor in descriptors:
                os.close(descriptor)
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                with open(f'/proc/{running.pid}/comm', encoding='ascii') as name:
                    if name.read() == 'virtsqld\n':
                        break
            return running
        drop_in = '/etc/systemd/system/virtsqld.service.d'
        allow = f'mkdir {drop_in} && echo "ReadWritePaths={os.path.dirname(self.database)}" >{drop_in}/x.conf'
        said = doctor(allow)
        self.assertEqual(said.returncode, 1)
        self.assertRegex(said.stdout, 'fail  virtsqld (does not run|.process .* runs with another database)')
        self.assertIn('fail  /etc/libvirt/hooks/qemu.d/50-virtsql is not there', said.stdout)
        self.assertRegex(doctor(allow + '; rm /etc/systemd/system/virtsqld.service').stdout, 'warn  virtsqld ')
        masked = doctor(allow + '; ln -sf /dev/null /etc/systemd/system/virtsqld.service').stdout
        self.assertRegex(masked, 'fail  virtsqld (is masked, .*sudo systemctl unmask|.process .* runs with another database)')
        hooks = '/etc/libvirt/hooks/qemu.d'
        hook = f'{allow}; mkdir -p {hooks}; cp {PROGRAMS}/virtsql-hook {hooks}/50-virtsql'
        self.assertIn('fail  /etc/libvirt/hooks/network.d/50-virtsql is not there', doctor(hook).stdout)
        # The configuration has changed, and virtsql-setup has not run.
        self.assertRegex(doctor().stdout, f'fail  the services may not write to {os.path.dirname(self.database)} yet, .*: sudo virtsql-setup')
        other = daemon(os.path.join(self.folder, 'other.db.virtsqld.lock'))
        self.assertRegex(doctor(allow).stdout, 'fail  virtsqld .process [0-9]+. runs with another database, whose lock is .*: sudo virtsql-setup')
        deleted = daemon(lock)
        os.unlink(lock)
        self.assertIn(f'fail  virtsqld (process {deleted.pid}) runs, but its lock {lock} was deleted, ', doctor(allow).stdout)
        for running in (other, deleted):
            running.kill()
            running.wait()
        without = daemon()
        self.assertRegex(doctor(allow).stdout, f'fail  virtsqld .process ({without.pid}. runs, but does not hold|.* runs with another database)')
        # Members of the group see what they may see, which is no fault.
        os.makedirs(self.spool, 0o700, exist_ok=True)
        with open(lock, 'w', encoding='ascii'):
            os.chmod(lock, 0o600)
        os.chown(os.path.dirname(self.database), 0, 65534)
        os.chmod(os.path.dirname(self.database), 0o750)
        for end in ('', '-wal', '-shm'):
            if os.path.exists(self.database + end):
                os.chown(self.database + end, 0, 65534)
                os.chmod(self.database + end, 0o640)
        member = doctor(f'{hook}; mkdir {hooks}/../network.d; cp {hooks}/50-virtsql {hooks}/../network.d', ('setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'))
        self.assertIn(f'warn  only root can see whether records wait in {self.spool}', member.stdout)
        self.assertIn('warn  only root can see whether virtsqld runs', member.stdout)
        self.assertEqual(member.returncode, 0, member.stdout)

    @unittest.skipUnless(os.getuid() == 0, 'needs root')
    def test_doctor_says_what_to_do(self):
        os.makedirs(self.spool, 0o700)

        def doctor(script):
            prefix = self.as_installed(script)
            if not prefix:
                self.skipTest('no rights to make namespaces')
            return subprocess.run([*prefix, os.path.join(PROGRAMS, 'virtsql-doctor')], env=self.environment, capture_output=True, text=True, check=False).stdout
        disk = f'mount -t tmpfs -o mode=700,size=1m tmpfs {self.spool}'
        self.assertRegex(doctor(disk), f'ok    {self.spool} can be written\nfail  less than 64 MiB are free on .*: delete something there')
        full = doctor(f'{disk}; dd if=/dev/zero of={self.spool}/x bs=4k 2>/dev/null || true')
        self.assertIn(f'fail  the disk of {self.spool} is full, and what libvirt says now is lost: delete something there', full)
        self.assertNotIn('can be written', full)
        self.assertIn(f'fail  {self.spool} cannot be written: Read-only file system; what libvirt says now is lost: ',
                      doctor(f'{disk}; mount -o remount,ro {self.spool}'))
        os.mkdir(self.database)
        self.assertIn(f"fail  {self.database} is a folder: `database` in virtsql.conf names the database's file", doctor(':'))
        os.rmdir(self.database)
        self.place_database()
        os.chown(self.database, 0, 65534)
        os.chmod(self.database, 0o400)
        # as_installed() has no groups.
        self.assertIn('belongs to group 65534, which does not exist, so that root alone can read it: sudo virtsql-setup', doctor(':'))
        self.assertRegex(doctor("echo 'nogroup:x:65534:' >/etc/group"), 'fail  members of the group nogroup cannot read .*, and both the group virtsql')

    def test_doctor_wants_full_syncs(self):
        os.makedirs(os.path.dirname(self.database))
        self.place_database()

        def doctor():
            done = subprocess.run([os.path.join(PROGRAMS, 'virtsql-doctor')], env=self.environment, capture_output=True, text=True, check=False).stdout
            self.assertIn('ok    virtsqld runs', done)
            return done

        def change(*statements):
            with contextlib.closing(sqlite3.connect(self.database)) as database, database:
                for statement in statements:
                    database.execute(statement)
        with open(self.database + '.virtsqld.lock', 'w', encoding='ascii') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertNotIn('full sync', doctor())  # not yet
            change("UPDATE virtsql_database SET created_at = '2026-01-01T00:00:00.000Z'")
            self.assertIn('fail  virtsqld has never done a full sync: ', doctor())
            # One that found nothing new leaves nothing. So without VMs, nobody knows.
            change("INSERT INTO captures (id, kind, operation, source) VALUES (1767225600000000, 'other', 'sync', 'sync')")
            self.assertNotIn('full sync', doctor())
            change("INSERT INTO hosts (id, name) VALUES (1, 'h')",
                   "INSERT INTO vm_states (vm_uuid, host_id, state, last_seen) VALUES ('u', 1, 'running', '2026-01-01T00:00:00.000Z'), "
                   "('gone', 1, 'undefined', '2025-01-01T00:00:00.000Z')")
            self.assertRegex(doctor(), r'fail  virtsqld did the last full sync \d+ seconds ago, and should do one every 600: ')
            change("UPDATE vm_states SET last_seen = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE vm_uuid = 'u'")
            self.assertNotIn('full sync', doctor())

    def test_doctor_knows_a_newer_database(self):
        os.makedirs(os.path.dirname(self.database))
        self.place_database()
        with contextlib.closing(sqlite3.connect(self.database)) as database, database:
            database.execute("UPDATE virtsql_database SET made_by = '9.9.9', schema_sha256 = 'x'")
        said = subprocess.run([os.path.join(PROGRAMS, 'virtsql-doctor')], env=self.environment, capture_output=True, text=True, check=False).stdout
        self.assertRegex(said, f'fail  {self.database}: the schema was made by virtsql 9.9.9, .*upgrade virtsql')

    def test_doctor_knows_a_database_that_keeps_its_pages(self):
        os.makedirs(os.path.dirname(self.database))
        self.place_database()
        warning = f'warn  {self.database} does not get smaller when history is removed: '

        def doctor():
            return subprocess.run([os.path.join(PROGRAMS, 'virtsql-doctor')], env=self.environment, capture_output=True, text=True, check=False).stdout
        self.assertNotIn(warning, doctor())
        with contextlib.closing(sqlite3.connect(self.database, isolation_level=None)) as database:
            database.execute('PRAGMA journal_mode = DELETE')
            database.execute('PRAGMA auto_vacuum = NONE')
            database.execute('VACUUM')
        said = doctor()
        self.assertIn(warning, said)
        subprocess.run(['sqlite3', self.database, 'PRAGMA auto_vacuum = INCREMENTAL; VACUUM'], check=True)
        self.assertNotIn(warning, doctor())

    def test_doctor_says_where_the_files_are(self):
        config = os.path.join(self.folder, 'paths.conf')
        with open(config, 'w', encoding='utf-8') as file:
            file.write('database = /srv/v/v.db\n')
        environment = {name: value for name, value in self.environment.items() if name != 'VIRTSQL_DB'}

        def path(key):
            return subprocess.run([os.path.join(PROGRAMS, 'virtsql-doctor'), '--config', config, '--path', key], env=environment,
                                  capture_output=True, text=True, check=False)
        self.assertEqual((path('database').stdout, path('spool').stdout), ('/srv/v/v.db\n', '/srv/v/spool\n'))
        wrong = path('lock')
        self.assertEqual((wrong.returncode, wrong.stdout), (2, ''))
        self.assertIn('--path is database or spool, not lock', wrong.stderr)

    def test_doctor(self):
        def doctor():
            return subprocess.run([os.path.join(PROGRAMS, 'virtsql-hook'), '--doctor'], env=self.environment, capture_output=True, text=True)
        self.call()
        self.drain()
        said = doctor().stdout
        for line in ('ok    no records wait', f'ok    {self.database} is a sound database', f'ok    {self.spool} can be written',
                     f'ok    {self.spool} is closed to others'):
            self.assertIn(line, said)
        self.assertRegex(said, '(ok    virtsqld runs|(warn|fail)  (virtsqld|the services) )')
        # The clock was ahead once: ids go on from there.
        for ahead, warns in ((200, False), (86400, True)):
            moment = int(time.time()) + ahead
            with contextlib.closing(sqlite3.connect(self.database)) as database, database:
                database.execute("INSERT INTO captures (id, kind, operation, source) VALUES (?, 'other', 'start', 'hook')", (moment * 1000000,))
            words = f'warn  {self.database} has a capture of {time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))}, which is to come'
            self.assertEqual(words in doctor().stdout, warns)
        # The doctor names each thing that is wrong.
        self.call()
        self.assertIn('ok    1 records wait', doctor().stdout)
        os.rename(os.path.join(self.spool, self.records()[0]), os.path.join(self.spool, '%020d.record' % (time.time() * 1e6 - 3e8)))
        os.chmod(self.spool, 0o755)
        os.mkdir(os.path.join(self.spool, 'bad'))
        self.assertNotIn('/bad has ', doctor().stdout)
        with open(os.path.join(self.spool, 'bad', f'{1:020}.record.reason'), 'wb'):  # of one that was moved back and stored
            pass
        self.assertNotIn('/bad has ', doctor().stdout)
        with open(os.path.join(self.spool, 'bad', f'{1:020}.record'), 'wb'):
            pass
        os.chmod(self.database, 0o644)
        with open(self.database, 'r+b') as database:
            database.write(b'rubbish')
        done = doctor()
        self.assertEqual(done.returncode, 1)
        for line in (r'fail  1 records wait to be drained, the oldest for 30\d seconds', 'fail  .* is no sound database: .*not a database',
                     'fail  .* is open to others', f'warn  .*/bad has 1 records that could not be stored: .*/bad/{1:020}.record.reason says why. Move them back', 'warn  .* is open to everybody'):
            self.assertRegex(done.stdout, line)
        with open(self.database, 'wb') as database:
            database.write(b'SQLite format 3\0' + os.urandom(800000))
        self.assertIn(f'fail  {self.database} is no sound database', doctor().stdout)
        for name in ('', '-wal', '-shm'):
            os.unlink(self.database + name)
        self.assertIn(f'warn  {self.database} is not there yet', doctor().stdout)
        # Without -wal and -shm only root could read the database, so the doctor makes them again.
        os.chmod(self.spool, 0o700)
        self.drain()
        os.unlink(self.database + '-wal')
        os.unlink(self.database + '-shm')
        self.assertIn(f'warn  {self.database}-wal and -shm were gone', doctor().stdout)
        self.assertTrue(os.path.exists(self.database + '-wal') and os.path.exists(self.database + '-shm'))
        self.assertNotIn('were gone', doctor().stdout)
        if os.getuid() == 0:
            os.chmod(self.database, 0o640)
            os.chown(self.database, 0, 65534)
            self.assertRegex(doctor().stdout, 'fail  members of the group nogroup cannot read')
            for name in ('-wal', '-shm'):
                os.chown(self.database + name, 0, 65534)
            os.chown(os.path.dirname(self.database), 0, 65534)
            self.assertIn('ok    members of the group nogroup can read it', doctor().stdout)

    def test_foreign_files_hold_up_nothing(self):
        self.call()
        with open(os.path.join(self.spool, '0' * 20 + '.record'), 'w') as foreign:
            foreign.write('not a record')
        done = subprocess.run([os.path.join(PROGRAMS, 'virtsql-hook'), '--drain'], env=self.environment, capture_output=True)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b'1 records could not be stored', done.stderr)
        self.assertEqual(self.query('SELECT count(*) FROM captures'), [(1,)])
        self.assertEqual(sorted(os.listdir(os.path.join(self.spool, 'bad'))), ['0' * 20 + '.record', '0' * 20 + '.record.reason'])

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
                        self.place_database()
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
                    self.place_database()
                    self.drain()
                    self.assertEqual(self.query('SELECT count(*) FROM captures'), [(before,)])

    @unittest.skipUnless(STRACE, 'needs strace')
    def test_drainer_killed_between_commit_and_removal(self):
        for call in ('unlinkat', 'fdatasync', 'pwrite64', 'flock', 'openat'):
            for when in (1, 2, 3, 5, 8):
                shutil.rmtree(os.path.dirname(self.spool), ignore_errors=True)
                for _ in range(3):
                    self.call()
                self.place_database()
                subprocess.run([STRACE, '-qq', '-o', '/dev/null', '-e', f'inject={call}:signal=KILL:when={when}', os.path.join(PROGRAMS, 'virtsql-drain'), '--wait'],
                               env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                self.drain()
                self.assertEqual(self.query('SELECT count(*) FROM captures', 'PRAGMA integrity_check'), [(3,), ('ok',)])

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
