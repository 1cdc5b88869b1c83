#!/usr/bin/env python3
"""virtsql restore: an empty libvirtd gets back everything that another libvirtd had.

    restore_test.py BUILD    run by `isolated`: what is defined here is gone afterwards
"""
import os
import re
import shutil
import sys
import unittest

from hypervisor import DATABASE, FOLDER, ROOT, SPOOL, Daemons, empty_hypervisor, run, virsh, write

BUILD = sys.argv.pop(1)

NETWORKS = ["<network><name>-o'net</name><forward mode='bridge'/><bridge name='br9'/></network>",
            "<network><name>idle</name><forward mode='bridge'/><bridge name='br8'/></network>"]
POOLS = [f"<pool type='dir'><name>images &amp; more</name><target><path>{FOLDER}/pool</path></target></pool>",
         "<pool type='dir'><name>idle</name><target><path>/nowhere/pool</path></target></pool>"]

# What only runs, and is gone when it stops.
TRANSIENT_NETWORK = "<network><name>passing</name><forward mode='bridge'/><bridge name='br7'/></network>"
TRANSIENT_POOL = f"<pool type='dir'><name>passing</name><target><path>{FOLDER}/passing</path></target></pool>"

# The second needs the first, and its name means something to a shell and to virsh. (With an apostrophe in it libvirt
# writes broken XML.)
FILTERS = ["<filter name='lower'><rule action='drop' direction='out'/></filter>",
           "<filter name='-a%s$b'><filterref filter='lower'/><rule action='accept' direction='in'/></filter>"]
SECRET = "<secret ephemeral='no' private='yes'><uuid>2ec115d7-3a88-3ceb-bc12-0ac909a6fd87</uuid><description>of a test</description>" \
    "<usage type='volume'><volume>/srv/x</volume></usage></secret>"


# In the place of mdevctl, with which libvirt defines mediated devices: this machine's devices have none. It remembers one.
MDEVCTL = f"""#!/bin/sh
case "$*" in
  'list '*defined*) [ -e {FOLDER}/mdev ] && printf '[{{"%s":[{{"%s":{{"mdev_type":"mtty-1","start":"manual"}}}}]}}]' $(cat {FOLDER}/mdev) || echo '[]' ;;
  list*) echo '[]' ;;
  define*) for word; do case $word in --parent=*) parent=${{word#*=}} ;; --uuid=*) uuid=${{word#*=}} ;; esac; done; echo $parent $uuid >{FOLDER}/mdev ;;
esac
"""
MEDIATED = "<device><parent>{}</parent><capability type='mdev'><type id='mtty-1'/><uuid>c2177883-f1bb-47f0-914d-32a22e3a8804</uuid></capability></device>"


def guest(name, extra=''):
    return f"""<domain type='qemu'>
  <name>{name}</name>{extra}
  <memory unit='MiB'>64</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{FOLDER}/{name}.qcow2'/><target dev='vda' bus='virtio'/></disk>
    <interface type='network'><source network="-o'net"/><model type='virtio'/></interface>
  </devices>
</domain>
"""


def all_of_it():
    """Everything that virsh shows about what was defined."""
    out = {'networks': virsh('net-list', '--all'), 'pools': virsh('pool-list', '--all'),
           'autostart': sorted(virsh('list', '--all', '--autostart', '--name').split())}
    for kind, dump in (('net', 'net-dumpxml'), ('pool', 'pool-dumpxml'), ('', 'dumpxml')):
        for name in virsh(kind + ('-list' if kind else 'list'), '--all', '--name').strip().split('\n'):
            # virsh pads the names that it lists. How full a pool is does not belong to its definition.
            out[dump, name.strip()] = re.sub('<(capacity|allocation|available) .*', '', virsh(dump, '--inactive', '--', name.strip()))
    for line in virsh('nwfilter-list').strip().split('\n'):
        out['filter', line.split()[1]] = virsh('nwfilter-dumpxml', '--', line.split()[1])
    out['secrets'] = virsh('secret-list')
    out['mediated'] = virsh('nodedev-list', '--all', '--cap', 'mdev')
    for name in virsh('list', '--all', '--name').split():
        out['tree', name] = virsh('snapshot-list', name, '--tree')
        for snapshot in virsh('snapshot-list', name, '--name').split():
            out['snapshot', name, snapshot] = virsh('snapshot-dumpxml', name, snapshot)
    return out


