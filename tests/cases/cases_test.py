#!/usr/bin/env python3
"""Imports small documents in a real sqlite3 shell, and checks the right answers that the folder's README.md gives.

    cases_test.py FOLDER    VIRTSQL_EXTENSION is the extension
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import sqlite_shell

CASES = pathlib.Path(sys.argv.pop(1)).resolve()
ROOT = pathlib.Path(__file__).resolve().parents[2]


class Case(unittest.TestCase):
    """Each test has a database of its own, `self.database`."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.database = self.folder.name + '/vms.db'
        sqlite_shell.make_empty_database(self.database)

    def shell(self, script, database=None, *options):
        return sqlite_shell.run(database or self.database, script='.bail on\n.mode list\n.headers off\n' + script, options=options)

    def sql(self, script, database=None):
        """Runs the script and returns the lines that it prints. Fails if it reports an error."""
        done = self.shell(script, database)
        if done.returncode or done.stderr:
            self.fail(f'{script}\n{done.stderr}')
        return done.stdout.splitlines()

    def refused(self, script):
        """Runs a script that must fail, and returns its error message."""
        done = self.shell(script)
        self.assertTrue(done.stderr, script)
        return done.stderr

    def take(self, name, host='h1', function='domain'):
        return self.take_text((CASES / name).read_text(), host, function)

    def take_text(self, xml, host='h1', function='domain'):
        path = self.folder.name + '/document.xml'
        pathlib.Path(path).write_text(xml)
        return self.sql(f"SELECT {function}_import(readfile('{path}'), '{host}');")[0]

    def difference(self, before, after, columns='change, path', mode=''):
        texts = []
        for number, text in enumerate((before, after)):
            path = f'{self.folder.name}/{number}.xml'
            pathlib.Path(path).write_text((CASES / text).read_text() if text.endswith('.xml') else text)
            texts.append(f"readfile('{path}')")
        return self.sql(f"SELECT {columns} FROM domain_diff({', '.join(texts)}{mode});")

    def recipe(self, name, **parameters):
        commands = '.parameter init\n' + ''.join(f".parameter set :{key} \"'{value}'\"\n" for key, value in parameters.items())
        return self.sql(f"{commands}.cd {self.folder.name}\n.read {ROOT}/sql/recipes/{name}.sql\n")

    def xml(self, vm, form=''):
        return '\n'.join(self.sql(f"SELECT domain_xml('{vm}'{form});")) + '\n'


def domain(devices='', extra='', kind='kvm', name='a'):
    return f"<domain type='{kind}'><name>{name}</name>{extra}<devices>{devices}</devices></domain>"


