#!/usr/bin/env python3
"""A VM that libvirt defines, starts and stops has no drift.

    drift_test.py BUILD [NAME...]    run by `isolated`; NAME: only these of variants.py

Definitions of many kinds of devices (variants.py) are defined, started and destroyed on a real libvirtd with QEMU.
After each step everything is captured: domain_drift must be empty and the VM SYNCED. libvirt's definition must have all
that was asked for. The inactive form that virtsql makes of a running VM's XML must be libvirt's own, except for
NOT_SAID and NOT_TOLD_APART.
"""
import collections
import json
import os
import re
import subprocess
import sys

from corpus_test import Virsh
from hypervisor import FOLDER, Daemons, answering, empty_hypervisor, print_faults, run, virsh, write
from variants import definitions

NETWORKS = ("<network><name>inside</name><bridge name='vbr0'/><dns enable='no'/><ip address='192.168.77.1' netmask='255.255.255.0'/></network>",
            "<network><name>grouped</name><forward mode='bridge'/><bridge name='vbr0'/><portgroup name='web'><bandwidth><inbound average='500'/></bandwidth></portgroup></network>",
            "<network><name>small</name><bridge name='vbr2'/><mtu size='1400'/><dns enable='no'/><ip address='192.168.79.1' netmask='255.255.255.0'/></network>",
            "<network><name>switched</name><forward mode='bridge'/><bridge name='vbr0'/><virtualport type='openvswitch'/>"
            "<portgroup name='plain' default='yes'><vlan><tag id='42'/></vlan></portgroup>"
            "<portgroup name='trunk'><vlan trunk='yes'><tag id='1' nativeMode='untagged'/><tag id='2'/></vlan><virtualport type='openvswitch'><parameters profileid='p'/></virtualport>"
            "<bandwidth><inbound average='500'/></bandwidth></portgroup></network>")

# Paths in which the inactive form may differ from libvirt's if only live XML of the VM is known: libvirt filled them in
# at the start, and live XML does not say so (sql/API.md has the list).
NOT_SAID = ('/domain/resource', '/domain/cpu', '/domain/seclabel', '/domain/currentMemory', '/domain/devices/graphics/@listen',
            '/domain/devices/graphics/listen/@address', '/domain/devices/graphics/@websocket', '/domain/devices/serial/source/@tls',
            '/domain/devices/console/source/@tls', '/domain/devices/console/target/@port', '/domain/devices/disk/driver/@type', '/domain/os/@firmware',
            '/domain/os/loader', '/domain/os/nvram', '/domain/vcpus/vcpu/@order')
# Parts of an interface that come from the network's port group or from the definition. Live XML does not say which, so
# the inactive form leaves them out.
NOT_TOLD_APART = tuple('/domain/devices/interface/' + part for part in ('bandwidth', 'vlan', 'virtualport'))


def make_network_tools():
    """Makes the programs that libvirt sets up ports with. ovs-vsctl says yes to everything: the real one needs a kernel
    with Open vSwitch. tc never fails: the kernel may not be able to shape traffic, which is not tested here."""
    for name, script in (('ovs-vsctl', 'exit 0'), ('tc', '/sbin/tc "$@" 2>/dev/null; exit 0')):
        path = f'/usr/local/bin/{name}'
        with open(path, 'w', encoding='utf-8') as file:
            file.write(f'#!/bin/sh\n{script}\n')
        os.chmod(path, 0o755)
    os.environ['PATH'] = '/usr/local/bin:' + os.environ['PATH']
    run('ip', 'route', 'add', '224.0.0.0/4', 'dev', 'lo', check=False)
    os.makedirs('/var/lib/libvirt/dnsmasq', exist_ok=True)


def make_firmware():
    """Makes descriptions of firmware for libvirt to choose from. The UEFI images are empty: they boot nothing."""
    os.makedirs('/etc/qemu/firmware', exist_ok=True)
    for file in ('CODE', 'VARS'):
        with open(f'/usr/share/virtsql-test-{file}.fd', 'wb') as image:
            image.truncate(256 << 10)
    targets = [{'architecture': 'x86_64', 'machines': ['pc-i440fx-*', 'pc-q35-*']}]
    mapping = {'device': 'flash', 'executable': {'filename': '/usr/share/virtsql-test-CODE.fd', 'format': 'raw'},
               'nvram-template': {'filename': '/usr/share/virtsql-test-VARS.fd', 'format': 'raw'}}
    for name, kind, how in (('10-efi', 'uefi', mapping), ('20-bios', 'bios', {'device': 'memory', 'filename': '/usr/share/seabios/bios-256k.bin'})):
        with open(f'/etc/qemu/firmware/{name}.json', 'w', encoding='utf-8') as file:
            json.dump({'description': name, 'interface-types': [kind], 'mapping': how, 'targets': targets, 'features': [], 'tags': []}, file)


