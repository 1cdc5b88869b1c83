#!/usr/bin/env python3
"""libvirt runs clones at the same time as their origin, and no two of them have a value that only one VM may have.

    clone_test.py EXTENSION    run by `isolated`: what is defined here is gone afterwards
"""
import os
import re
import subprocess
import sys
import unittest

from hypervisor import FOLDER, Daemons, empty_hypervisor, run, virsh, write

EXTENSION = sys.argv.pop(1)
DOCUMENTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'documents')

ORIGIN = f"""<domain type='qemu'>
  <name>origin</name>
  <uuid>00000000-aaaa-4bbb-8ccc-0000000000c1</uuid>
  <genid>43dc0cf8-809b-4adb-9bea-a9abb5f3d90e</genid>
  <memory unit='MiB'>48</memory>
  <vcpu>1</vcpu>
  <sysinfo type='smbios'>
    <system><entry name='manufacturer'>m</entry><entry name='uuid'>00000000-aaaa-4bbb-8ccc-0000000000c1</entry></system>
  </sysinfo>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <loader readonly='yes' type='pflash'>{FOLDER}/firmware.fd</loader>
    {{nvram}}
    <smbios mode='sysinfo'/>
  </os>
  <features><acpi/></features>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/><source file='{FOLDER}/shared.img'/><target dev='vda' bus='virtio'/><shareable/>
    </disk>
    <lease><lockspace>l</lockspace><key>k</key><target path='/srv/lease'/></lease>
    <interface type='user'><mac address='52:54:00:aa:bb:01'/><target dev='tap-origin'/><model type='virtio'/></interface>
    <serial type='file'><source path='{FOLDER}/origin.serial'/><target port='0'/></serial>
    <serial type='unix'><source mode='bind' path='{FOLDER}/console.sock'/><log file='{FOLDER}/origin.log'/><target port='1'/></serial>
    <serial type='tcp'>
      <source mode='bind' host='127.0.0.1' service='45555' tls='no'/><protocol type='telnet'/><target port='2'/>
    </serial>
    <channel type='unix'>
      <source mode='bind' path='{FOLDER}/origin.agent'/><target type='virtio' name='org.qemu.guest_agent.0'/>
    </channel>
    <channel type='unix'><target type='virtio' name='org.example.0'/></channel>
    <graphics type='vnc' port='5919' autoport='no' websocket='5719' listen='127.0.0.1'/>
    <graphics type='spice' port='5920' autoport='no'><listen type='address' address='127.0.0.1'/></graphics>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
  </devices>
</domain>
"""

# The parts of a VM's document whose values only one VM may have.
OWN = ['uuid', 'genid', ".//entry[@name='uuid']", './/nvram', './/nvram/source', './/interface/mac', './/interface/target', './/serial/source',
       './/serial/log', './/channel/source', './/graphics', './/lease']


def shell(*sql):
    out = run('sqlite3', '-batch', '-cmd', f'.load {EXTENSION.removesuffix(".so")}', FOLDER + '/clones.db', *sql)
    assert not out.stderr, out.stderr
    return out.stdout.rstrip('\n')


