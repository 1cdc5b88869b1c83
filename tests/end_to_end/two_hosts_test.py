#!/usr/bin/env python3
"""A VM moves between two hosts. At every moment a database that follows both hosts shows which of them has it, and one
that follows the second alone shows whether it is there.

    two_hosts_test.py BUILD    run by `isolated`, which is the first host; the second is in further namespaces inside it

The first host's virtsqld watches both libvirts, the second host's its own. Each host has the hooks.
"""
import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import unittest

from hypervisor import DATA, DATABASE, FOLDER, Daemons, await_that, empty_hypervisor, install_hooks, install_programs, run, virsh, write

BUILD = sys.argv.pop(1)
UUID = '0f5a6b7c-8d9e-4f10-a1b2-c3d4e5f60718'
PORT = 16510
SECOND = f'qemu+tcp://127.0.0.1:{PORT}/system'
SHARED = '/tmp/virtsql-two-hosts'  # both hosts see this folder: it is outside of what `isolated` copies
ROOM = """
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
for folder in etc var; do
  mkdir -p /mnt/$folder/changes /mnt/$folder/work
  mount -t overlay overlay -o lowerdir=/$folder,upperdir=/mnt/$folder/changes,workdir=/mnt/$folder/work /$folder
done
mount -t tmpfs tmpfs /run
# What is below an overlay and changes shows through: the database is no copy of the first host's.
mount -t tmpfs -o mode=750 tmpfs /var/lib/virtsql
hostname second
# No exec: this shell is the host's first process, and must reap the guests, whose end libvirtd waits for.
sleep infinity &
wait
"""
GUEST = f"""<domain type='qemu'>
  <name>guest</name><uuid>{UUID}</uuid>
  <memory unit='MiB'>64</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none'/><source file='{SHARED}/guest.qcow2'/><target dev='vda' bus='virtio'/></disk>
    <serial type='pty'/>
  </devices>
</domain>
"""


def install(hooks='/etc/libvirt/hooks'):
    install_hooks(BUILD, 'qemu', hooks=hooks)
    os.makedirs(DATA, 0o750, exist_ok=True)


