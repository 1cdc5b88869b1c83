#!/usr/bin/env python3
"""Two hosts push into one PostgreSQL while a VM migrates between them. At each moment one row of the VM is current;
afterwards the store has the histories of both hosts, and nothing clashes. Each host has libvirtd, hook, virtsqld and
virtsql-push in namespaces of its own. The pushers are killed at every step.

    migration_test.py BUILD    run by tests/end_to_end/isolated
"""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from host import compare, shell, store_tables
from postgres import PROGRAMS, Checks, Cluster

BUILD = os.path.abspath(sys.argv[1])
UUID = '0f5a6b7c-8d9e-4f10-a1b2-c3d4e5f60718'
GUEST = f"""<domain type='qemu'>
  <name>guest</name><uuid>{UUID}</uuid>
  <memory unit='MiB'>64</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    <interface type='user'><mac address='52:54:00:aa:bb:01'/><model type='virtio'/></interface>
    <serial type='pty'/>
    <memballoon model='virtio'/>
  </devices>
</domain>
"""
# What each machine has for itself: its name, its configuration, what libvirt and virtsql keep, its sockets.
AS_MACHINE = """set -e
hostname {name}
mount -t overlay overlay -o lowerdir=/etc,upperdir={folder}/etc,workdir={folder}/work /etc
for own in run var/lib/libvirt var/lib/virtsql var/log/libvirt var/cache/libvirt; do
  mkdir -p /$own {folder}/$own
  mount --bind {folder}/$own /$own
done
rm -rf /etc/libvirt/hooks /etc/libvirt/qemu
mkdir -p /etc/libvirt/qemu /var/lib/libvirt/qemu /etc/libvirt/hooks/qemu.d
cp {build}/hook/virtsql-hook /etc/libvirt/hooks/qemu.d/50-virtsql
chmod 0750 /var/lib/virtsql
# There is no cgroup hierarchy of our own here, and the test's files are root's.
printf '\\nuser = "root"\\ngroup = "root"\\nsecurity_driver = "none"\\ncgroup_controllers = []\\nnamespaces = []\\n' >>/etc/libvirt/qemu.conf
printf '\\nhost_uuid = "{uuid}"\\n' >>/etc/libvirt/libvirtd.conf
printf 'fleet = %s\\nfleet_debounce = 1\\n' '{conninfo}' >>/etc/virtsql.conf
touch {folder}/ready
exec sleep infinity
"""


def await_that(condition, what, seconds=60):
    deadline = time.time() + seconds
    while not condition():
        if time.time() > deadline:
            raise AssertionError(f'not within {seconds} s: {what() if callable(what) else what}')
        time.sleep(0.1)