class Definitions(Case):
    def test_a_row_of_a_namespace_declares_it(self):
        vm = self.take('16-fwcfg.before.xml')
        self.sql(f"DELETE FROM qemu_arguments; INSERT INTO qemu_arguments (vm_uuid, value) VALUES ('{vm}', '-S');")
        self.assertIn("xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'", self.xml(vm))
        self.assertEqual(self.sql(f"SELECT domain_validate(domain_xml('{vm}')) IS NULL;"), ['1'])

    def test_order_that_counts_is_a_change(self):
        rows = self.difference('06-redirfilter.before.xml', '06g-rules-swapped.xml')
        self.assertTrue(rows)
        for row in rows:
            self.assertTrue(row.startswith('moved|/domain/devices/redirfilter/usbdev'), row)
        self.assertTrue(self.difference('01-qemu-namespace.before.xml', '01f-args-swapped.xml'))
        self.assertTrue(self.difference('16-fwcfg.before.xml', '16b-oem-swapped.xml'))
        init = '<os><type>exe</type><init>/sbin/init</init><initarg>{}</initarg><initarg>{}</initarg></os>'
        self.assertTrue(self.difference(domain(extra=init.format('x', 'y'), kind='lxc'), domain(extra=init.format('y', 'x'), kind='lxc')))

    def test_managed_rows_in_another_order_have_drifted(self):
        vm = self.take('06g-rules-swapped.xml')
        self.sql(f"UPDATE virtual_machines SET title = 'mine' WHERE uuid = '{vm}';")
        self.take('06-redirfilter.before.xml')
        self.assertEqual(self.sql('SELECT source, sync_status FROM virtual_machines;'), ['managed|DRIFTED'])
        self.assertTrue([row for row in self.sql(f"SELECT change, path FROM domain_drift('{vm}');") if row.startswith('moved|/domain/devices/redirfilter')])

    def test_what_libvirt_resolved_at_the_start_is_no_definition(self):
        xml = self.xml(self.take('27-live-actual.live.xml'), ", 'inactive'")
        interface = re.search(r'<interface.*?</interface>', xml, re.S).group(0)
        self.assertIn("<interface type='network'>", interface)
        self.assertIn("<source network='lan' portgroup='web'/>", interface)
        self.assertNotIn('bridge', interface)

    def test_a_start_is_no_drift(self):
        vm = self.take('27-live-actual.persistent.xml')
        self.take('27-live-actual.live.xml')
        self.assertEqual(self.sql(f"SELECT * FROM domain_drift('{vm}');"), [])

    def test_a_clone_has_what_only_one_may_have(self):
        first = self.sql(f"SELECT domain_clone('{self.take('28-clone-sysinfo.xml')}', 'copy');")[0]
        self.assertIn(f"<entry name='uuid'>{first}</entry>", self.xml(first))
        second = self.xml(self.sql(f"SELECT domain_clone('{self.take('19-clone.before.xml')}', 'other');")[0])
        self.assertRegex(second, r"<graphics type='vnc' port='-1' autoport='yes'")
        self.assertIn("<cid auto='yes'/>", second)
        third = self.xml(self.sql(f"SELECT domain_clone('{self.take('ops-22-nvram-source.xml')}', 'third');")[0])
        origin = re.findall(r"(?:file|dir|path)='([^']*(?:nvram|NVRAM|VARS|tpm|swtpm)[^']*)'", (CASES / 'ops-22-nvram-source.xml').read_text())
        for path in origin:
            self.assertNotIn(path, third)

    def test_namespaces_are_known_by_their_uri(self):
        for other in ('01c-other-prefix.xml', '01d-default-ns.xml'):
            self.assertEqual(self.sql(f"SELECT DISTINCT kept FROM xml_leaves(readfile('{CASES / other}'));"), ['column'], other)
            self.assertEqual(self.difference('01-qemu-namespace.before.xml', other), [], other)
        self.assertIn('vendor', self.sql(f"SELECT DISTINCT kept FROM xml_leaves(readfile('{CASES / '01e-foreign-uri.xml'}'));"))
        self.assertEqual([row for row in self.difference('01b-namespace-on-child.xml', '01-qemu-namespace.before.xml', mode=", 'asked'") if '@xmlns' in row], [])

    def test_an_inactive_definition_is_the_file(self):
        vm = self.take('01-qemu-namespace.before.xml')
        self.assertEqual(self.xml(vm, ", 'inactive'").rstrip('\n') + '\n', (CASES / '01-qemu-namespace.before.xml').read_text())

    def test_differences_are_what_was_done(self):
        rows = self.difference('01-qemu-namespace.before.xml', '01-qemu-namespace.after.xml')
        self.assertEqual(len(rows), 3, rows)
        rows = self.difference('18-disks.before.xml', '18-disks.after.xml')
        self.assertEqual(len(rows), len(set(rows)))
        rows = self.difference('06-redirfilter.before.xml', '06b-rule-in-front.xml')
        self.assertEqual([row for row in rows if row.startswith('moved')], [])
        self.assertTrue([row for row in rows if row.startswith('added')])

    def test_paths_are_those_of_the_documents(self):
        disk = "<disk type='block'><source dev='{}'/><target dev='vda'/></disk>"
        self.assertEqual(self.difference(domain(disk.format('/dev/a')), domain(disk.format('/dev/b'))), ['changed|/domain/devices/disk/source/@dev'])
        chain = "<disk type='file'><source file='/a'/><backingStore type='file'><source file='{}'/></backingStore><target dev='vda'/></disk>"
        self.assertEqual(self.difference(domain(chain.format('/b')), domain(chain.format('/c'))), ['changed|/domain/devices/disk/backingStore/source/@file'])
        ids = "<idmap><gid start='0' target='{}' count='10'/></idmap>"
        self.assertEqual(self.difference(domain(extra=ids.format(1000)), domain(extra=ids.format(2000))), ['changed|/domain/idmap/gid/@target'])
        for row in self.difference(domain("<graphics type='vnc'/>"), domain("<graphics type='spice'/>")):
            self.assertIn('|/domain/devices/graphics', row)

    def test_companion_controllers_are_known_by_their_model(self):
        controllers = "".join("<controller type='usb' index='0' model='ich9-{}'/>".format(model) for model in ('ehci1', 'uhci1', 'uhci2'))
        rows = self.difference(domain(controllers), domain(controllers.replace("<controller type='usb' index='0' model='ich9-uhci1'/>", '')), 'change, key || old')
        changes = [row for row in rows if '|' in row]
        self.assertEqual(len(changes), 1, rows)
        self.assertTrue(changes[0].startswith('removed|') and 'uhci1' in changes[0], rows)

    def test_a_port_without_autoport_is_named(self):
        self.assertIn('port', self.sql(f"SELECT domain_validate(readfile('{CASES / '31-vnc-autoport-no-without-port.xml'}'));")[0])

    def test_metadata_is_as_libxml2_dumps_it(self):
        metadata = '<metadata>\n    <a xmlns="u" k="&#xE9;">é 世</a>\n  </metadata>'
        vm = self.take_text(f"<domain type='kvm'>\n  <name>a</name>\n  {metadata}\n</domain>\n")
        self.assertIn(metadata, self.xml(vm))