class Restore(unittest.TestCase):
    maxDiff = None
    daemons = Daemons()

    @classmethod
    def setUpClass(cls):
        os.makedirs(FOLDER, exist_ok=True)
        with open('/usr/sbin/mdevctl', 'w', opener=lambda path, flags: os.open(path, flags, 0o755), encoding='utf-8') as file:
            file.write(MDEVCTL)
        empty_hypervisor(cls.daemons)
        top = FOLDER + '/checkout'
        shutil.copytree(ROOT + '/sql', top + '/sql')
        os.makedirs(top + '/build')
        os.symlink(BUILD + '/sqlite_ext', top + '/build/sqlite_ext')
        cls.virtsql = top + '/sql/virtsql'
        os.mkdir(FOLDER + '/pool')
        os.mkdir(FOLDER + '/passing')

    @classmethod
    def tearDownClass(cls):
        cls.daemons.stop_all()

    def fill(self):
        for number, xml in enumerate(NETWORKS):
            virsh('net-define', write(f'net{number}.xml', xml))
        virsh('net-start', '--network', "-o'net")
        virsh('net-autostart', '--network', "-o'net")
        for number, xml in enumerate(POOLS):
            virsh('pool-define', write(f'pool{number}.xml', xml))
        virsh('pool-start', 'images & more')
        virsh('pool-autostart', 'images & more')
        for number, xml in enumerate(FILTERS):
            virsh('nwfilter-define', write(f'filter{number}.xml', xml))
        virsh('secret-define', write('secret.xml', SECRET))
        parents = virsh('nodedev-list', '--cap', 'pci').split()
        if parents:
            virsh('nodedev-define', write('mediated.xml', MEDIATED.format(parents[-1])))
        for name, extra in (('first', '<title>a &lt;b&gt;</title>'), ('second', ''), ('undone', '')):
            run('qemu-img', 'create', '-q', '-f', 'qcow2', f'{FOLDER}/{name}.qcow2', '8M')
            virsh('define', write(name + '.xml', guest(name, extra)))
        virsh('autostart', 'second')
        # A tree of snapshots: `one`, and below it `two` and `three`.
        for snapshot in ('one', 'two'):
            virsh('snapshot-create-as', 'first', snapshot)
        virsh('snapshot-revert', 'first', 'one')
        virsh('snapshot-create-as', 'first', 'three', '--description', "it's the third")
        # Not the last one that was made.
        virsh('snapshot-revert', 'first', 'two')
        virsh('net-create', write('passing_net.xml', TRANSIENT_NETWORK))
        virsh('pool-create', write('passing_pool.xml', TRANSIENT_POOL))
        virsh('create', write('passing.xml', re.sub('<devices>.*</devices>', '', guest('passing'), flags=re.S)))

    def assert_the_same(self, before):
        now = all_of_it()
        self.assertEqual(sorted(map(str, now)), sorted(map(str, before)))
        for key, value in before.items():
            self.assertEqual(now[key], value, key)

    def test_everything_comes_back(self):
        self.fill()
        folder = FOLDER + '/again'
        os.makedirs(SPOOL, mode=0o700)
        for undefined in (None, 'undone'):
            if undefined:
                virsh('undefine', undefined)
            run(BUILD + '/hook/virtsqld', '--once')
        virsh('destroy', 'passing')
        before = all_of_it()
        self.assertGreater(len(before), 10)

        self.assertIn('definitions of', run(self.virtsql, 'restore', folder, DATABASE).stdout)
        self.assertEqual(os.stat(folder).st_mode & 0o777, 0o700)
        self.daemons.stop_all()
        for path in (FOLDER + '/mdev', '/etc/libvirt/storage', '/run/libvirt/storage', '/run/libvirt/network', '/etc/libvirt/nwfilter', '/etc/libvirt/secrets'):
            run('rm', '-rf', path)
        empty_hypervisor(self.daemons)
        self.assertEqual(''.join(virsh(kind, '--all', '--name').strip() for kind in ('list', 'net-list', 'pool-list')), '')

        said = run(folder + '/restore').stderr
        self.assertRegex(said, 'VM passing .* was transient: virsh create transient/0001-passing.xml starts it')
        self.assert_the_same(before)
        virsh('create', folder + '/transient/0001-passing.xml')
        virsh('destroy', 'passing')
        # Restoring once more reports what is there already, and changes nothing.
        again = run(folder + '/restore', check=False)
        self.assertIn('net-start', again.stderr)
        self.assertEqual(again.returncode, 1)
        self.assert_the_same(before)


if __name__ == '__main__':
    unittest.main(verbosity=2)
