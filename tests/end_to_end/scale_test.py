#!/usr/bin/env python3
"""How many seconds of CPU virtsqld uses on a host with many VMs: while nothing happens, to look at everything, and for
one event.

    scale_test.py BUILD [VMS]    run by `isolated`; VMS: 600 unless given

With 600 VMs it may use 0.05 s a minute while nothing happens, looks at everything included, and 0.5 s for such a look.
A fifth of these 0.5 s is for the host itself; the rest grows with the number of VMs. Events on a large host may cost at
most twice as much as on a small one.
"""
import os
import signal
import sys
import time
import unittest

from hypervisor import DATA, DATABASE, FOLDER, Daemons, await_that, empty_hypervisor, install_programs, query, run, virsh, write

BUILD = sys.argv[1]
VMS = int(sys.argv[2]) if len(sys.argv) > 2 else 600
FEW = 10
RESYNC = 600  # seconds between two looks at everything, if nothing else is configured
VOLUMES = 200

GUEST = """<domain type='qemu'>
  <name>vm{number}</name>
  <memory unit='MiB'>64</memory><vcpu>2</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <features><acpi/><apic/></features>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none'/><source file='/images/vm{number}.qcow2'/><target dev='vda' bus='virtio'/></disk>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/images/vm{number}-data.qcow2'/><target dev='vdb' bus='virtio'/></disk>
    <interface type='network'><source network='inside'/><model type='virtio'/></interface>
    <serial type='pty'/><channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <graphics type='vnc' autoport='yes'/><video><model type='virtio'/></video>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
    <memballoon model='virtio'/>
  </devices>
</domain>
"""


def define(first, behind):
    paths = [write(f'vm{number}.xml', GUEST.format(number=number)) for number in range(first, behind)]
    for at in range(0, len(paths), 100):
        virsh('; '.join('define ' + path for path in paths[at:at + 100]))


class Scale(unittest.TestCase):
    daemons = Daemons()

    @classmethod
    def setUpClass(cls):
        empty_hypervisor(cls.daemons)
        install_programs(BUILD)
        os.makedirs(DATA, 0o750)
        define(0, FEW)
        cls.daemon = cls.daemons.start('virtsqld', log='virtsqld.log').pid
        await_that(lambda: os.path.exists(DATABASE), 'virtsqld made the database')
        cls.await_vms(FEW)

    @classmethod
    def tearDownClass(cls):
        cls.daemons.stop_all()

    @staticmethod
    def await_vms(count):
        await_that(lambda: query('SELECT count(*) FROM sqlite_schema') > [(100,)] and query('SELECT count(*) FROM virtual_machines') == [(count,)],
                   f'{count} VMs are captured', 120)

    @classmethod
    def spent(cls):
        with open(f'/proc/{cls.daemon}/schedstat', encoding='ascii') as stat:
            return int(stat.read().split()[0]) / 1e9

    @classmethod
    def settle(cls):
        """Waits until virtsqld has nothing to do any more."""
        def rests():
            before = cls.spent()
            time.sleep(0.7)
            return cls.spent() - before < 0.002
        await_that(rests, 'virtsqld rests', 120)

    def cost(self, what, do):
        self.settle()
        before = self.spent()
        do()
        self.settle()
        cost = self.spent() - before
        print(f'{what}: {cost:.4f} s of CPU', file=sys.stderr)
        return cost

    def look(self):
        def look():
            seen = query('SELECT max(last_seen) FROM vm_states')
            os.kill(self.daemon, signal.SIGHUP)
            await_that(lambda: query('SELECT max(last_seen) FROM vm_states') > seen, 'it looked at everything', 60)
        return min(self.cost(f'a look at {VMS} VMs', look) for _ in range(3))

    @staticmethod
    def describe(text):
        for number in range(FEW):
            virsh('desc', f'vm{number}', '--config', '--new-desc', text)
            await_that(lambda: query('SELECT description FROM virtual_machines WHERE name = ?', f'vm{number}') == [(text,)], 'it is captured')  # pylint: disable=cell-var-from-loop

    def test_cost(self):
        on_small = min(self.cost(f'{FEW} events on a host of {FEW} VMs', lambda: self.describe(text)) for text in ('a', 'b'))
        define(FEW, VMS)
        self.await_vms(VMS)
        on_large = min(self.cost(f'{FEW} events on a host of {VMS} VMs', lambda: self.describe(text)) for text in ('c', 'd'))
        self.assertLess(on_large, 2 * on_small)

        look = self.look()
        self.assertLess(look, 0.1 + 0.4 * VMS / 600)

        self.settle()
        seconds = 20
        before = self.spent()
        time.sleep(seconds)
        idle = (self.spent() - before) * 60 / seconds
        print(f'idle: {idle:.4f} s of CPU a minute', file=sys.stderr)
        self.assertLess(idle + look * 60 / RESYNC, 0.05)

    def test_pools(self):
        """For an event of a pool, virtsqld lists the volumes of that pool alone."""
        for name, volumes in (('large', VOLUMES), ('small', 1)):
            os.mkdir(f'{FOLDER}/{name}')
            for number in range(volumes):
                with open(f'{FOLDER}/{name}/{number}.img', 'wb') as volume:
                    volume.truncate(1 << 20)
            virsh('pool-define-as', name, 'dir', '--target', f'{FOLDER}/{name}')
            virsh('pool-start', name)
        await_that(lambda: query('SELECT count(*) FROM volumes') == [(VOLUMES + 1,)], 'the volumes are captured')

        def refresh(name):
            return min(self.cost(f'a refresh of {name}', lambda: virsh('pool-refresh', name)) for _ in range(4))
        self.assertLess(refresh('small') * 3, refresh('large'))


if __name__ == '__main__':
    unittest.main(verbosity=2, argv=sys.argv[:1])