class Units(Case):
    def test_bytes_where_no_unit_is_written(self):
        self.take_text('<volume><name>a</name><capacity>1</capacity></volume>', function='volume')
        self.assertEqual(self.sql('SELECT capacity_bytes FROM volumes;'), ['1'])
        shmem = "<shmem name='s'><size{}>{}</size></shmem>"
        self.assertTrue(self.difference(domain(shmem.format('', 4096)), domain(shmem.format(" unit='KiB'", 4096))))
        self.assertEqual(self.difference(domain(shmem.format('', 4096)), domain(shmem.format(" unit='KiB'", 4))), [])
        vm = self.take_text("<domain type='kvm'><name>k</name><memory unit='Kx'>4</memory></domain>")
        self.assertEqual(self.sql(f"SELECT memory_bytes IS NULL FROM virtual_machines WHERE uuid = '{vm}';"), ['1'])

    def test_numbers_are_numbers(self):
        vm = self.take('18-disks.before.xml')
        self.sql("UPDATE virtual_machines SET vcpus = '4';")
        self.assertEqual(self.sql('SELECT uuid FROM virtual_machines WHERE vcpus = 4;'), [vm])
        done = self.shell('UPDATE virtual_machines SET memory = memory * 1.5;')
        if not done.stderr:
            self.assertRegex(self.xml(vm), r"<memory unit='[KMG]iB'>\d+</memory>")


class Writes(Case):
    def test_a_column_that_cannot_be_written_says_what_to_set(self):
        self.take('18-disks.before.xml')
        for column in ('source_pci_address', 'driver_json', 'vm_name', 'id', 'disk_id'):
            self.assertIn(column, self.refused(f"UPDATE vm_disks SET {column} = '0000:01:00.0';"), column)
        for column in [row for row in self.sql("SELECT name FROM pragma_table_info('vm_disks');") if row.endswith('_bytes')]:
            self.assertIn(column, self.refused(f'UPDATE vm_disks SET {column} = 1;'))
        self.assertIn('driver_json', self.refused("INSERT INTO vm_disks (vm_name, device_name, driver_json) VALUES ('disks', 'vdz', '{}');"))


