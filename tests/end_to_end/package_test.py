#!/usr/bin/env python3
"""The Debian packages work with systemd: installed, upgraded, removed and purged while a guest runs, and their units at
work.

    package_test.py BUILD    run by `booted`: what is installed and defined here is gone afterwards

The tests build on each other, in their order. Whatever they do, libvirtd and the guest keep their processes.
"""
import contextlib
import fcntl
import glob
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import unittest

from hypervisor import DATA, DATABASE, FOLDER, SPOOL, await_that, query, run, virsh, write

BUILD = sys.argv.pop(1)
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
HOOK = '/etc/libvirt/hooks/qemu.d/50-virtsql'
ON_DEMAND = ('virtsql-metrics.timer', 'virtsql-push.service')

GUEST = """<domain type='qemu'>
  <name>{name}</name><uuid>{uuid}</uuid>
  <memory unit='MiB'>32</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices><serial type='pty'/></devices>
</domain>
"""
UUID = '0f5a6b7c-8d9e-4f10-a1b2-c3d4e5f60718'


def property_of(unit, name):
    return run('systemctl', 'show', '--property', name, '--value', unit).stdout.strip()


def read_text(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def write_text(path, text):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def define(name, uuid):
    path = os.path.join(FOLDER, name + '.xml')
    with open(path, 'w', encoding='utf-8') as xml:
        xml.write(GUEST.format(name=name, uuid=uuid))
    virsh('define', path)


@contextlib.contextmanager
def nobody_writing():
    """While the block runs, no service runs and the drainer waits."""
    run('systemctl', 'stop', 'virtsqld.service', 'virtsql-drain.path', 'virtsql-drain.service')
    with open(DATABASE + '.lock', 'w', encoding='ascii') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def writing(path):
    """While the block runs, somebody's shell writes to the database at the path, and checkpoints it."""
    done = threading.Event()

    def write_on():
        database = sqlite3.connect(path, timeout=30, isolation_level=None)
        database.execute('CREATE TABLE IF NOT EXISTS notes (text)')
        while not done.wait(0.01):
            database.execute('INSERT INTO notes VALUES (hex(randomblob(20000)))')
            database.execute('PRAGMA wal_checkpoint(TRUNCATE)')
        database.close()
    thread = threading.Thread(target=write_on)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


class Package(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        os.makedirs(FOLDER)
        for path in (DATA, '/etc/libvirt/hooks', '/etc/libvirt/qemu', '/var/lib/libvirt/qemu'):
            shutil.rmtree(path, ignore_errors=True)
        os.makedirs('/etc/libvirt/qemu')
        os.makedirs('/var/lib/libvirt/qemu')
        with open('/etc/libvirt/qemu.conf', 'a', encoding='utf-8') as conf:
            conf.write('\nuser = "root"\ngroup = "root"\nsecurity_driver = "none"\ncgroup_controllers = []\nnamespaces = []\n')
        # Otherwise libvirtd exits after two idle minutes.
        os.makedirs('/etc/systemd/system/libvirtd.service.d', exist_ok=True)
        with open('/etc/systemd/system/libvirtd.service.d/stay.conf', 'w', encoding='utf-8') as conf:
            conf.write('[Service]\nEnvironment=LIBVIRTD_ARGS=\n')
        # Images of containers forbid packages to start services.
        if os.path.exists('/usr/sbin/policy-rc.d'):
            os.unlink('/usr/sbin/policy-rc.d')
        run('systemctl', 'daemon-reload')
        run('systemctl', 'start', 'libvirtd.service')
        define('guest', UUID)
        define('before', 'aaaaaaaa-0000-4000-8000-000000000001')
        virsh('start', 'guest')
        cls.libvirtd = property_of('libvirtd.service', 'MainPID')
        with open('/run/libvirt/qemu/guest.pid', encoding='ascii') as pid:
            cls.guest = pid.read().strip()

    def packages(self, version):
        folder = os.path.join(FOLDER, version)
        if not os.path.exists(folder):
            # Not compressed: that takes most of the time.
            run(SOURCE + '/hook/package', '--build', BUILD, '--version', version, folder, env={**os.environ, 'DPKG_DEB_COMPRESSOR_TYPE': 'none'})
        packages = glob.glob(folder + '/*.deb')
        self.assertEqual(sorted(os.path.basename(package).split('_')[0] for package in packages), ['virtsql', 'virtsql-fleet'])
        return packages

    def assert_left_alone(self):
        self.assertEqual(property_of('libvirtd.service', 'MainPID'), self.libvirtd)
        self.assertEqual(virsh('domstate', 'guest').strip(), 'running')
        self.assertEqual(os.readlink(f'/proc/{self.guest}/exe'), os.path.realpath(shutil.which('qemu-system-x86_64')))

    def eventually(self, sql, expected):
        found = []

        def matches():
            found[:] = query(sql)
            return found == expected
        await_that(matches, lambda: f'{sql}\n  expected {expected}\n  found    {found}\n{run("journalctl", "-n", "30", "--no-pager").stdout}')

    def virtsqld(self):
        await_that(lambda: property_of('virtsqld.service', 'ActiveState') == 'active', 'virtsqld is ready')
        return property_of('virtsqld.service', 'MainPID')

    def describe(self, text):
        """Makes a change that only virtsqld sees (no hook is called), and waits until it is captured."""
        virsh('desc', 'guest', '--config', '--new-desc', text)
        self.eventually("SELECT description FROM virtual_machines WHERE name = 'guest'", [(text,)])

    def test_1_installation(self):
        done = run('dpkg', '-i', *self.packages('0.1.0'))
        self.assertIn('reloaded libvirtd', done.stdout)
        status = os.stat(HOOK)
        self.assertEqual((status.st_mode & 0o7777, status.st_uid), (0o755, 0))
        self.assertEqual(os.listdir(os.path.dirname(HOOK)), ['50-virtsql'])
        self.assertEqual(query('SELECT name, source FROM virtual_machines ORDER BY 1'), [('before', 'imported'), ('guest', 'imported')])
        self.assertEqual(property_of('virtsqld.service', 'Type'), 'notify')
        self.virtsqld()
        self.assertEqual(property_of('virtsql-drain.path', 'ActiveState'), 'active')
        for unit in ('virtsqld.service', 'virtsql-drain.path'):
            self.assertEqual(run('systemctl', 'is-enabled', unit).stdout.strip(), 'enabled')
        # These are the administrator's to turn on.
        for unit in ON_DEMAND:
            self.assertEqual(property_of(unit, 'ActiveState'), 'inactive')
            self.assertEqual(run('systemctl', 'is-enabled', unit, check=False).stdout.strip(), 'disabled')
        self.assertIn('virtsql', run('id', '--name', '--groups', 'virtsql-push').stdout.split())
        self.assertNotIn('fail', run('virtsql-hook', '--doctor').stdout)
        self.assert_left_alone()

    def test_2_virtsqld_works_in_its_sandbox(self):
        self.describe('In the sandbox')
        define('new', 'aaaaaaaa-0000-4000-8000-000000000002')
        self.eventually("SELECT sync_status FROM virtual_machines WHERE name = 'new'", [('SYNCED',)])
        virsh('start', 'new')
        self.eventually("SELECT group_concat(operation) FROM (SELECT operation FROM captures AS c JOIN virtual_machines AS v ON v.uuid = "
                        "c.vm_uuid WHERE v.name = 'new' AND c.source = 'hook' ORDER BY c.id)", [('prepare,start,started',)])
        virsh('destroy', 'new')
        log = run('journalctl', '-u', 'virtsqld', '--no-pager').stdout
        self.assertNotRegex(log, 'denied|not permitted|Read-only|cannot')

        for unit in ('virtsqld.service', 'virtsql-drain.service'):
            found = [property_of(unit, name) for name in ('MemoryMax', 'ProtectHostname', 'ProcSubset')]
            self.assertEqual(found, [str(2 << 30), 'yes', 'pid'])
            calls = property_of(unit, 'SystemCallFilter').split()
            for call in ('fchown', 'setgroups', 'setresuid'):
                self.assertIn(call, calls)
            for call in ('bpf', 'chroot', 'clock_settime', 'init_module', 'reboot', 'swapon', 'sethostname'):
                self.assertNotIn(call, calls)
        # If somebody deletes the -wal and -shm files, virtsqld makes them again, and the members of the group can read
        # again.
        with open(DATABASE + '.lock', 'w', encoding='ascii') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # All is in the database before: whoever deletes a -wal file that is in use damages it.
            run('sqlite3', DATABASE, 'PRAGMA wal_checkpoint(TRUNCATE)')
            for name in ('-wal', '-shm'):
                # The shell has removed them if nobody else had the database open.
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(DATABASE + name)
        run('systemctl', 'reload', 'virtsqld.service')
        await_that(lambda: all(os.path.exists(DATABASE + name) for name in ('-wal', '-shm')), '-wal and -shm are there again')
        group = str(os.stat(DATABASE).st_gid)
        said = run('setpriv', '--reuid', '65534', '--regid', group, '--clear-groups', 'sqlite3', '-readonly', DATABASE, 'SELECT count(*) > 0 FROM captures')
        self.assertEqual(said.stdout, '1\n')
        self.assertNotRegex(run('journalctl', '-u', 'virtsqld', '--no-pager').stdout, 'cannot be read by its group')
        # A second virtsqld for the same database refuses to run.
        second = run('virtsqld', check=False)
        self.assertEqual(second.returncode, 1)
        self.assertIn('another virtsqld', run('journalctl', '-t', 'virtsqld', '-n', '20', '--no-pager').stdout + second.stderr)

    def test_3_virtsqld_is_restarted(self):
        killed = self.virtsqld()
        os.kill(int(killed), signal.SIGKILL)
        await_that(lambda: property_of('virtsqld.service', 'MainPID') not in (killed, '0'), 'virtsqld is there again')
        self.assertNotEqual(self.virtsqld(), killed)
        self.describe('After the kill')

    def test_4_the_path_unit_drains(self):
        run('systemctl', 'stop', 'virtsqld.service')
        # The hook leaves the draining to whoever holds the writer's lock. Here that is the test, so only the path unit
        # can drain.
        with open(DATABASE + '.lock', 'w', encoding='ascii') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            said = run(HOOK, 'guest', 'migrate', 'begin', '-', input=virsh('dumpxml', 'guest'))
            self.assertEqual((said.stdout, said.stderr), ('', ''))
        self.eventually("SELECT count(*) FROM captures WHERE operation = 'migrate'", [(1,)])
        self.assertEqual(glob.glob(SPOOL + '/*.record'), [])
        self.assertEqual(property_of('virtsql-drain.service', 'Result'), 'success')
        run('systemctl', 'start', 'virtsqld.service')
        self.virtsqld()

    def test_4_metrics_in_their_sandbox(self):
        self.assertEqual(run('systemctl', 'is-enabled', 'virtsql-metrics.timer', check=False).stdout.strip(), 'disabled')
        run('systemctl', 'start', 'virtsql-metrics.service')  # nobody collects metrics: it writes nothing, and succeeds
        folder = '/var/lib/prometheus/node-exporter'
        os.makedirs(folder)
        run('systemctl', 'start', 'virtsql-metrics.service')
        self.assertEqual(os.listdir(folder), ['virtsql.prom'])
        with open(folder + '/virtsql.prom', encoding='utf-8') as file:
            text = file.read()
        self.assertIn('virtsql_vms{', text)
        self.assertIn('virtsql_spool_records 0', text)
        self.assertEqual(os.stat(folder + '/virtsql.prom').st_mode & 0o777, 0o644)

    def test_5_upgrade(self):
        before = query('SELECT count(*) FROM captures')[0][0]
        old = self.virtsqld(), os.stat(HOOK).st_ino
        os.makedirs('/etc/systemd/system/virtsql-push.service.d')
        with open('/etc/systemd/system/virtsql-push.service.d/store.conf', 'w', encoding='utf-8') as conf:
            # A store that nobody can reach: virtsql-push runs, and tries again.
            conf.write('[Service]\nExecStart=\nExecStart=/usr/sbin/virtsql-push --fleet host=/nonexistent\n')
        run('systemctl', 'daemon-reload')
        run('systemctl', 'start', *ON_DEMAND)
        pushing = property_of('virtsql-push.service', 'MainPID')
        run('dpkg', '-i', *self.packages('0.2.0'))
        self.assertEqual(run('dpkg-query', '-W', '-f', '${Version}', 'virtsql').stdout, '0.2.0')
        self.assertNotEqual(self.virtsqld(), old[0])
        for unit in ON_DEMAND:
            self.assertEqual(property_of(unit, 'ActiveState'), 'active')
        self.assertNotIn(property_of('virtsql-push.service', 'MainPID'), (pushing, '0'))
        self.assertNotEqual(os.stat(HOOK).st_ino, old[1])
        self.assertEqual(os.stat(HOOK).st_mode & 0o7777, 0o755)
        self.assertEqual(os.listdir(os.path.dirname(HOOK)), ['50-virtsql'])
        self.assertEqual(query('SELECT count(*) FROM captures'), [(before,)])
        self.assert_left_alone()
        self.describe('After the upgrade')

    def test_5_upgrade_leaves_disabled_what_is_disabled(self):
        run('systemctl', 'disable', '--now', 'virtsqld.service')
        run('systemctl', 'stop', *ON_DEMAND)
        with open('/etc/virtsql.conf', 'a', encoding='utf-8') as conf:
            conf.write('resync = 300\n')
        run('dpkg', '-i', *self.packages('0.3.0'))
        self.assertEqual(run('systemctl', 'is-enabled', 'virtsqld.service', check=False).stdout.strip(), 'disabled')
        for unit in ON_DEMAND:
            self.assertEqual(property_of(unit, 'ActiveState'), 'inactive')
        with open('/etc/virtsql.conf', encoding='utf-8') as conf:
            self.assertIn('resync = 300\n', conf.read())
        run('systemctl', 'enable', '--now', 'virtsqld.service')
        self.virtsqld()
        self.assert_left_alone()

    def test_5_upgrade_with_a_database_that_cannot_be_written(self):
        """The package is configured, with its new hook, and the services are there when the database is again."""
        files = [DATABASE + end for end in ('', '-wal', '-shm')]
        with nobody_writing():
            for file in filter(os.path.exists, files):
                os.rename(file, file.replace('.db', '.whole'))
            write_text(DATABASE, 'no database' * 1000)
        hook = os.stat(HOOK).st_ino
        done = run('dpkg', '-i', *self.packages('0.3.0'))
        self.assertIn(f'{DATABASE} is not written', done.stderr)
        self.assertEqual(run('dpkg-query', '-W', '-f', '${Status}', 'virtsql').stdout, 'install ok installed')
        self.assertNotEqual(os.stat(HOOK).st_ino, hook)
        self.assertEqual(property_of('virtsql-drain.path', 'ActiveState'), 'active')
        virsh('start', 'new')
        virsh('destroy', 'new')
        self.assertNotEqual(glob.glob(SPOOL + '/*.record'), [])
        # Whoever runs virtsql-setup by hand is told.
        self.assertEqual(run('virtsql-setup', check=False).returncode, 1)
        with nobody_writing():
            for file in files:
                whole = file.replace('.db', '.whole')
                if os.path.exists(whole):
                    os.rename(whole, file)
                elif os.path.exists(file):
                    os.unlink(file)
        said = run('virtsql-setup').stdout
        await_that(lambda: not glob.glob(SPOOL + '/*.record'), lambda: said + run('journalctl', '-n', '40', '--no-pager').stdout)
        self.eventually("SELECT group_concat(operation) FROM (SELECT operation FROM captures AS c JOIN virtual_machines AS v ON v.uuid = "
                        "c.vm_uuid WHERE v.name = 'new' AND c.source = 'hook' AND operation IN ('prepare', 'start') ORDER BY c.id)",
                        [('prepare,start,prepare,start',)])
        self.describe('After the damage')
        self.assert_left_alone()

    def test_6_a_move_that_fails_at_its_end(self):
        """The services do not start with the new folder: everything goes on in the old one, and nothing is lost."""
        before = read_text('/etc/virtsql.conf')
        drop_in = '/etc/systemd/system/virtsqld.service.d/refuses.conf'
        os.makedirs(os.path.dirname(drop_in), exist_ok=True)
        write_text(drop_in, '[Service]\nExecStartPre=test ! -e /srv/refused/virtsql.db\n')
        run('systemctl', 'daemon-reload')
        failed = run('virtsql-setup', '--move-to', '/srv/refused', check=False)
        self.assertEqual(failed.returncode, 1, failed.stderr)
        self.assertIn(f'the move failed; the database stays {DATABASE}', failed.stderr)
        os.unlink(drop_in)
        run('systemctl', 'daemon-reload')
        self.assertEqual(read_text('/etc/virtsql.conf'), before)
        self.assertEqual(glob.glob('/etc/virtsql.conf.*'), [])
        self.assertEqual(glob.glob('/etc/systemd/system/virtsql*/50-virtsql-setup.conf'), [])
        self.assertTrue(os.path.exists('/srv/refused/virtsql.db.failed'))
        self.assertFalse(os.path.exists('/srv/refused/virtsql.db'))
        self.virtsqld()
        self.assertEqual(property_of('virtsql-drain.path', 'ActiveState'), 'active')
        self.describe('After the refusal')
        self.assert_left_alone()

    def test_6_another_folder(self):
        """The database moves as sql/OPERATIONS.md says. The services work there, each in its sandbox."""
        with open(SOURCE + '/sql/OPERATIONS.md', encoding='utf-8') as file:
            move = re.search(r'## Another folder\n.*?```sh\nsudo (.*?)\n```', file.read(), re.DOTALL)[1]
        before = query('SELECT count(*) FROM captures')[0][0]
        with open('/etc/virtsql.conf', encoding='utf-8') as file:
            original = file.read()
        # A folder without room: everything goes on as before.
        os.mkdir('/srv/small')
        run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', '/srv/small')
        failed = run('virtsql-setup', '--move-to', '/srv/small', check=False)
        self.assertEqual(failed.returncode, 1)
        self.assertIn('the move failed', failed.stderr)
        self.assertEqual([name for name in os.listdir('/srv/small') if name.startswith('virtsql.db')], [])
        with open('/etc/virtsql.conf', encoding='utf-8') as file:
            self.assertEqual(file.read(), original)
        self.assertFalse(os.path.exists('/etc/virtsql.conf.new'))
        run('umount', '/srv/small')
        self.virtsqld()
        for unit in ('virtsqld.service', 'virtsql-drain.path'):
            self.assertEqual(property_of(unit, 'ActiveState'), 'active')
        old = os.stat(DATABASE)
        with writing(DATABASE):
            self.assertIn('The old database and spool stay', run(*move.split()).stdout)
        self.assertEqual(run('virtsql', 'PRAGMA integrity_check').stdout, 'ok\n')
        new = os.stat('/srv/virtsql/virtsql.db')
        self.assertEqual((new.st_uid, new.st_gid, new.st_mode), (old.st_uid, old.st_gid, old.st_mode))
        self.assertIn('there is a database in /srv/virtsql already', run(*move.split(), check=False).stderr)
        self.virtsqld()
        virsh('desc', 'guest', '--config', '--new-desc', 'Elsewhere')

        def said(sql):
            return run('virtsql', sql).stdout.strip()
        await_that(lambda: said("SELECT description FROM virtual_machines WHERE name = 'guest'") == 'Elsewhere', 'virtsqld writes there')
        self.assertGreater(int(said('SELECT count(*) FROM captures')), before)
        run('systemctl', 'stop', 'virtsqld.service')
        with open('/srv/virtsql/virtsql.db.lock', 'w', encoding='ascii') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            run(HOOK, 'guest', 'migrate', 'begin', '-', input=virsh('dumpxml', 'guest'))
        await_that(lambda: said("SELECT count(*) FROM captures WHERE operation = 'migrate'") == '2', 'the path unit drains there')
        self.assertEqual(property_of('virtsql-drain.service', 'Result'), 'success')
        self.assertEqual(os.stat('/srv/virtsql').st_mode & 0o7777, 0o2750)
        # A folder that the services cannot reach is refused, and nothing changes.
        with open('/etc/virtsql.conf', encoding='utf-8') as file:
            conf = file.read()
        drop_in = '/etc/systemd/system/virtsqld.service.d/50-virtsql-setup.conf'
        for folder, why in (('/home/someone', 'homes are closed'), ('/srv/two words', 'cannot name'), ('/srv/../tmp/x', 'no place for a database')):
            with open('/etc/virtsql.conf', 'w', encoding='utf-8') as file:
                file.write(conf.replace('/srv/virtsql', folder))
            refused = run('virtsql-setup', check=False)
            self.assertEqual(refused.returncode, 1)
            self.assertIn(why, refused.stderr)
            self.assertFalse(os.path.exists(folder))
            self.assertTrue(os.path.exists(drop_in))
            self.assertEqual(run('virtsql-setup', '--move-to', folder, check=False).returncode, 1)
        with open('/etc/virtsql.conf', 'w', encoding='utf-8') as file:
            file.write(conf)
        for unit in ('virtsqld.service', 'virtsql-drain.service', 'virtsql-drain.path', 'virtsql-metrics.service'):
            self.assertNotIn('virtsql', run('systemd-analyze', 'verify', '--man=no', f'/lib/systemd/system/{unit}').stderr)
        run('systemctl', 'start', 'virtsql-metrics.service')
        with open('/var/lib/prometheus/node-exporter/virtsql.prom', encoding='utf-8') as file:
            self.assertIn('virtsql_spool_records 0', file.read())
        # And back.
        for old in glob.glob(DATABASE + '*'):
            os.unlink(old)
        run('virtsql-setup', '--move-to', DATA)
        with open('/etc/virtsql.conf', encoding='utf-8') as file:
            self.assertEqual(file.read(), original + f'database = {DATABASE}\n')
        self.assertFalse(os.path.exists(drop_in))
        self.virtsqld()
        self.describe('Back again')
        self.assert_left_alone()

    def test_6_the_units_are_sound(self):
        for unit in ('virtsqld.service', 'virtsql-drain.service', 'virtsql-drain.path'):
            said = run('systemd-analyze', 'verify', '--man=no', f'/lib/systemd/system/{unit}')
            self.assertNotIn('virtsql', said.stderr)
        for unit, most in (('virtsqld.service', 4.0), ('virtsql-drain.service', 4.0)):
            level = re.search(r'Overall exposure level for \S+: ([0-9.]+)', run('systemd-analyze', 'security', '--no-pager', unit).stdout)
            print(f'{unit}: exposure {level[1]}')
            self.assertLess(float(level[1]), most)

    def test_7_removal(self):
        run('systemctl', 'start', *ON_DEMAND)
        run('dpkg', '-r', 'virtsql-fleet')
        self.assertEqual(property_of('virtsql-push.service', 'ActiveState'), 'inactive')
        self.assertEqual(property_of('virtsql-metrics.timer', 'ActiveState'), 'active')
        run('dpkg', '-r', 'virtsql')
        self.assertFalse(os.path.exists(HOOK))
        for unit in ('virtsqld.service', 'virtsql-drain.path', 'virtsql-metrics.timer'):
            self.assertNotEqual(property_of(unit, 'ActiveState'), 'active')
        self.assertNotEqual(subprocess.run(['pidof', 'virtsqld'], capture_output=True, check=False).returncode, 0)
        for path in ('/usr/sbin/virtsqld', '/usr/sbin/virtsql-hook', '/usr/bin/virtsql'):
            self.assertFalse(os.path.exists(path), path)
        self.assertGreater(query('SELECT count(*) FROM captures')[0][0], 0)
        self.assert_left_alone()
        # libvirt no longer calls the hook: a start leaves nothing in the spool.
        virsh('start', 'new')
        virsh('destroy', 'new')
        self.assertEqual(glob.glob(SPOOL + '/*.record'), [])

    def test_8_purge(self):
        run('dpkg', '-P', 'virtsql-fleet', 'virtsql')
        self.assertFalse(os.path.exists(DATA))
        self.assertFalse(os.path.exists('/etc/virtsql.conf'))
        self.assertNotEqual(run('getent', 'group', 'virtsql', check=False).returncode, 0)
        self.assert_left_alone()
        virsh('destroy', 'guest')


if __name__ == '__main__':
    unittest.main(verbosity=2, failfast=True)
