#!/usr/bin/env python3
"""While a change of a running VM lasts, the VM's drift is exactly that change. Afterwards it has none.

    live_changes_test.py BUILD [WORD...]    run by `isolated`; WORD: only changes with it in their name

Makes each change of live_changes.py in a VM on a real libvirtd with QEMU, and captures what libvirt then says:
domain_drift must have the rows that the change names, and sync_status must be DRIFTED. After the change is undone,
domain_drift must be empty and the VM SYNCED.
"""
import collections
import os
import subprocess
import sys

from corpus_test import Virsh
from drift_test import Shell
from hypervisor import FOLDER, Daemons, empty_hypervisor, print_faults, run, virsh, write
from live_changes import CHANGES, FILES, VM

NETWORKS = {
    'inside': "<bridge name='vbr0'/><dns enable='no'/><ip address='192.168.77.1' netmask='255.255.255.0'/>",
    'other': "<bridge name='vbr1'/><dns enable='no'/><ip address='192.168.78.1' netmask='255.255.255.0'/>",
    'grouped': "<forward mode='bridge'/><bridge name='vbr0'/><portgroup name='web'/>",
}
LEAST = 60  # changes that libvirt must have accepted; with fewer the test proves nothing


def make_images():
    for name in ('root', 'data', 'new'):
        subprocess.run(['qemu-img', 'create', '-q', '-f', 'qcow2', f'{FOLDER}/{name}.qcow2', '4M'], check=True)
    subprocess.run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-b', f'{FOLDER}/new.qcow2', '-F', 'qcow2', f'{FOLDER}/top.qcow2'], check=True)
    for name in ('stick.img', 'shared.img', 'first.iso', 'second.iso'):
        with open(f'{FOLDER}/{name}', 'wb') as image:
            image.truncate(1 << 20)


class Run:
    def __init__(self, build):
        self.rows = Shell(build)
        self.daemons = Daemons()
        empty_hypervisor(self.daemons)
        make_images()
        os.makedirs('/var/lib/libvirt/dnsmasq', exist_ok=True)  # where libvirt keeps the addresses of a network's interfaces
        for name, content in NETWORKS.items():
            virsh('net-define', write(name + '.xml', f'<network><name>{name}</name>{content}</network>'))
            run('virsh', '-q', '-c', 'qemu:///system', 'net-start', name, check=False)
        for name, text in FILES.items():
            write(name, text)
        self.virsh = Virsh('qemu:///system')
        virsh('define', write('live.xml', self.filled(VM)))
        self.start_anew()
        self.faults = collections.defaultdict(list)
        self.refused = {}

    @staticmethod
    def filled(text):
        return text.replace('{vm}', 'live').replace('{folder}', FOLDER)

    def start_anew(self):
        self.virsh('destroy live')
        said = self.virsh('start live --paused')
        assert 'error:' not in said, said

    def commands(self, commands, device):
        """Runs the commands until one fails. Returns libvirt's error, or None."""
        for command in commands:
            if command.startswith('<'):
                command = f'{device}-device live {write("device.xml", self.filled(command))} --live'
            said = self.virsh(self.filled(command))
            for line in said.split('\n'):
                if line.startswith('error:'):
                    return line
        return None

    def drift(self):
        """Captures what libvirt has. Returns (the rows of domain_drift, sync_status of the VM)."""
        self.rows("SELECT libvirt_sync('qemu:///system')")
        found = [(change + ' ' + path.removeprefix('/domain'), old, new, against)
                 for change, path, old, new, against in self.rows('SELECT change, path, old, new, against FROM domain_drift')]
        status = self.rows('SELECT sync_status FROM virtual_machines')[0][0]
        return found, status

    def check(self, name, expected, when):
        found, status = self.drift()
        if sorted(row[0] for row in found) != sorted(expected) or any(row[3] != 'live' for row in found):
            self.faults[name].append((when, 'expected', *expected))
            self.faults[name] += [(when, *row) for row in found]
        if status != ('DRIFTED' if expected else 'SYNCED'):
            self.faults[name].append((when, 'sync_status', status))

    def change(self, name):
        change = CHANGES[name]
        error = self.commands(change.do, 'attach')
        if error:
            self.refused[name] = error
            self.start_anew()
            return
        self.check(name, change.drift, 'while it lasts')
        error = self.commands(change.undo, 'detach') if change.undo else None
        if error:
            self.faults[name].append(('taking it back', error))
        if error or not change.undo:
            self.start_anew()
        self.check(name, (), 'afterwards')

    def main(self, words):
        names = [name for name in CHANGES if not words or any(word in name for word in words)]
        self.check('defined and started', (), 'before')
        for name in names:
            self.change(name)
        self.virsh('destroy live')
        for process in (self.virsh, self.rows):
            process.end()
        self.daemons.stop_all()
        for name, error in self.refused.items():
            print(f'{name}: not here: {error}')
        print_faults(self.faults)
        done = len(names) - len(self.refused)
        print(f'{len(names)} changes: {done} done, {len(self.faults)} of them with faults')
        return 1 if self.faults or (not words and done < LEAST) else 0


if __name__ == '__main__':
    sys.exit(Run(sys.argv[1]).main(sys.argv[2:]))
