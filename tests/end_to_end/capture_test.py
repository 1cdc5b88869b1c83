#!/usr/bin/env python3
"""virtsqld and the hook capture every change that an administrator makes with a real libvirtd, and soon.

    capture_test.py BUILD    run by `isolated`: what is defined here is gone afterwards

The tests build on each other, in their order.
"""
import os
import re
import shutil
import signal
import sqlite3
import statistics
import sys
import time
import unittest

from hypervisor import DATA, DATABASE, FOLDER, Daemons, await_that, empty_hypervisor, install_hooks, install_programs, pids, query, run, virsh, write

BUILD = sys.argv.pop(1)
UUID = '0f5a6b7c-8d9e-4f10-a1b2-c3d4e5f60718'

GUEST = """<domain type='qemu'>
  <name>{name}</name><uuid>{uuid}</uuid>
  <memory unit='MiB'>64</memory><vcpu current='1'>2</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{disk}'/><target dev='vda' bus='virtio'/></disk>
    <interface type='user'><mac address='{mac}'/><model type='virtio'/></interface>
    <serial type='pty'/>
    <memballoon model='virtio'/>
  </devices>
</domain>
"""


def guest(name, number=1):
    disk = f'{FOLDER}/{name}.qcow2'
    run('qemu-img', 'create', '-q', '-f', 'qcow2', disk, '16M')
    uuid = UUID[:-2] + f'{number + 24 - 1:02d}' if number > 1 else UUID
    return write(name + '.xml', GUEST.format(name=name, uuid=uuid, disk=disk, mac=f'52:54:00:aa:bb:{number:02x}')), uuid


def shell(sql):
    """Runs SQL in the sqlite3 shell with the extension of the build, and returns what it prints."""
    out = run('sqlite3', '-batch', '-readonly', '-cmd', '.timeout 30000', '-cmd', f'.load {BUILD}/sqlite_ext/virtsql', DATABASE, sql)
    return out.stdout.rstrip('\n')