class Identity(Case):
    def test_dashes_are_no_part_of_a_uuid(self):
        uuid = '4dea22b3-1d52-d8f3-2516-782e98ab3fa0'
        one = self.take_text(domain(extra=f'<uuid>{uuid}</uuid>'))
        self.assertEqual(self.take_text(domain(extra=f"<uuid>{uuid.replace('-', '')}</uuid>")), one)
        self.assertEqual(self.sql('SELECT count(*) FROM virtual_machines;'), ['1'])

    def test_a_vm_takes_its_things_to_another_host(self):
        for host in ('h', 'h2'):
            self.take('18-disks.before.xml', host)
        for table in ('disks', 'ports', 'host_devices'):
            self.assertEqual(self.sql(f"SELECT count(*) FROM {table} WHERE host_id = (SELECT id FROM hosts WHERE name = 'h');"), ['0'], table)

    def test_ids_stay(self):
        volume = "<volume><name>a</name><key>/p/a</key><capacity>{}</capacity><target><path>/p/a</path></target></volume>"
        first = self.take_text(volume.format(1), function='volume')
        self.assertEqual(self.take_text(volume.format(2), function='volume'), first)

    def test_an_edited_pool_keeps_its_edit(self):
        self.take('ops-10-pool.xml', function='pool')
        self.sql("UPDATE storage_pools SET path = '/edited';")
        self.take('ops-10-pool.xml', function='pool')
        self.assertEqual(self.sql('SELECT path, source, sync_status FROM storage_pools;'), ['/edited|managed|DRIFTED'])

    def test_a_mac_in_capitals_is_found(self):
        self.take_text("<network><name>n</name><ip address='10.0.0.1' netmask='255.255.255.0'><dhcp><host mac='52:54:00:AA:BB:CC' ip='10.0.0.2'/>"
                       '</dhcp></ip></network>', function='network')
        self.take_text(domain("<interface type='network'><mac address='52:54:00:aa:bb:cc'/><source network='n'/></interface>"))
        self.assertEqual(self.sql('SELECT count(*) FROM network_ip_dhcp_hosts AS h JOIN vm_ports AS p ON p.mac_address = h.mac_address;'), ['1'])


class Recipes(Case):
    def test_what_vms_have(self):
        disks = self.take('18-disks.before.xml', 'h1')
        self.take('01-qemu-namespace.before.xml', 'h1')
        self.assertTrue([row for row in self.recipe('inventory') if row.split('|')[1] == 'disks' and row.split('|')[6] == '7'])
        self.sql(f"SELECT domain_clone('{disks}', 'disks2');")
        blockers = self.recipe('migration_blockers', host='h1', **{'from': 'h1', 'to': 'h2'})
        for name in ('disks', 'ignite'):
            self.assertTrue([row for row in blockers if f'|{name}|' in f'|{row}|'], blockers)
        self.assertEqual(len(self.recipe('shared_writable_images')), 6)
        self.assertTrue([row for row in self.recipe('host_devices_audit') if 'nvme' in row.lower() or '0000:' in row])
        options = self.recipe('vendor_options_audit')
        self.assertEqual([row for row in options if not row.strip('| \n')], [])

    def test_images_of_one_name_on_two_servers_are_two(self):
        source = "<disk type='network' device='disk'><source protocol='{}' name='p/i'>{}</source><target dev='vda' bus='virtio'/></disk>"
        server = "<host name='{}' port='10809'/>"
        for protocol in ('nbd', 'rbd'):
            for host, servers in (('h1', 'a'), ('h1', 'b'), ('h1', 'ac'), ('h1', 'ca'), ('h2', 'b')):
                self.take_text(domain(source.format(protocol, ''.join(map(server.format, servers))), name=f'{protocol}-{servers}'), host)
        # A disk need not name every monitor of a Ceph cluster.
        self.assertEqual(self.recipe('shared_writable_images'), [
            'nbd:p/i|2|same host|nbd-ac@h1 vda, nbd-ca@h1 vda',
            'nbd:p/i|2|across hosts|nbd-b@h1 vda, nbd-b@h2 vda',
            'rbd:p/i|5|same host|rbd-a@h1 vda, rbd-ac@h1 vda, rbd-b@h1 vda, rbd-ca@h1 vda, rbd-b@h2 vda'])

    def ops_10(self):
        self.take('ops-10-pool.xml', function='pool')
        self.sql((CASES / 'ops-10-volumes.sql').read_text())
        self.take('ops-10-uefi-tpm.xml')
        self.take('ops-10-snapshot.xml', function='snapshot')

    def test_a_file_that_something_needs_is_no_orphan(self):
        self.ops_10()
        orphans = self.recipe('orphan_volumes')
        self.assertTrue([row for row in orphans if 'really-orphan.qcow2' in row])
        self.assertEqual([row for row in orphans if 'really-orphan.qcow2' not in row and 'console.log' not in row], [])

    def test_a_backing_image_is_found_below_a_volume(self):
        self.ops_10()
        path = next(path for path in re.findall(r'[^\s"\'<>]*/base\.qcow2', (CASES / 'ops-10-uefi-tpm.xml').read_text() + (CASES / 'ops-10-volumes.sql').read_text()))
        rows = self.recipe('find_by_backing_image', image=path)
        self.assertTrue([row for row in rows if 'vault' in row and 'vda' in row], rows)

    def test_network_disks_are_found_by_their_names(self):
        xml = (CASES / 'ops-14-network-disks.xml').read_text()
        self.take('ops-14-network-disks.xml')
        images = self.sql("SELECT DISTINCT image FROM vm_images WHERE image IS NOT NULL;")
        self.assertTrue(images)
        for image in images:
            self.assertTrue(self.recipe('find_by_image', image=image), image)
        self.assertIn('<memnode', xml)
        self.assertTrue([row for row in self.recipe('memory_by_numa_cell') if '|1|' in f'|{row}|'])

    def test_export_writes_a_file_for_each_vm(self):
        for name in ('ops-12a.xml', 'ops-12b.xml', 'ops-12c.xml', 'ops-12d.xml'):
            self.take(name)
        vms = int(self.sql('SELECT count(*) FROM defined_vms;')[0])
        rows = self.recipe('export_xml')
        self.assertEqual(len(rows), vms)
        written = [name for name in os.listdir(self.folder.name) if name.endswith('.xml') and name != 'document.xml']
        self.assertEqual(len(written), vms)

    def test_a_host_of_which_nothing_is_known_lacks_nothing(self):
        self.take('ops-30-restored.xml')
        self.assertEqual(self.recipe('would_not_start'), [])

    def test_old_machine_types_are_listed(self):
        machines = ['pc-1.1', 'pc-0.12', 'rhel6.6.0', 'pc-i440fx-rhel7.0.0', 'pc-q35-rhel7.6.0', 'pc-i440fx-bionic', 'virt-2.6', 's390-ccw-virtio-2.4',
                    'pseries-2.1', 'pc-i440fx-2.11']
        for number, machine in enumerate(machines):
            self.take_text(domain(extra=f"<os><type machine='{machine}'>hvm</type></os>", name=f'm{number}'))
        listed = '\n'.join(self.recipe('machine_types'))
        self.assertEqual([machine for machine in machines if machine not in listed], [])

    def test_another_spelling_is_no_change(self):
        text = (CASES / '01-qemu-namespace.before.xml').read_text()
        for variant in (text, text + '\n', '<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE.\n-->\n' + text):
            self.take_text(variant)
        self.assertEqual(self.sql('SELECT exact FROM captures;'), ['1', '1', '1'])
        self.assertEqual(len(self.recipe('changed_this_week')), 1)  # the new VM alone
        self.assertEqual(self.recipe('pending_changes'), [])


