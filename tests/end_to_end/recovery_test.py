#!/usr/bin/env python3
"""virtsqld recovers after it could not work: on a full disk that has room again, with a libvirt that is slower than
what happens.

    recovery_test.py BUILD    run by `isolated`
"""
import os
import pty
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import unittest

from hypervisor import DATA, DATABASE, FOLDER, SPOOL, Daemons, await_that, empty_hypervisor, install_hooks, install_programs, query, run, virsh, write

BUILD = sys.argv.pop(1)
GUEST = ("<domain type='qemu'><name>{name}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='pc'>hvm</type></os>"
         "<devices><serial type='pty'/></devices></domain>")
GUESTS = [f'vm{number}' for number in range(12)]
SECONDS = 10  # time to be current after there is room: virtsqld tries every 3 s, and the machine may be busy


class Recovery(unittest.TestCase):
    daemons = Daemons()

    @classmethod
    def setUpClass(cls):
        install_programs(BUILD)

    def setUp(self):
        empty_hypervisor(self.daemons)
        self.addCleanup(self.daemons.stop_all)
        install_hooks(BUILD, 'qemu')
        os.makedirs(DATA, 0o750)
        self.daemons.stop('libvirtd')
        self.daemons.start_libvirtd()
        for name in GUESTS:
            virsh('define', write(name + '.xml', GUEST.format(name=name)))

    def small_disk(self, folder, megabytes):
        os.makedirs(folder, 0o700, exist_ok=True)
        run('mount', '-t', 'tmpfs', '-o', f'size={megabytes}m,mode={"750" if folder == DATA else "700"}', 'tmpfs', folder)
        self.addCleanup(run, 'umount', '--lazy', folder)

    @staticmethod
    def fill(folder):
        with open(folder + '/filling', 'wb', buffering=0) as filling:
            for size in (1 << 16, 1):
                try:
                    while filling.write(b'x' * size) == size:
                        pass
                except OSError:
                    pass

    def start_virtsqld(self):
        """Starts virtsqld, whose output goes to self.log, and waits until all guests are captured."""
        terminal, end = pty.openpty()
        self.daemons.running['virtsqld'] = subprocess.Popen(['virtsqld'], stdin=subprocess.DEVNULL, stdout=end, stderr=end)
        os.close(end)
        self.log = ''

        def listen():
            try:
                while data := os.read(terminal, 65536):
                    self.log += data.decode(errors='replace')
            except OSError:
                os.close(terminal)  # its other end is closed
        threading.Thread(target=listen, daemon=True).start()
        await_that(lambda: os.path.exists(DATABASE) and self.has('SELECT count(*) FROM virtual_machines', [(len(GUESTS),)]), 'all is captured')
        return self.daemons.running['virtsqld']

    @staticmethod
    def has(sql, expected):
        try:
            return query(sql) == expected
        except sqlite3.OperationalError:
            return False

    def is_current_again(self, full, seconds):
        """Changes VMs while the disk of the folder `full` is full. After there is room, the database must soon be
        current."""
        self.fill(full)
        virsh('undefine', 'vm0')
        virsh('start', 'vm1')
        for name in GUESTS[2:6]:
            virsh('desc', name, '--config', '--new-desc', 'changed')
        virsh('domrename', 'vm6', 'renamed')
        virsh('define', write('new.xml', GUEST.format(name='new')))
        virsh('autostart', 'vm7')
        self.assertEqual(virsh('domstate', 'vm1').strip(), 'running')  # no VM is hurt
        time.sleep(seconds)
        expected = [('new', 'shut off', 0, None), ('renamed', 'shut off', 0, None), ('vm0', 'undefined', 0, None), ('vm1', 'running', 0, None),
                    *((name, 'shut off', 0, 'changed') for name in GUESTS[2:6]), ('vm7', 'shut off', 1, None),
                    *((name, 'shut off', 0, None) for name in GUESTS[8:])]
        current = ('SELECT v.name, s.state, s.autostart, v.description FROM virtual_machines AS v JOIN vm_states AS s ON s.vm_uuid = v.uuid ORDER BY 1')
        self.assertFalse(self.has(current, sorted(expected)))
        os.unlink(full + '/filling')
        took = await_that(lambda: self.has(current, sorted(expected)), lambda: query(current), 60)
        print(f'{full}: current after {took:.1f} s', file=sys.stderr)
        self.assertLess(took, SECONDS)
        self.assertEqual(query('PRAGMA integrity_check'), [('ok',)])
        self.assertIn('No space left', self.log)
        virsh('destroy', 'vm1')

    def test_the_disk_of_database_and_spool_is_full(self):
        self.small_disk(DATA, 24)
        self.start_virtsqld()
        self.is_current_again(DATA, 20)

    def test_the_disk_of_the_spool_is_full(self):
        self.small_disk(SPOOL, 1)
        self.start_virtsqld()
        self.is_current_again(SPOOL, 13)

    def test_libvirt_is_slower_than_what_happens(self):
        """virtsqld logs that events wait, and later that none waits any more."""
        virtsqld = self.start_virtsqld()
        libvirtd = self.daemons.running['libvirtd']
        virtsqld.send_signal(signal.SIGSTOP)
        for name in GUESTS:
            virsh('desc', name, '--config', '--new-desc', 'changed')
        # libvirt has sent all events, and then no longer answers.
        libvirtd.send_signal(signal.SIGSTOP)
        virtsqld.send_signal(signal.SIGCONT)
        time.sleep(7)
        libvirtd.send_signal(signal.SIGCONT)
        await_that(lambda: self.has("SELECT count(*) FROM virtual_machines WHERE description = 'changed'", [(len(GUESTS),)]), lambda: self.log)
        self.assertRegex(self.log, r'more happens than can be looked at: \d+ events wait, for 5 seconds and more')
        await_that(lambda: 'no event waits any more' in self.log, lambda: self.log)

    def test_a_device_came_and_went_before_a_look(self):
        """Both events are recorded, although the VM is again as it was."""
        virtsqld = self.start_virtsqld()
        virsh('start', 'vm1')
        running = ("SELECT count(*) > 0 FROM captures AS c JOIN virtual_machines AS v ON v.uuid = c.vm_uuid "
                   "WHERE v.name = 'vm1' AND c.config = 'live' AND c.source = 'event'")
        await_that(lambda: self.has(running, [(1,)]), lambda: self.log)
        virtsqld.send_signal(signal.SIGSTOP)
        mouse = write('mouse.xml', "<input type='mouse' bus='usb'/>")
        virsh('attach-device', 'vm1', mouse, '--live')
        virsh('detach-device', 'vm1', mouse, '--live')
        virtsqld.send_signal(signal.SIGCONT)
        of_devices = "SELECT operation, config FROM captures WHERE operation LIKE '%-device' ORDER BY id"
        await_that(lambda: self.has(of_devices, [('attach-device', 'live'), ('detach-device', 'live')]), lambda: query(of_devices))
        virsh('destroy', 'vm1')


if __name__ == '__main__':
    unittest.main(verbosity=2)