class Shell:
    """One sqlite3 shell with the extensions of the build, for many statements: on a database opened read-only, or on an
    empty one."""

    def __init__(self, build, database=None):
        path = f'file:{database}?mode=ro' if database else ':memory:'
        self.process = subprocess.Popen(['sqlite3', '-batch', path, '-cmd', '.timeout 10000', '-cmd', f'.load {build}/sqlite_ext/virtsql',
                                         '-cmd', f'.load {build}/sqlite_ext/virtsql_libvirt', '-cmd', '.mode json'],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if not database:
            self('SELECT virtsql_init()')

    def __call__(self, sql, **values):
        """Runs the statement and returns its rows as tuples. :name in the statement stands for the value of that
        name."""
        sql = re.sub(r':(\w+)', lambda name: "'" + values[name[1]].replace("'", "''") + "'", sql)
        said = ''
        with answering(self.process):
            self.process.stdin.write(sql + ';\n.print =done=\n')
            self.process.stdin.flush()
            for line in self.process.stdout:
                if line == '=done=\n':
                    break
                said += line
            else:
                raise AssertionError(f'the shell ended, or did not answer, at {sql}: {said}')
        if not said:
            return []
        assert said.startswith('['), f'{sql}\n{said}'
        return [tuple(row.values()) for row in json.loads(said)]

    def end(self):
        self.process.stdin.close()
        self.process.wait(30)


class Run:
    def __init__(self, build, names):
        self.faults = collections.defaultdict(list)
        self.rows = Shell(build)
        self.other = Shell(build)  # its VMs are known by live XML alone
        self.daemons = Daemons()
        make_firmware()
        make_network_tools()
        empty_hypervisor(self.daemons)
        os.makedirs('/var/lib/libvirt/qemu/nvram', exist_ok=True)
        for index, network in enumerate(NETWORKS):
            virsh('net-define', write(f'network{index}.xml', network))
            run('virsh', '-q', '-c', 'qemu:///system', 'net-start', ('inside', 'grouped', 'small', 'switched')[index], check=False)
        self.asked = {name: xml for name, xml in definitions(FOLDER).items() if not names or name in names}
        self.virsh = Virsh('qemu:///system')
        self.refused = {}

    def each(self, command, names):
        """Runs the command for each name. Returns those for which libvirt accepted it, and remembers the errors of the
        others."""
        out = []
        for name in names:
            said = self.virsh(command.format(name=name))
            error = [line for line in said.split('\n') if line.startswith('error:')]
            if error:
                self.refused[name] = command.split()[0] + ': ' + error[-1]
            else:
                out.append(name)
        return out

    def check(self, step, names):
        self.rows("SELECT libvirt_sync('qemu:///system')")
        drift = collections.defaultdict(list)
        for name, against, change, path, old, new in self.rows('SELECT vm_name, against, change, path, old, new FROM domain_drift'):
            drift[name].append((against, change, path, old, new))
        status = dict(self.rows('SELECT name, sync_status FROM virtual_machines'))
        for name in names:
            for row in drift[name]:
                self.faults[name].append((step, *row))
            if status.get(name) != 'SYNCED':
                self.faults[name].append((step, 'sync_status', status.get(name)))

    def document(self, command):
        said = self.virsh(command)
        return said[said.index('<domain '):said.index('</domain>') + 9] + '\n'

    def compare_forms(self, name):
        """Compares the inactive form that virtsql makes of the running VM's document with libvirt's."""
        live = self.document(f'dumpxml {name}')
        inactive = self.document(f'dumpxml --inactive {name}')
        other = self.other
        given = other("SELECT domain_xml(domain_import(:live, 'other'), 'inactive') AS xml", live=live)[0][0]
        for row in other('SELECT change, path, old, new FROM domain_diff(:a, :b)', a=inactive, b=given):
            if not row[1].startswith(NOT_SAID) and not (row[0] == 'removed' and row[1].startswith(NOT_TOLD_APART)):
                self.faults[name].append(('inactive form of live XML', *row))

    def main(self):
        names = self.each(f'define {FOLDER}/{{name}}.xml', [n for n in self.asked if write(n + '.xml', self.asked[n])])
        self.check('defined', names)
        for name in names:
            inactive = self.document(f'dumpxml --inactive {name}')
            for row in self.rows("SELECT change, path, old, new FROM domain_diff(:a, :b, 'asked')", a=self.asked[name], b=inactive):
                self.faults[name].append(('asked', *row))
        names = self.each('start --paused {name}', names)
        self.check('started', names)
        for name in names:
            self.compare_forms(name)
        names = self.each('destroy {name}', names)
        self.check('stopped', names)
        for process in (self.virsh, self.rows, self.other):
            process.end()
        self.daemons.stop_all()
        for name, error in self.refused.items():
            print(f'{name}: not here: {error}')
        print_faults(self.faults)
        print(f'{len(self.asked)} definitions: {len(names)} defined, started and stopped; {len(self.faults)} with faults')
        return 1 if self.faults or (len(self.asked) > 60 and len(names) < 60) else 0


if __name__ == '__main__':
    BUILD = sys.argv[1]
    sys.exit(Run(BUILD, sys.argv[2:]).main())