class Databases(Case):
    def test_a_dump_is_a_database(self):
        vm = self.take('18-disks.before.xml')
        dump = self.shell('.dump\n').stdout
        copy = self.folder.name + '/copy.db'
        subprocess.run(['sqlite3', copy], input=dump, capture_output=True, text=True, check=True)
        self.assertTrue(self.sql('SELECT virtsql_init();', copy)[0].isdigit())
        self.assertEqual(self.sql('SELECT uuid FROM vms;', copy), [vm])

    def test_read_only_and_another_like(self):
        self.take('18-disks.before.xml')
        copy = self.folder.name + '/copy.db'
        self.assertEqual(self.shell(f"VACUUM INTO '{copy}';", None, '-readonly').stderr, '')
        self.assertEqual(self.sql('PRAGMA case_sensitive_like=1; SELECT count(*) FROM vm_disks;', copy),
                         [str((CASES / '18-disks.before.xml').read_text().count('<disk '))])

    def test_the_status_file_of_a_running_vm_is_read(self):
        live = (CASES / '27-live-actual.live.xml').read_text()
        vm = self.take_text(f"<domstatus state='running' reason='booted' pid='1'>\n{live}</domstatus>\n")
        self.assertEqual(self.sql(f"SELECT config FROM captures WHERE vm_uuid = '{vm}';"), ['live'])

    def test_exact_speaks_of_the_domain_in_a_status_file(self):
        live = (CASES / '27-live-actual.live.xml').read_text()
        indented = ''.join(f'  {line}' for line in live.splitlines(keepends=True))
        for text, exact in ((indented, '1'), (live, '0')):
            self.take_text(f"<domstatus state='running' reason='booted' pid='1'>\n{text}</domstatus>\n")
            self.assertEqual(self.sql('SELECT exact FROM captures ORDER BY seq DESC LIMIT 1;'), [exact])


if __name__ == '__main__':
    unittest.main(verbosity=2)