class Clone(unittest.TestCase):
    maxDiff = None
    daemons = Daemons()

    @classmethod
    def setUpClass(cls):
        empty_hypervisor(cls.daemons)
        with open(FOLDER + '/shared.img', 'wb') as image:
            image.truncate(1 << 20)
        for name in ('firmware.fd', 'template.fd', 'origin_VARS.fd'):
            with open(f'{FOLDER}/{name}', 'wb') as image:
                image.truncate(256 << 10)
        shell('SELECT virtsql_init()')

    @classmethod
    def tearDownClass(cls):
        cls.daemons.stop_all()

    def both_run(self, xml, clones):
        """Defines and starts the VM and its clones. Returns (name, XML while it runs) of each."""
        name = re.search('<name>(.*?)</name>', xml)[1]
        virsh('define', write('origin.xml', xml))
        inactive = virsh('dumpxml', '--inactive', name)
        shell(f"SELECT domain_import(CAST(readfile('{write('dump.xml', inactive)}') AS TEXT), 'host')")
        virsh('start', name)
        running = [(name, virsh('dumpxml', name))]
        try:
            for clone in clones:
                shell(f"SELECT domain_clone('{name}', '{clone}')")
                text = shell(f"SELECT domain_xml('{clone}')") + '\n'
                self.assertEqual(shell(f"SELECT domain_validate(domain_xml('{clone}'))"), '', text)
                virsh('define', write(f'{clone}.xml', text))
                # This folder comes with libvirt's package, but undefining a VM removes it if it is empty.
                os.makedirs('/var/lib/libvirt/qemu/nvram', exist_ok=True)
                virsh('start', clone)
                running.append((clone, virsh('dumpxml', clone)))
        finally:
            for started in virsh('list', '--name').split():
                virsh('destroy', started)
            for defined in virsh('list', '--all', '--name').split():
                virsh('undefine', defined, '--nvram')
        return running

    def own_values(self, xml):
        from xml.etree import ElementTree
        root = ElementTree.fromstring(xml)
        for path in OWN:
            for element in root.iterfind(path):
                for attribute, value in element.attrib.items():
                    if attribute in ('path', 'file', 'address', 'dev', 'port', 'tlsPort', 'websocket', 'service', 'socket') and value != '-1':
                        yield path, attribute, value
                if element.text and element.text.strip():
                    yield path, 'text', element.text.strip()

    def test_original_and_clones_run_at_once_and_share_nothing(self):
        for number, nvram in enumerate((f"<nvram template='{FOLDER}/template.fd'>{FOLDER}/origin_VARS.fd</nvram>",
                                        f"<nvram type='file' template='{FOLDER}/template.fd'><source file='{FOLDER}/origin_VARS.fd'/></nvram>")):
            with self.subTest(nvram=nvram):
                shell("DELETE FROM virtual_machines")
                running = self.both_run(ORIGIN.format(nvram=nvram), (f'first{number}', f'second{number}'))
                taken = {}
                for name, xml in running:
                    own = {value[1:] for value in self.own_values(xml)}
                    self.assertEqual(own & set(taken), set(), f'{name} has them, and {[taken.get(value) for value in own]}')
                    taken.update(dict.fromkeys(own, name))
                    self.assertEqual(len(set(re.findall(r"<uuid>(.*?)</uuid>|name='uuid'>(.*?)<", xml))), 2)
                self.assertIn("websocket='", running[1][1])
                self.assertIn("<entry name='manufacturer'>m</entry>", running[1][1])

    def test_names_that_libvirt_refuses_are_refused(self):
        text = ORIGIN.format(nvram='')
        shell("DELETE FROM virtual_machines", f"SELECT domain_import(CAST(readfile('{write('names.xml', text)}') AS TEXT), 'host')")
        for name in ('a/b', 'a\nb', '.', '..', 'x' * 248, 'a b', ' a', '-x', '.hidden', 'x' * 247):
            defined = run('virsh', '-q', '-c', 'qemu:///system', 'define', write('name.xml', text.replace('<name>origin<', f'<name>{name}<')), check=False)
            if not defined.returncode:
                virsh('undefine', '--nvram', '00000000-aaaa-4bbb-8ccc-0000000000c1')
            cloned = run('sqlite3', '-batch', '-cmd', f'.load {EXTENSION.removesuffix(".so")}', FOLDER + '/clones.db',
                         f"SELECT domain_clone('origin', '{name}')", check=False)
            self.assertEqual(bool(cloned.stderr), defined.returncode != 0, f'{name!r}: {cloned.stderr} {defined.stderr}')
            if cloned.stderr:
                self.assertIn('domain_clone(): ', cloned.stderr)

    def test_the_cases_are_taken(self):
        for case, name in (('28-clone-sysinfo', 'nova-like'), ('19-clone.before', 'podvm-src'), ('ops-22-nvram-source', 'uefi1')):
            shell(f"SELECT domain_import(CAST(readfile('{DOCUMENTS}/cases/{case}.xml') AS TEXT), 'cases')",
                  f"SELECT domain_clone('{name}', 'copy')", "UPDATE virtual_machines SET domain_type = 'test' WHERE name = 'copy'")
            text = shell("SELECT domain_xml('copy')")
            said = subprocess.run(['virsh', '-c', 'test:///default', f'define {write("copy.xml", text)}; dumpxml copy'], capture_output=True, text=True)
            self.assertIn('<name>copy</name>', said.stdout, said.stderr)
            shell("DELETE FROM virtual_machines")


if __name__ == '__main__':
    unittest.main(verbosity=2)
