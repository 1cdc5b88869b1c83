#!/usr/bin/env python3
"""A VM made with SQL alone boots: libvirtd accepts what sql/recipes/new_vm.sql gives, QEMU runs it, and its guest
writes to the serial port. `virsh attach-device` accepts what sql/recipes/attach_volume.sql and attach_mdev.sql give.

    new_vm_test.py EXTENSION    run by `isolated`: what is defined here is gone afterwards
"""
import os
import re
import sys
import unittest

from hypervisor import FOLDER, ROOT, Daemons, await_that, empty_hypervisor, run, virsh, write

EXTENSION = sys.argv.pop(1)
RECIPES = os.path.join(ROOT, 'sql', 'recipes')
SERIAL = FOLDER + '/fresh.serial'
SAYS = 'made of rows'


def shell(script, database=FOLDER + '/new.db'):
    out = run('sqlite3', '-batch', '-bail', '-cmd', f'.load {EXTENSION.removesuffix(".so")}', database, input=script)
    assert not out.stderr, out.stderr
    return out.stdout


def recipe(name, **parameters):
    with open(os.path.join(RECIPES, name + '.sql'), encoding='utf-8') as file:
        given = ''.join(f"INSERT INTO temp.sqlite_parameters VALUES (':{key}', '{value}');\n" for key, value in parameters.items())
        return shell(('.parameter init\n' if given else '') + given + file.read())


def boot_sector():
    """The first sector of a disk. Its program writes SAYS to the first serial port and stops."""
    code = (b'\xfa\x31\xc0\x8e\xd8\xbe\x19\x7c'  # cli; xor ax,ax; mov ds,ax; mov si,0x7c19
            b'\xba\xf8\x03'                      # mov dx,0x3f8
            b'\xac\x84\xc0\x74\x03'              # lodsb; test al,al; jz over the next two
            b'\xee\xeb\xf8'                      # out dx,al; jmp lodsb
            b'\xf4\xeb\xfd')                     # hlt; jmp hlt
    code = code.ljust(0x19, b'\x90') + SAYS.encode() + b'\0'
    return code.ljust(510, b'\0') + b'\x55\xaa'


class NewVm(unittest.TestCase):
    daemons = Daemons()

    @classmethod
    def setUpClass(cls):
        empty_hypervisor(cls.daemons)
        shell('SELECT virtsql_init();')

    @classmethod
    def tearDownClass(cls):
        cls.daemons.stop_all()

    def test_boots(self):
        with open(os.path.join(RECIPES, 'new_vm.sql'), encoding='utf-8') as file:
            text = re.sub(r'^(--|\.).*$', '', file.read(), flags=re.M)
        self.assertLessEqual(text.count(';'), 8, 'statements')
        self.assertNotRegex(text, r'[0-9a-f]{8}-', 'no UUID is typed')
        recipe('new_vm')
        with open(FOLDER + '/fresh.img', 'wb') as image:
            image.write(boot_sector())
            image.truncate(1 << 20)
        # Fits the VM to this machine, which has no KVM and no network of libvirt's. The serial port goes to a file, for
        # serial().
        xml = shell(f"""
            UPDATE virtual_machines SET domain_type = 'qemu', memory = 64 WHERE name = 'fresh';
            UPDATE vm_disks SET path = '{FOLDER}/fresh.img' WHERE vm_name = 'fresh';
            UPDATE vm_ports SET source_type = 'user', network = NULL WHERE vm_name = 'fresh';
            UPDATE vm_consoles SET type = 'file', source_path = '{SERIAL}' WHERE vm_name = 'fresh' AND element = 'console';
            SELECT domain_xml('fresh', 'inactive');""")
        virsh('define', write('fresh.xml', xml))
        # What libvirt fills in is no drift of the rows.
        defined = write('defined.xml', virsh('dumpxml', '--inactive', 'fresh'))
        self.assertEqual(shell(f"SELECT domain_import(readfile('{defined}'), 'here') IS NULL; SELECT change, path, new FROM domain_drift('fresh');"), '0\n')
        virsh('start', 'fresh')
        self.addCleanup(virsh, 'destroy', 'fresh', check=False)
        await_that(lambda: SAYS in self.serial(), lambda: f'the guest says {SAYS!r}: {self.serial()!r}', 120)
        # libvirt's definition has the MAC address of the rows.
        mac = shell("SELECT mac_address FROM vm_ports WHERE vm_name = 'fresh';").strip()
        self.assertRegex(mac, r'^52:54:00(:[0-9a-f]{2}){3}$')
        self.assertIn(f"<mac address='{mac}'/>", virsh('dumpxml', 'fresh'))
        self.attach_a_volume()
        self.attach_a_mediated_device()

    @staticmethod
    def serial():
        try:
            with open(SERIAL, encoding='latin-1') as file:
                return file.read()
        except FileNotFoundError:
            return ''

    def attach_a_volume(self):
        """Attaches a volume as a disk of the running VM."""
        os.makedirs(FOLDER + '/pool', exist_ok=True)
        virsh('pool-create', write('pool.xml', f"<pool type='dir'><name>images</name><target><path>{FOLDER}/pool</path></target></pool>"))
        self.addCleanup(virsh, 'pool-destroy', 'images', check=False)
        virsh('vol-create-as', 'images', 'data.raw', '1M', '--format', 'raw')
        device = recipe('attach_volume', vm='fresh', pool='images', volume='data.raw')
        virsh('attach-device', 'fresh', write('volume.xml', device), '--live', '--config')
        for form in ((), ('--inactive',)):
            self.assertRegex(virsh('dumpxml', 'fresh', *form), r"<source pool='images' volume='data.raw'[^>]*/>(?s:.*?)<target dev='vdb' bus='virtio'/>")

    def attach_a_mediated_device(self):
        """Attaches a mediated device to the definition alone: this machine has no such device."""
        uuid = '30820a6f-b1a5-4503-91ca-0c10ba58692a'
        virsh('attach-device', 'fresh', write('mdev.xml', recipe('attach_mdev', vm='fresh', uuid=uuid)), '--config')
        self.assertIn(f"<address uuid='{uuid}'/>", virsh('dumpxml', '--inactive', 'fresh'))


if __name__ == '__main__':
    unittest.main(verbosity=2)