class Machine:
    def __init__(self, folder, number, store):
        self.name = f'kvm{number}'
        self.folder = os.path.join(folder, self.name)
        for name in ('etc', 'work'):
            os.makedirs(os.path.join(self.folder, name))
        self.database = os.path.join(self.folder, 'var/lib/virtsql/virtsql.db')
        self.uri = f'qemu+unix:///system?socket={self.folder}/run/libvirt/libvirt-sock'
        script = AS_MACHINE.format(name=self.name, folder=self.folder, build=BUILD, conninfo=store.conninfo('virtsql-' + self.name),
                                   uuid=f'{number}f5a6b7c-0000-4f10-a1b2-c3d4e5f60718')
        self.keeper = subprocess.Popen(['unshare', '--mount', '--uts', 'bash', '-c', script])
        await_that(lambda: os.path.exists(os.path.join(self.folder, 'ready')), 'the namespaces are made')
        self.daemons = {}
        self.start('virtlogd')
        self.start('libvirtd')
        await_that(lambda: self.virsh('version', check=False).returncode == 0, f'libvirtd of {self.name} answers', 90)
        self.start('virtsqld')
        await_that(lambda: os.path.exists(self.database), 'virtsqld made the database')
        self.start('virtsql-push')

    def start(self, program, *arguments):
        with open(os.path.join(self.folder, program + '.log'), 'ab') as log:
            self.daemons[program] = subprocess.Popen(
                ['nsenter', '--target', str(self.keeper.pid), '--mount', '--uts', program, *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def kill_pusher(self):
        self.daemons['virtsql-push'].send_signal(signal.SIGKILL)
        self.daemons['virtsql-push'].wait()
        self.start('virtsql-push')

    def virsh(self, *command, check=True):
        done = subprocess.run(['virsh', '-q', '-c', self.uri, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=180)
        if check and done.returncode:
            raise AssertionError(f'{self.name}: {command}: {done.stderr}')
        return done

    def end(self):
        for program in ('virtsql-push', 'virtsqld', 'libvirtd', 'virtlogd'):
            if program in self.daemons:
                self.daemons[program].terminate()
                self.daemons[program].wait()
        self.keeper.kill()
        self.keeper.wait()


class Watch(threading.Thread):
    """Asks all the time for the VM's rows in the view vms. `wrong` has the answers that are not exactly one row."""

    def __init__(self, store):
        super().__init__()
        self.store, self.wrong, self.looks, self.ended = store, [], 0, threading.Event()

    def run(self):
        while not self.ended.is_set():
            found = self.store.rows(f"SELECT host, state FROM virtsql.vms WHERE uuid = '{UUID}'")
            self.looks += 1
            if len(found) != 1:
                self.wrong.append(found)

    def end(self):
        self.ended.set()
        self.join()


def main():
    checks = Checks()
    for program in ('virtsql-hook', 'virtsql-drain', 'virtsqld'):
        shutil.copy(f'{BUILD}/hook/{program}', '/usr/sbin/')
    shutil.copy(os.path.join(PROGRAMS, 'virtsql-push'), '/usr/sbin/')
    with tempfile.TemporaryDirectory() as folder, Cluster() as cluster:
        os.chmod(folder, 0o755)
        path = os.path.join(folder, 'guest.xml')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(GUEST)
        store = cluster.store('fleet')
        for name in ('kvm1', 'kvm2'):
            store.add_host(name)
        machines = [Machine(folder, number, store) for number in (1, 2)]
        first, second = machines

        def current(host, state):
            asked = f"SELECT host, state FROM virtsql.current_virtual_machines WHERE vm_uuid = '{UUID}'"
            await_that(lambda: store.rows(asked) == [(host, state)], lambda: f'{host} {state}; there is {store.rows(asked)}', 30)
            checks.same(store.rows(f"SELECT host, state FROM virtsql.vms WHERE uuid = '{UUID}'"), [(host, state)], f'vms: {host} {state}')

        def step(*command, machine=first):
            """Runs a command of virsh, and kills both pushers in the middle of it."""
            doing = threading.Thread(target=machine.virsh, args=command)
            doing.start()
            for each in machines:
                time.sleep(0.2)
                each.kill_pusher()
            doing.join()

        def migrate(source, target, *options):
            step('migrate', '--live', *options, 'guest', target.uri, '--migrateuri', 'tcp://127.0.0.1', machine=source)
            checks.that('guest' in target.virsh('list', '--name').stdout, f'the VM runs on {target.name}')

        try:
            step('define', path)
            current('kvm1', 'shut off')
            step('start', 'guest')
            current('kvm1', 'running')
            watch = Watch(store)
            watch.start()
            # The definition stays on the first host: two hosts claim the VM.
            migrate(first, second, '--persistent')
            current('kvm2', 'running')
            claims = "SELECT host, state FROM virtsql.claims ORDER BY 1"
            await_that(lambda: store.rows(claims) == [('kvm1', 'shut off'), ('kvm2', 'running')], lambda: str(store.rows(claims)), 30)
            checks.same(store.rows("SELECT vm_name, detail FROM virtsql.findings WHERE rule = 'duplicate_mac'"), [], 'a VM has no address twice by being on two hosts')
            step('suspend', 'guest', machine=second)
            current('kvm2', 'paused')
            step('resume', 'guest', machine=second)
            current('kvm2', 'running')
            # Back to the first host; nothing stays on the second.
            migrate(second, first, '--undefinesource')
            current('kvm1', 'running')
            await_that(lambda: store.rows(claims) == [], lambda: str(store.rows(claims)), 30)
            watch.end()
            checks.same(watch.wrong, [], 'at each moment there was one current row')
            checks.that(watch.looks > 20, f'there were looks: {watch.looks}')
            step('destroy', 'guest')
            current('kvm1', 'shut off')
            hosts = store.rows(f"SELECT host, count(*) > 3 FROM virtsql.domain_history('{UUID}') GROUP BY 1 ORDER BY 1")
            checks.same(hosts, [('kvm1', 't'), ('kvm2', 't')], 'the history is of both hosts')
            operations = {operation for operation, in store.rows(f"SELECT DISTINCT operation FROM virtsql.domain_history('{UUID}')")}
            checks.that({'define', 'prepare', 'started', 'migrate', 'stopped', 'undefine'} <= operations, f'with all that happened: {sorted(operations)}')
            for machine in machines:
                machine.daemons['virtsqld'].terminate()
                machine.daemons['virtsqld'].wait()
                machine.daemons['virtsql-push'].terminate()
                machine.daemons['virtsql-push'].wait()
                checks.that('changed 0 rows' in store.push(machine.name, machine.database).stdout or
                            'changed 0 rows' in store.push(machine.name, machine.database).stdout, f'{machine.name} has nothing more to say')
                source = store.value(f"SELECT source_id FROM virtsql.sources WHERE role = 'virtsql-{machine.name}'")
                compare(checks, store, source, machine.database, machine.name, store_tables(store))
                ids = shell(machine.database, 'SELECT id FROM captures ORDER BY id;', extension=False).split()
                checks.same([row[0] for row in store.rows(f'SELECT id FROM virtsql.captures WHERE source_id = {source} ORDER BY id')], ids, f'the history of {machine.name}')
        except AssertionError as error:
            checks.that(False, str(error))
            for machine in machines:
                for program in machine.daemons:
                    with open(os.path.join(machine.folder, program + '.log'), encoding='utf-8', errors='replace') as log:
                        print(f'--- {machine.name} {program}\n{log.read()[-1500:]}')
        finally:
            for machine in machines:
                machine.end()
    checks.end()


if __name__ == '__main__':
    main()