class Capture(unittest.TestCase):
    maxDiff = None
    daemons = Daemons()
    lateness = []

    @classmethod
    def setUpClass(cls):
        empty_hypervisor(cls.daemons)
        install_programs(BUILD)
        install_hooks(BUILD, 'qemu', 'network')
        os.makedirs(DATA, 0o750)
        cls.daemons.stop('libvirtd')
        cls.daemons.start_libvirtd()
        cls.daemons.start('virtsqld', log='virtsqld.log')
        await_that(lambda: os.path.exists(DATABASE), 'virtsqld made the database')

    @classmethod
    def tearDownClass(cls):
        for name in virsh('list', '--name').split():
            virsh('destroy', name)
        cls.daemons.stop_all()
        late = sorted(cls.lateness)
        print(f'{len(late)} changes: median {statistics.median(late):.2f} s, latest {late[-1]:.2f} s', file=sys.stderr)

    def soon(self, sql, expected, *values):
        """Waits until the query gives the expected rows, 10 s at most, and remembers how late that was."""
        found = []

        def matches():
            try:
                found[:] = query(sql, *values)
            except sqlite3.OperationalError as error:  # the database is being made
                found[:] = [error]
            return found == expected
        self.lateness.append(await_that(matches, lambda: f'{sql}\n  expected {expected}\n  found    {found}', 10))

    def live_has(self, *texts):
        """Waits until the VM's newest live document has all of the texts."""
        def xml():
            return shell(f"SELECT captured_xml(id) FROM captures WHERE vm_uuid = '{UUID}' AND kind = 'domain' AND config = 'live' AND "
                         "document_sha256 NOTNULL ORDER BY seq DESC LIMIT 1")
        self.lateness.append(await_that(lambda: all(text in xml() for text in texts), lambda: f'{texts} in\n{xml()}', 10))

    def state(self, uuid=UUID):
        return query('SELECT state, reason FROM vm_states WHERE vm_uuid = ?', uuid)

    def look_at_everything(self):
        """Has virtsqld do a full sync, and waits for its end."""
        seen = query('SELECT max(last_seen) FROM vm_states')
        self.daemons.running['virtsqld'].send_signal(signal.SIGHUP)
        await_that(lambda: query('SELECT max(last_seen) FROM vm_states') > seen, 'virtsqld looked at everything')

    def test_01_definition_and_start(self):
        path, _ = guest('guest')
        virsh('define', path)
        self.soon('SELECT name, sync_status FROM virtual_machines WHERE uuid = ?', [('guest', 'SYNCED')], UUID)
        self.soon('SELECT state, autostart, persistent, managed_save FROM vm_states WHERE vm_uuid = ?', [('shut off', 0, 1, 0)], UUID)
        virsh('start', 'guest')
        self.soon('SELECT state, reason FROM vm_states WHERE vm_uuid = ?', [('running', 'booted')], UUID)
        self.assertEqual(shell(f"SELECT * FROM domain_drift WHERE vm_uuid = '{UUID}'"), '')

    def test_02_live_changes_without_an_event(self):
        virsh('setvcpus', 'guest', '2', '--live')
        self.live_has("<vcpu placement='static'>2</vcpu>")
        virsh('iothreadadd', 'guest', '1', '--live')
        self.live_has('<iothreads>1</iothreads>')
        virsh('iothreaddel', 'guest', '1', '--live')
        self.soon("SELECT count(*) > 4 FROM captures WHERE vm_uuid = ? AND kind = 'domain' AND config = 'live'", [(1,)], UUID)
        virsh('dommemstat', 'guest', '--period', '7', '--live')
        self.live_has("<stats period='7'/>")
        virsh('set-lifecycle-action', 'guest', 'crash', 'preserve', '--live')
        self.live_has('<on_crash>preserve</on_crash>')
        virsh('domif-setlink', 'guest', '52:54:00:aa:bb:01', 'down')
        self.live_has("<link state='down'/>")
        virsh('update-device', 'guest', write('link.xml', "<interface type='user'><mac address='52:54:00:aa:bb:01'/>"
                                              "<model type='virtio'/><link state='up'/></interface>"), '--live')
        self.live_has("<link state='up'/>")
        virsh('blkdeviotune', 'guest', 'vda', '--total-bytes-sec', '1000000', '--live')
        self.live_has('<total_bytes_sec>1000000</total_bytes_sec>')

    def test_03_what_lasts_a_second(self):
        since = query('SELECT max(seq) FROM captures')[0][0]
        virsh('domif-setlink', 'guest', '52:54:00:aa:bb:01', 'down')
        time.sleep(1)
        virsh('domif-setlink', 'guest', '52:54:00:aa:bb:01', 'up')
        self.live_has("<link state='up'/>")
        documents = shell(f"SELECT captured_xml(id) FROM captures WHERE seq > {since} AND vm_uuid = '{UUID}' AND config = 'live'")
        self.assertEqual(re.findall(r"<link state='(\w+)'/>", documents), ['down', 'up'])

    def test_04_states(self):
        states = 'SELECT state, reason, autostart, managed_save FROM vm_states WHERE vm_uuid = ?'
        virsh('autostart', 'guest')
        self.soon(states, [('running', 'booted', 1, 0)], UUID)
        virsh('suspend', 'guest')
        self.soon(states, [('paused', 'user', 1, 0)], UUID)
        virsh('resume', 'guest')
        self.soon(states, [('running', 'unpaused', 1, 0)], UUID)
        virsh('autostart', '--disable', 'guest')
        self.soon(states, [('running', 'unpaused', 0, 0)], UUID)
        virsh('managedsave', 'guest')
        self.soon(states, [('shut off', 'saved', 0, 1)], UUID)
        virsh('start', 'guest')
        self.soon(states, [('running', 'restored', 0, 0)], UUID)
        virsh('destroy', 'guest')
        self.soon(states, [('shut off', 'destroyed', 0, 0)], UUID)

    def test_05_first_snapshots(self):
        """A VM's first snapshot is captured, although libvirt makes the folder for it only then."""
        for number in range(2, 6):
            path, _ = guest(f'snap{number}', number)
            virsh('define', path)
            virsh('snapshot-create-as', f'snap{number}', 'first')
        self.soon("SELECT count(*) FROM vm_snapshots WHERE name = 'first'", [(4,)])
        virsh('snapshot-create-as', 'snap2', 'second')
        virsh('snapshot-delete', 'snap2', 'first')
        self.soon("SELECT s.name FROM vm_snapshots AS s JOIN virtual_machines AS v ON v.uuid = s.vm_uuid WHERE v.name = 'snap2'",
                  [('second',)])
        self.soon("SELECT sync_status FROM virtual_machines WHERE name = 'snap2'", [('SYNCED',)])
        virsh('undefine', 'snap2', '--snapshots-metadata')
        self.soon("SELECT count(*) FROM vm_snapshots AS s JOIN virtual_machines AS v ON v.uuid = s.vm_uuid WHERE v.name = 'snap2'", [(0,)])
        self.soon("SELECT sync_status FROM virtual_machines WHERE name = 'snap2'", [('DRIFTED',)])
        self.soon("SELECT count(*) FROM vm_snapshots", [(3,)])

    def test_06_transient(self):
        path, uuid = guest('fleeting', 9)
        virsh('create', path)
        self.soon('SELECT state, persistent FROM vm_states WHERE vm_uuid = ?', [('running', 0)], uuid)
        virsh('destroy', 'fleeting')
        self.soon('SELECT state, persistent FROM vm_states WHERE vm_uuid = ?', [('undefined', 0)], uuid)
        # The transient VM is defined while it runs, and undefined: it goes on running.
        virsh('create', path)
        virsh('define', path)
        self.soon('SELECT state, persistent FROM vm_states WHERE vm_uuid = ?', [('running', 1)], uuid)
        virsh('undefine', 'fleeting')
        self.soon('SELECT state, persistent FROM vm_states WHERE vm_uuid = ?', [('running', 0)], uuid)
        virsh('destroy', 'fleeting')
        self.soon('SELECT state, persistent FROM vm_states WHERE vm_uuid = ?', [('undefined', 0)], uuid)

    def test_06b_another_definition_is_created(self):
        """`virsh create` runs another definition than libvirt keeps. The rows have the one that it keeps."""
        definition = virsh('dumpxml', '--inactive', 'guest')
        since = query('SELECT max(seq) FROM captures')[0][0]
        other = write('other.xml', definition.replace('</uuid>', '</uuid>\n  <title>Created</title>'))
        run('virsh', '-c', 'qemu:///system', 'create', other, check=False)
        run('virsh', '-c', 'qemu:///system', 'destroy', 'guest', check=False)
        self.soon("SELECT operation FROM captures WHERE seq > ? AND operation = 'release'", [('release',)], since)
        self.soon('SELECT title FROM virtual_machines WHERE uuid = ?', [(None,)], UUID)
        self.look_at_everything()
        self.assertEqual(shell("SELECT domain_xml('guest', 'inactive')").strip(), definition.strip())
        self.assertEqual(virsh('dumpxml', '--inactive', 'guest'), definition)

    def test_06c_the_first_start_sorts_the_definition(self):
        """libvirt added controllers at the end of the definition. At the start it puts them in order, without an event."""
        uuid = UUID[:-2] + '77'
        devices = "<controller type='pci' index='0' model='pcie-root'/><controller type='pci' model='pcie-root-port'/><watchdog model='i6300esb' action='reset'/>"
        virsh('define', write('sorted.xml', f"<domain type='qemu'><name>sorted</name><uuid>{uuid}</uuid><memory unit='MiB'>64</memory><vcpu>1</vcpu>"
                              f"<os><type arch='x86_64' machine='q35'>hvm</type></os><devices>{devices}</devices></domain>"))
        defined = virsh('dumpxml', '--inactive', 'sorted')
        virsh('start', 'sorted')
        started = virsh('dumpxml', '--inactive', 'sorted')
        self.assertNotEqual(started, defined)
        await_that(lambda: shell("SELECT domain_xml('sorted', 'inactive')").strip() == started.strip(), 'the rows have the definition as it is sorted')
        self.assertEqual(query('SELECT sync_status FROM virtual_machines WHERE uuid = ?', uuid), [('SYNCED',)])
        virsh('destroy', 'sorted')
        virsh('undefine', 'sorted')
        self.soon('SELECT state FROM vm_states WHERE vm_uuid = ?', [('undefined',)], uuid)

    def test_07_rename(self):
        virsh('domrename', 'guest', 'renamed')
        self.soon('SELECT name, sync_status FROM virtual_machines WHERE uuid = ?', [('renamed', 'SYNCED')], UUID)
        virsh('domrename', 'renamed', 'guest')
        self.soon('SELECT name, sync_status FROM virtual_machines WHERE uuid = ?', [('guest', 'SYNCED')], UUID)
        self.assertEqual(query("SELECT count(*) FROM captures WHERE vm_uuid = ? AND operation = 'undefine'", UUID), [(0,)])

    def test_08_networks(self):
        xml = "<network><name>inside</name><bridge name='virtsql0'/><dns enable='no'/>{}</network>"
        virsh('net-define', write('network.xml', xml.format('')))
        self.soon("SELECT bridge_name FROM networks WHERE name = 'inside'", [('virtsql0',)])
        if run('virsh', '-c', 'qemu:///system', 'net-start', 'inside', check=False).returncode:
            self.skipTest('this machine lets libvirt start no network')
        self.soon("SELECT DISTINCT config FROM captures WHERE kind = 'network' AND name = 'inside' AND source = 'event' ORDER BY 1",
                  [('live',), ('persistent',)])
        # What the network hook is given comes back byte for byte, although libvirt wraps it in <hookData>.
        self.soon("SELECT min(exact), count(*) > 0 FROM captures WHERE kind = 'network' AND source = 'hook'", [(1, 1)])
        uuid = query("SELECT uuid FROM networks WHERE name = 'inside'")[0][0]
        # The rows have a new definition of the running network at once, although libvirt uses it only after a restart.
        virsh('net-define', write('network.xml', xml.format(f"<uuid>{uuid}</uuid><mtu size='1400'/>")))
        self.soon("SELECT mtu_size FROM networks WHERE name = 'inside'", [(1400,)])
        virsh('start', 'guest')
        virsh('attach-device', 'guest', write('port.xml', "<interface type='network'><mac address='52:54:00:aa:bb:77'/>"
              "<source network='inside'/><model type='virtio'/></interface>"), '--live')
        self.soon('SELECT mac_address FROM port_bindings', [('52:54:00:aa:bb:77',)])
        # A full sync takes nothing for gone that libvirt has, whoever told of it.
        since = query('SELECT max(seq) FROM captures')[0][0]
        self.look_at_everything()
        self.assertEqual(query("SELECT name FROM networks WHERE name = 'inside'"), [('inside',)])
        self.assertEqual(query('SELECT mac_address FROM port_bindings'), [('52:54:00:aa:bb:77',)])
        self.assertEqual(query("SELECT kind, name FROM captures WHERE seq > ? AND operation = 'undefine'", since), [])
        virsh('destroy', 'guest')
        self.soon('SELECT count(*) FROM port_bindings', [(0,)])
        virsh('net-destroy', 'inside')
        virsh('net-undefine', 'inside')
        self.soon("SELECT count(*) FROM networks WHERE name = 'inside'", [(0,)])

    def test_08_networks_that_do_not_start(self):
        # dnsmasq refuses this after the hook was run.
        broken = write('broken.xml', "<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'><name>broken</name>"
                       "<bridge name='virtsql1'/><ip address='192.0.2.1' netmask='255.255.255.0'><dhcp><range start='192.0.2.2' end='192.0.2.9'/></dhcp></ip>"
                       "<dnsmasq:options><dnsmasq:option value='nonsense'/></dnsmasq:options></network>")
        self.assertNotEqual(run('virsh', '-c', 'qemu:///system', 'net-create', broken, check=False).returncode, 0)
        self.soon("SELECT count(*) FROM captures WHERE kind = 'network' AND name = 'broken' AND operation = 'undefine'", [(1,)])
        self.assertEqual(query("SELECT count(*) FROM networks WHERE name = 'broken'"), [(0,)])

    def test_09_pools_and_volumes(self):
        pool = FOLDER + '/pool'
        os.mkdir(pool)
        virsh('pool-define-as', 'store', 'dir', '--target', pool)
        virsh('pool-start', 'store')
        self.soon("SELECT type FROM storage_pools WHERE name = 'store'", [('dir',)])
        # libvirt reports no event for volumes: virtsqld watches the pool's folder.
        virsh('vol-create-as', 'store', 'one.qcow2', '1M', '--format', 'qcow2')
        self.soon("SELECT name FROM volumes WHERE path LIKE '%/pool/%'", [('one.qcow2',)])
        virsh('vol-resize', 'one.qcow2', '2M', '--pool', 'store')
        self.soon("SELECT capacity_bytes FROM volumes WHERE name = 'one.qcow2'", [(2 << 20,)])
        virsh('vol-delete', 'one.qcow2', '--pool', 'store')
        self.soon("SELECT count(*) FROM volumes WHERE path LIKE '%/pool/%'", [(0,)])
        virsh('vol-create-as', 'store', 'two.img', '1M')
        self.soon("SELECT name FROM volumes WHERE path LIKE '%/pool/%'", [('two.img',)])
        # libvirt does not know the volumes of a stopped pool. Their rows stay, because the volumes are still there.
        virsh('pool-destroy', 'store')
        time.sleep(0.5)
        self.soon("SELECT name FROM volumes WHERE path LIKE '%/pool/%'", [('two.img',)])
        virsh('pool-undefine', 'store')
        self.soon("SELECT count(*) FROM storage_pools WHERE name = 'store'", [(0,)])
        self.soon("SELECT count(*) FROM volumes WHERE path LIKE '%/pool/%'", [(0,)])

    def test_09b_everything_else_that_libvirt_keeps(self):
        def same(sql, *command):
            """Asserts that the rows give what libvirt says, byte for byte."""
            self.assertEqual(shell(sql), virsh(*command).rstrip())

        same("SELECT capabilities_xml('qemu')", 'capabilities')
        same("SELECT domaincaps_xml('x86_64 qemu')", 'domcapabilities', '--arch', 'x86_64', '--virttype', 'qemu')
        self.assertEqual(query('SELECT cpus > 0, memory_mib > 0, cells > 0 FROM host_capacity'), [(1, 1, 1)])
        self.assertEqual(query("SELECT canonical IS NOT NULL FROM host_machines WHERE arch = 'x86_64' AND machine = 'q35'"), [(1,)])
        # A filter, its rules one by one.
        rule = "<rule action='accept' direction='in'><tcp dstportstart='{}'/></rule>"
        virsh('nwfilter-define', write('filter.xml', f"<filter name='web'>{rule.format(80)}</filter>"))
        ports = ("SELECT m.dstportstart FROM nw_filters AS f JOIN nw_filter_rules AS r ON r.nw_filter_id = f.id JOIN nw_filter_matches AS m "
                 "ON m.nw_filter_rule_id = r.id WHERE f.name = 'web' ORDER BY r.position")
        self.soon(ports, [('80',)])
        uuid = query("SELECT uuid FROM nw_filters WHERE name = 'web'")[0][0]
        virsh('nwfilter-define', write('filter.xml', f"<filter name='web'><uuid>{uuid}</uuid>{rule.format(80)}{rule.format(443)}</filter>"))
        self.soon(ports, [('80',), ('443',)])
        same("SELECT nwfilter_xml('web')", 'nwfilter-dumpxml', 'web')
        virsh('nwfilter-undefine', 'web')
        self.soon("SELECT count(*) FROM nw_filters WHERE name = 'web'", [(0,)])
        # A secret: its definition is captured, its value never.
        virsh('secret-define', write('secret.xml', "<secret ephemeral='no' private='no'><usage type='ceph'><name>client</name></usage></secret>"))
        self.soon("SELECT usage_type, usage_name FROM secrets", [('ceph', 'client')])
        uuid = query('SELECT uuid FROM secrets')[0][0]
        same(f"SELECT secret_xml('{uuid}')", 'secret-dumpxml', uuid)
        virsh('secret-set-value', uuid, '--base64', 'czNjcmV0OTk=')
        virsh('secret-undefine', uuid)
        self.soon('SELECT count(*) FROM secrets', [(0,)])
        # Interfaces of the host.
        interfaces = sorted(virsh('iface-list', '--all').split()[0::3])
        self.assertEqual([name for name, in query('SELECT name FROM host_interfaces ORDER BY name')], interfaces)

    def test_09c_checkpoints_and_backups(self):
        virsh('start', 'guest')
        if run('virsh', '-c', 'qemu:///system', 'checkpoint-create-as', 'guest', 'first', check=False).returncode:
            virsh('destroy', 'guest')
            self.skipTest('this libvirt makes no checkpoints')
        self.soon('SELECT name, vm_uuid FROM vm_checkpoints', [('first', UUID)])
        self.assertEqual(shell("SELECT checkpoint_xml('first')"), virsh('checkpoint-dumpxml', 'guest', 'first').rstrip())
        # A pull backup lasts until it is ended.
        virsh('backup-begin', 'guest', write('backup.xml', f"<domainbackup mode='pull'><server transport='unix' socket='{FOLDER}/nbd'/>"
                                             f"<disks><disk name='vda' type='file'><scratch file='{FOLDER}/scratch'/></disk></disks></domainbackup>"))
        self.soon('SELECT b.vm_uuid, b.mode, d.device_name, d.scratch_file FROM vm_backups AS b JOIN vm_backup_disks AS d ON d.vm_backup_id = b.id',
                  [(UUID, 'pull', 'vda', f'{FOLDER}/scratch')])
        self.assertEqual(shell(f"SELECT backup_xml('{UUID}')"), virsh('backup-dumpxml', 'guest').rstrip())
        virsh('domjobabort', 'guest')
        self.soon('SELECT count(*) FROM vm_backups', [(0,)])
        virsh('checkpoint-delete', 'guest', 'first')
        self.soon('SELECT count(*) FROM vm_checkpoints', [(0,)])
        virsh('destroy', 'guest')

    # ---- the database is deleted or replaced

    def everything(self):
        return query("SELECT name, sync_status FROM virtual_machines AS v WHERE EXISTS (SELECT 1 FROM vm_states AS s WHERE s.vm_uuid = "
                     "v.uuid AND s.state <> 'undefined') ORDER BY 1")

    def everything_is_back(self, expected):
        def there():
            try:
                return self.everything() == expected
            except sqlite3.OperationalError:  # the database is being made
                return False
        await_that(there, lambda: f'{expected}\n{self.everything()}', 10)

    def test_10_the_database_is_deleted(self):
        expected = self.everything()
        self.assertEqual([name for name, _ in expected], ['guest', 'snap3', 'snap4', 'snap5'])
        for name in os.listdir(DATA):
            if name.startswith('virtsql.db'):
                os.unlink(f'{DATA}/{name}')
        self.everything_is_back(expected)
        self.soon("SELECT count(*) FROM vm_snapshots WHERE name = 'first'", [(3,)])

    def test_11_an_older_backup_is_put_in_its_place(self):
        run('sqlite3', DATABASE, f"VACUUM INTO '{FOLDER}/backup.db'")
        virsh('desc', 'guest', '--config', '--new-desc', 'After the backup')
        self.soon('SELECT description FROM virtual_machines WHERE uuid = ?', [('After the backup',)], UUID)
        path, uuid = guest('later', 30)
        virsh('define', path)
        self.soon('SELECT count(*) FROM virtual_machines WHERE uuid = ?', [(1,)], uuid)
        for name in ('virtsql.db-wal', 'virtsql.db-shm'):
            if os.path.exists(f'{DATA}/{name}'):
                os.unlink(f'{DATA}/{name}')
        os.replace(shutil.copy(f'{FOLDER}/backup.db', f'{DATA}/restored'), DATABASE)
        self.soon('SELECT description FROM virtual_machines WHERE uuid = ?', [('After the backup',)], UUID)
        self.soon('SELECT count(*) FROM virtual_machines WHERE uuid = ?', [(1,)], uuid)
        # The backup is restored into the existing file.
        virsh('desc', 'guest', '--config', '--new-desc', 'After the second')
        self.soon('SELECT description FROM virtual_machines WHERE uuid = ?', [('After the second',)], UUID)
        run('sqlite3', DATABASE, f'.restore {FOLDER}/backup.db')
        self.daemons.running['virtsqld'].send_signal(signal.SIGHUP)
        self.soon('SELECT description FROM virtual_machines WHERE uuid = ?', [('After the second',)], UUID)
        self.soon('SELECT count(*) FROM virtual_machines WHERE uuid = ?', [(1,)], uuid)

    def test_12_nothing_is_captured_twice(self):
        """After a restart virtsqld looks at everything again, and captures nothing."""
        self.daemons.stop('virtsqld')
        since = query('SELECT max(seq) FROM captures')
        self.daemons.start('virtsqld', log='virtsqld.log')
        seen = query('SELECT max(last_seen) FROM vm_states')
        await_that(lambda: query('SELECT max(last_seen) FROM vm_states') > seen, 'virtsqld looked at everything')
        self.assertEqual(query('SELECT seq, kind, name, operation, config FROM captures WHERE seq > ?', since[0][0]), [])

    def test_13_no_guest_was_hurt_and_all_is_kept(self):
        self.assertEqual(query('SELECT kind, name, error FROM captures WHERE error NOTNULL'), [])
        self.assertFalse(os.path.exists(DATA + '/spool/bad'))
        self.assertEqual(pids('qemu-system-x86_64'), [])
        late = sorted(self.lateness)
        self.assertLess(statistics.median(late), 1)


if __name__ == '__main__':
    unittest.main(verbosity=2, failfast='--all' not in sys.argv, argv=[a for a in sys.argv if a != '--all'])