class TwoHosts(unittest.TestCase):
    daemons = Daemons()

    @classmethod
    def setUpClass(cls):
        shutil.rmtree(SHARED, ignore_errors=True)
        os.makedirs(SHARED)
        run('qemu-img', 'create', '-q', '-f', 'qcow2', SHARED + '/guest.qcow2', '16M')
        run('hostname', 'first')
        empty_hypervisor(cls.daemons)
        install_programs(BUILD)
        install()
        cls.daemons.stop('libvirtd')
        with open('/etc/libvirt/libvirtd.conf', 'a', encoding='utf-8') as f:
            f.write('\nhost_uuid = "11111111-2222-4333-8444-555555555501"\n')
        cls.daemons.start_libvirtd()
        # The second host begins as a copy of the first.
        cls.room = subprocess.Popen(['unshare', '--mount', '--uts', '--pid', '--fork', '--kill-child', '--mount-proc', 'bash', '-ec', ROOM])
        await_that(lambda: cls.pid() and run('nsenter', '-t', cls.pid(), '--uts', 'hostname').stdout == 'second\n', 'the second host is there')
        cls.inside('sh', '-c', f"""sed -i 's/555501/555502/' /etc/libvirt/libvirtd.conf
          printf 'listen_tls = 0\\nlisten_tcp = 1\\nauth_tcp = "none"\\ntcp_port = "{PORT}"\\nlisten_addr = "127.0.0.1"\\n' >>/etc/libvirt/libvirtd.conf""")
        cls.inside('sh', '-c', 'echo uri = qemu:///system >/etc/virtsql.conf')
        cls.others = [cls.begin('virtlogd'), cls.begin('libvirtd', '--listen')]
        await_that(lambda: run('virsh', '-c', SECOND, 'version', check=False).returncode == 0, 'the second libvirtd answers', 60)
        cls.others.append(cls.begin('virtsqld'))
        with open('/etc/virtsql.conf', 'w', encoding='utf-8') as f:
            f.write(f'uri = qemu:///system\nuri = {SECOND}\n')
        cls.daemons.start('virtsqld', log='virtsqld.log')

    @classmethod
    def tearDownClass(cls):
        for uri in ('qemu:///system', SECOND):
            run('virsh', '-c', uri, 'destroy', 'guest', check=False)
        for process in reversed(cls.others):
            process.send_signal(signal.SIGTERM)
        cls.daemons.stop_all()
        cls.room.kill()
        shutil.rmtree(SHARED)

    @classmethod
    def pid(cls):
        """The process id of the second host's first process."""
        with open(f'/proc/{cls.room.pid}/task/{cls.room.pid}/children', encoding='ascii') as children:
            return children.read().strip()

    @classmethod
    def command(cls, *command):
        return ('nsenter', '-t', cls.pid(), '--mount', '--uts', '--pid', *command)

    @classmethod
    def inside(cls, *command):
        return run(*cls.command(*command)).stdout

    @classmethod
    def begin(cls, *command):
        with open(f'{SHARED}/{command[0]}.log', 'ab') as log:
            return subprocess.Popen(cls.command(*command), stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def both(self, sql):
        """Asks the database that follows both hosts."""
        try:
            with contextlib.closing(sqlite3.connect(f'file:{DATABASE}?mode=ro', uri=True, timeout=30)) as database:
                return database.execute(sql).fetchall()
        except sqlite3.OperationalError as error:  # the database is being made
            return [(str(error),)]

    def alone(self, sql):
        """Asks the database of the second host."""
        return [tuple(line.split('|')) for line in self.inside('sqlite3', '-readonly', '-cmd', '.timeout 10000', DATABASE, sql).splitlines()]

    def soon(self, ask, sql, expected):
        found = []

        def there():
            found[:] = ask(sql)
            return found == expected
        took = await_that(there, lambda: f'{sql}\n  expected {expected}\n  found    {found}', 6)
        print(f'{took:.2f} s: {expected}', file=sys.stderr)

    STATES = 'SELECT h.name, s.state, s.persistent FROM vm_states AS s JOIN hosts AS h ON h.id = s.host_id ORDER BY 1'
    ROWS = 'SELECT h.name, v.sync_status FROM virtual_machines AS v JOIN hosts AS h ON h.id = v.host_id'

    def removed(self):
        return run('sqlite3', '-readonly', '-cmd', f'.load {BUILD}/sqlite_ext/virtsql', DATABASE,
                   f"SELECT change, path FROM domain_changes('{UUID}')").stdout

    def migrate(self, source, destination, *options):
        run('virsh', '-q', '-c', source, 'migrate', '--live', '--unsafe', *options, 'guest', destination, 'tcp://127.0.0.1')

    def test_1_defined_and_started(self):
        virsh('define', write('guest.xml', GUEST))
        virsh('start', 'guest')
        self.soon(self.both, self.STATES, [('first', 'running', 1)])
        self.soon(self.both, self.ROWS, [('first', 'SYNCED')])

    def test_2_to_the_second(self):
        self.migrate('qemu:///system', SECOND, '--persistent', '--undefinesource')
        self.soon(self.both, self.STATES, [('first', 'undefined', 0), ('second', 'running', 1)])
        self.soon(self.both, self.ROWS, [('second', 'SYNCED')])
        self.soon(self.both, 'SELECT host, state FROM vms', [('second', 'running')])
        self.soon(self.alone, self.STATES, [('second', 'running', '1')])
        self.soon(self.alone, self.ROWS, [('second', 'SYNCED')])
        self.assertEqual(self.removed(), '')

    def test_3_and_back(self):
        self.migrate(SECOND, 'qemu:///system', '--persistent', '--undefinesource')
        self.soon(self.both, self.STATES, [('first', 'running', 1), ('second', 'undefined', 0)])
        self.soon(self.both, self.ROWS, [('first', 'SYNCED')])
        self.soon(self.both, 'SELECT host, state FROM vms', [('first', 'running')])
        # The second host's database follows no other host, so it does not know where the VM went.
        self.soon(self.alone, self.STATES, [('second', 'undefined', '0')])
        self.soon(self.alone, self.ROWS, [('second', 'DRIFTED')])
        self.assertEqual(self.removed(), '')

    def test_4_without_its_definition(self):
        self.migrate('qemu:///system', SECOND)
        self.soon(self.both, self.STATES, [('first', 'shut off', 1), ('second', 'running', 0)])
        # The VM is shown on the host where it runs; its definition stays on the first.
        self.soon(self.both, 'SELECT host, state FROM vms', [('second', 'running')])
        run('virsh', '-c', SECOND, 'destroy', 'guest')
        self.soon(self.both, self.STATES, [('first', 'shut off', 1), ('second', 'undefined', 0)])
        self.soon(self.both, 'SELECT host, state FROM vms', [('first', 'shut off')])
        self.assertEqual(self.removed(), '')

    def test_5_undefined_at_last(self):
        virsh('undefine', 'guest')
        self.soon(self.both, self.STATES, [('first', 'undefined', 0), ('second', 'undefined', 0)])
        self.soon(self.both, 'SELECT sync_status FROM virtual_machines', [('DRIFTED',)])
        self.assertEqual(self.removed(), 'removed|/domain\n')


if __name__ == '__main__':
    unittest.main(verbosity=2, failfast='--all' not in sys.argv, argv=[a for a in sys.argv if a != '--all'])
