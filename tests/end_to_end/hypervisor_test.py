#!/usr/bin/env python3
"""virtsql works on a hypervisor: installed as users install it, with the real libvirtd and guests under QEMU's software
emulation.

Run by `isolated`: what is installed and defined here is gone afterwards. The tests build on each other, in their order.
Each does something that an administrator does, and checks what the database then holds and that the guest kept running.
"""
import json
import os
import signal
import sys
import time
import unittest

from hypervisor import DATA, DATABASE, FOLDER, ROOT, SPOOL, Daemons, await_that, empty_hypervisor, pids, query, run, virsh, write

DISK = FOLDER + '/guest.qcow2'

GUEST = f"""<domain type='qemu'>
  <name>guest</name>
  <uuid>0f5a6b7c-8d9e-4f10-a1b2-c3d4e5f60718</uuid>
  <memory unit='MiB'>64</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='none'/>
      <source file='{DISK}'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='user'><mac address='52:54:00:aa:bb:01'/><model type='virtio'/></interface>
    <serial type='pty'/>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <graphics type='vnc' autoport='yes' passwd='s3cret99'/>
    <memballoon model='virtio'/>
  </devices>
</domain>
"""
UUID = '0f5a6b7c-8d9e-4f10-a1b2-c3d4e5f60718'


def virtsql(*sql, write=False):
    """Runs SQL in the installed virtsql shell, as a script would, and returns what it prints."""
    out = run('virtsql', *(['--write'] if write else []), DATABASE, '.mode list', '.timeout 30000', *sql)
    assert not out.stderr, out.stderr
    return out.stdout.rstrip('\n')


class Hypervisor(unittest.TestCase):
    maxDiff = None
    daemons = Daemons()

    @classmethod
    def setUpClass(cls):
        empty_hypervisor(cls.daemons)
        run('qemu-img', 'create', '-q', '-f', 'qcow2', DISK, '64M')

    @classmethod
    def tearDownClass(cls):
        cls.daemons.stop_all()

    def eventually(self, sql, expected, *values):
        found = []

        def matches():
            found[:] = query(sql, *values)
            return found == expected
        await_that(matches, lambda: f'{sql}\n  expected {expected}\n  found    {found}')

    def operations(self, since, **conditions):
        where = ''.join(f' AND {name} = {value!r}' for name, value in conditions.items())
        return [row[0] for row in query(f"SELECT operation FROM captures WHERE id > ? AND vm_uuid = '{UUID}'{where} ORDER BY id", since)]

    def await_operations(self, since, expected, **conditions):
        """Waits until these operations are captured, in this order (others may lie between)."""
        found = []

        def there():
            found[:] = self.operations(since, **conditions)
            rest = iter(found)
            return all(operation in rest for operation in expected)
        await_that(there, lambda: f'operations {expected}, found {found}')

    def newest(self):
        return query('SELECT coalesce(max(id), 0) FROM captures')[0][0]

    def guest_runs(self):
        self.assertEqual(virsh('domstate', 'guest').strip(), 'running')

    # ---- installation

    def test_01_installation_imports_what_is_defined(self):
        virsh('define', write('before.xml', GUEST.replace('guest<', 'before<').replace(UUID, 'aaaaaaaa-0000-4000-8000-000000000001')
                              .replace('aa:bb:01', 'aa:bb:99')))
        done = run(os.path.join(ROOT, 'hook', 'install'))
        self.assertIn('50-virtsql is installed', done.stdout)
        self.assertEqual(query('SELECT name, source, sync_status FROM virtual_machines'), [('before', 'imported', 'SYNCED')])
        self.assertEqual(virtsql("SELECT capabilities_xml('qemu')"), virsh('capabilities').rstrip())
        self.assertEqual(virtsql("SELECT domaincaps_xml('x86_64 qemu')"), virsh('domcapabilities', '--arch', 'x86_64', '--virttype', 'qemu').rstrip())
        self.assertEqual(virtsql("SELECT nwfilter_xml('clean-traffic')"), virsh('nwfilter-dumpxml', 'clean-traffic').rstrip())
        self.assertEqual(query('SELECT kind, count(*) FROM captures WHERE exact = 0 GROUP BY 1'), [])
        self.assertEqual(query("SELECT cpus > 0, memory_mib > 0, cells > 0 FROM host_capacity"), [(1, 1, 1)])
        self.assertEqual(query("SELECT canonical IS NOT NULL FROM host_machines WHERE arch = 'x86_64' AND machine = 'q35'"), [(1,)])
        self.assertEqual(os.stat('/etc/libvirt/hooks/qemu.d/50-virtsql').st_mode & 0o7777, 0o755)
        for driver in ('qemu', 'network'):
            self.assertEqual(os.listdir(f'/etc/libvirt/hooks/{driver}.d'), ['50-virtsql'])
        self.assertEqual((os.stat(DATA).st_mode & 0o777, os.stat(SPOOL).st_mode & 0o777, os.stat(DATABASE).st_mode & 0o777),
                         (0o750, 0o700, 0o640))
        self.daemons.start('virtsqld', log='virtsqld.log')
        # A second installation over it changes nothing, and does not import twice.
        since = self.newest()
        # It keeps the configuration that somebody has edited, and removes what an older version installed.
        with open('/etc/virtsql.conf', 'a', encoding='utf-8') as conf:
            conf.write('# By the administrator\n')
        forgotten = '/usr/share/virtsql/of an older version'
        with open(forgotten, 'w', encoding='utf-8'), open(DATA + '/installed-files', 'a', encoding='utf-8') as installed:
            installed.write(forgotten + '\n')
        run(os.path.join(ROOT, 'hook', 'install'))
        with open('/etc/virtsql.conf', encoding='utf-8') as conf:
            self.assertIn('# By the administrator\n', conf.read())
        self.assertFalse(os.path.exists(forgotten))
        self.assertEqual(query('SELECT operation, sub_operation, source, name FROM captures WHERE id > ?', since), [])

    def test_02_reader_without_root(self):
        for sql in ('SELECT count(*) FROM virtual_machines', "SELECT name FROM virtual_machines"):
            done = run('setpriv', '--reuid', 'nobody', '--regid', 'virtsql', '--clear-groups', 'virtsql', DATABASE, '.mode list', sql)
            self.assertIn(done.stdout.strip(), ('1', 'before'))
        refused = run('setpriv', '--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups', 'virtsql', DATABASE, 'SELECT 1',
                      check=False)
        self.assertNotEqual(refused.returncode, 0)

    # ---- definitions

    def test_03_define(self):
        since = self.newest()
        virsh('define', write('guest.xml', GUEST))
        self.await_operations(since, ['define'], config='persistent', source='event')
        self.eventually("SELECT source, sync_status, memory_bytes FROM virtual_machines WHERE name = 'guest'",
                        [('imported', 'SYNCED', 64 << 20)])
        self.assertEqual(query("SELECT device_name, driver_cache, path FROM vm_disks WHERE vm_name = 'guest'"), [('vda', 'none', DISK)])
        # The rows give libvirt's definition byte for byte, and no file of the database has the secret.
        self.assertEqual(virtsql("SELECT domain_xml('guest')") + '\n', virsh('dumpxml', '--inactive', 'guest'))
        for path in (DATABASE, DATABASE + '-wal'):
            with open(path, 'rb') as f:
                self.assertNotIn(b's3cret99', f.read())

    def test_04_redefine(self):
        since = self.newest()
        virsh('define', write('guest.xml', GUEST.replace("cache='none'", "cache='writeback'")))
        self.await_operations(since, ['define'], config='persistent')
        self.eventually("SELECT driver_cache FROM vm_disks WHERE vm_name = 'guest'", [('writeback',)])

    def test_05_changes_that_raise_no_event(self):
        disk = write('disk.xml', f"<disk type='file' device='cdrom'><source file='{FOLDER}/cd.iso'/><target dev='sda' bus='sata'/>"
                     "<readonly/></disk>")
        run('truncate', '-s', '1M', FOLDER + '/cd.iso')
        virsh('attach-device', 'guest', disk, '--config')
        self.eventually("SELECT device_name FROM vm_disks WHERE vm_name = 'guest' ORDER BY position", [('vda',), ('sda',)])
        virsh('setmem', 'guest', '32768', '--config')
        self.eventually("SELECT current_memory_bytes FROM virtual_machines WHERE name = 'guest'", [(32 << 20,)])
        virsh('detach-device', 'guest', disk, '--config')
        self.eventually("SELECT device_name FROM vm_disks WHERE vm_name = 'guest' ORDER BY position", [('vda',)])

    def test_06_metadata(self):
        virsh('desc', 'guest', '--config', '--new-desc', 'A <guest> & friends')
        self.eventually("SELECT description FROM virtual_machines WHERE name = 'guest'", [('A <guest> & friends',)])
        virsh('metadata', 'guest', 'https://example.org/owner', '--config', '--key', 'o', '--set', "<team name='web'/>")
        self.eventually("SELECT namespace, value_json ->> '$.\"o:team\".@name' FROM metadata AS m JOIN virtual_machines AS v ON "
                        "v.uuid = m.vm_uuid WHERE v.name = 'guest'", [('https://example.org/owner', 'web')])

    def test_07_rename(self):
        virsh('domrename', 'guest', 'renamed')
        self.eventually('SELECT name FROM virtual_machines WHERE uuid = ?', [('renamed',)], UUID)
        virsh('domrename', 'renamed', 'guest')
        self.eventually('SELECT name, sync_status FROM virtual_machines WHERE uuid = ?', [('guest', 'SYNCED')], UUID)
        self.assertNotIn('undefine', self.operations(0))

    # ---- running

    def test_08_start(self):
        since = self.newest()
        virsh('start', 'guest')
        self.guest_runs()
        self.await_operations(since, ['prepare', 'start', 'started'], source='hook')
        self.await_operations(since, ['started'], source='event')
        self.assertEqual(query("SELECT DISTINCT exact FROM captures WHERE id > ? AND vm_uuid = ?", since, UUID), [(1,)])
        # The rows are still the definition, not the running VM.
        self.assertEqual(query("SELECT source, sync_status, domain_id FROM virtual_machines WHERE name = 'guest'"),
                         [('imported', 'SYNCED', None)])
        self.assertEqual(query("SELECT count(*) FROM device_aliases WHERE vm_uuid = ?", UUID), [(0,)])
        # What libvirt adds to a running VM is no drift.
        self.assertEqual(virtsql("SELECT * FROM domain_drift WHERE vm_uuid = (SELECT uuid FROM virtual_machines WHERE name = 'guest')"), '')

    def test_09_hotplug(self):
        since = self.newest()
        interface = write('interface.xml', "<interface type='user'><mac address='52:54:00:aa:bb:02'/><model type='virtio'/></interface>")
        virsh('attach-device', 'guest', interface, '--live')
        self.await_operations(since, ['attach-device'], config='live')
        self.assertEqual(virtsql("SELECT change, device, key, against FROM domain_drift WHERE vm_uuid = '" + UUID + "'"),
                         'added|port|52:54:00:aa:bb:02|live')
        self.assertEqual(query("SELECT mac_address FROM vm_ports WHERE vm_name = 'guest'"), [('52:54:00:aa:bb:01',)])
        self.guest_runs()

    def test_10_suspend_and_resume(self):
        since = self.newest()
        virsh('suspend', 'guest')
        virsh('resume', 'guest')
        self.await_operations(since, ['suspended', 'resumed'])
        self.guest_runs()

    def test_11_pending_changes(self):
        virsh('setmaxmem', 'guest', '131072', '--config')
        self.eventually("SELECT memory_bytes FROM virtual_machines WHERE name = 'guest'", [(128 << 20,)])
        self.assertEqual(virtsql(f"SELECT against, path, old, new FROM domain_drift WHERE vm_uuid = '{UUID}' AND device IS NULL"),
                         'live|/domain/memory/text()|131072 KiB|65536 KiB')
        # A pause is no start.
        virsh('suspend', 'guest')
        virsh('resume', 'guest')
        self.eventually(f"SELECT state, reason FROM vm_states WHERE vm_uuid = '{UUID}'", [('running', 'unpaused')])
        self.assertIn('guest', run(os.path.join(ROOT, 'sql', 'virtsql'), '--recipe', 'pending_changes', DATABASE).stdout)
        virsh('setmaxmem', 'guest', '65536', '--config')
        self.eventually("SELECT memory_bytes FROM virtual_machines WHERE name = 'guest'", [(64 << 20,)])
        self.guest_runs()

    def test_12_libvirtd_restarts_below_a_guest(self):
        since = self.newest()
        guest = pids('qemu-system-x86_64')
        virsh('suspend', 'guest')
        self.daemons.stop('libvirtd')
        self.daemons.start_libvirtd()
        self.await_operations(since, ['reconnect'], source='hook')
        self.eventually(f"SELECT state FROM vm_states WHERE vm_uuid = '{UUID}'", [('paused',)])
        virsh('resume', 'guest')
        self.guest_runs()
        self.assertEqual(pids('qemu-system-x86_64'), guest)
        self.await_operations(since, ['reconnect'], source='hook')
        # virtsqld has connected again: it captures what comes next.
        virsh('desc', 'guest', '--config', '--new-desc', 'After the restart')
        self.eventually("SELECT description FROM virtual_machines WHERE name = 'guest'", [('After the restart',)])

    def test_13_save_and_restore(self):
        since = self.newest()
        before = virsh('dumpxml', '--inactive', 'guest')
        virsh('save', 'guest', FOLDER + '/saved')
        virsh('restore', FOLDER + '/saved')
        self.guest_runs()
        self.assertEqual(virsh('dumpxml', '--inactive', 'guest'), before)
        # Restoring brings back the guest as it ran. The definition did not change, so the rows did not either.
        self.assertEqual(query("SELECT description FROM virtual_machines WHERE name = 'guest'"), [('After the restart',)])
        self.await_operations(since, ['restore', 'started'], source='hook')

    def test_14_snapshot(self):
        virsh('snapshot-create-as', 'guest', 'first', '--description', 'The first')
        self.eventually("SELECT s.name, s.description FROM vm_snapshots AS s WHERE s.vm_uuid = ?", [('first', 'The first')], UUID)
        self.guest_runs()

    def test_15_migration_hook(self):
        """The hook prints nothing at a migration: libvirt would take what it prints for the VM's new XML."""
        since = self.newest()
        done = run('/etc/libvirt/hooks/qemu.d/50-virtsql', 'guest', 'migrate', 'begin', '-', input=virsh('dumpxml', 'guest'))
        self.assertEqual((done.stdout, done.stderr), ('', ''))
        self.await_operations(since, ['migrate'], source='hook')

    def test_16_network(self):
        virsh('net-define', write('network.xml', "<network><name>inside</name><bridge name='virtsql0'/><dns enable='no'/></network>"))
        self.eventually("SELECT name, bridge_name FROM networks WHERE name = 'inside'", [('inside', 'virtsql0')])
        if run('virsh', '-c', 'qemu:///system', 'net-start', 'inside', check=False).returncode:
            self.skipTest('this machine lets libvirt start no network: its ports are not tested')
        since = self.newest()
        virsh('attach-device', 'guest', write('port.xml', "<interface type='network'><mac address='52:54:00:aa:bb:03'/>"
              "<source network='inside'/><model type='virtio'/></interface>"), '--live')
        self.await_operations(since, ['attach-device'], config='live')
        self.eventually('SELECT mac_address FROM port_bindings', [('52:54:00:aa:bb:03',)])
        self.guest_runs()
        # What libvirt no longer has disappears from the host's rows.
        virsh('detach-interface', 'guest', 'network', '--mac', '52:54:00:aa:bb:03', '--live')
        virsh('net-destroy', 'inside')
        self.eventually('SELECT count(*) FROM port_bindings', [(0,)])
        virsh('net-undefine', 'inside')
        self.eventually("SELECT count(*) FROM networks WHERE name = 'inside'", [(0,)])

    def test_16_pools_and_volumes(self):
        pool = FOLDER + '/pool'
        os.mkdir(pool)
        virsh('pool-define-as', 'store', 'dir', '--target', pool)
        self.eventually("SELECT type FROM storage_pools WHERE name = 'store'", [('dir',)])
        virsh('pool-start', 'store')
        run('qemu-img', 'create', '-q', '-f', 'qcow2', pool + '/one.qcow2', '1M')
        virsh('pool-refresh', 'store')
        self.eventually("SELECT name FROM volumes WHERE name LIKE '%.qcow2' AND coalesce(path, '') LIKE '%/pool/%'", [('one.qcow2',)])
        os.unlink(pool + '/one.qcow2')
        virsh('pool-refresh', 'store')
        self.eventually("SELECT count(*) FROM volumes WHERE name = 'one.qcow2'", [(0,)])
        virsh('pool-destroy', 'store')
        virsh('pool-undefine', 'store')
        self.eventually("SELECT count(*) FROM storage_pools WHERE name = 'store'", [(0,)])

    def test_17_what_happened_while_virtsqld_was_down(self):
        self.assertEqual(self.daemons.stop('virtsqld'), 0)
        virsh('undefine', 'before')
        virsh('desc', 'guest', '--config', '--new-desc', 'Unseen')
        time.sleep(0.5)
        self.assertEqual(query("SELECT description FROM virtual_machines WHERE name = 'guest'"), [('After the restart',)])
        self.daemons.start('virtsqld', log='virtsqld.log')
        self.eventually("SELECT description FROM virtual_machines WHERE name = 'guest'", [('Unseen',)])
        self.eventually("SELECT sync_status, drift_details ->> '$[0].change' FROM virtual_machines WHERE name = 'before'",
                        [('DRIFTED', 'removed')])

    def test_18_kill_of_virtsqld(self):
        self.daemons.stop('virtsqld', signal.SIGKILL)
        self.daemons.start('virtsqld', log='virtsqld.log')
        virsh('desc', 'guest', '--config', '--new-desc', 'After the kill')
        self.eventually("SELECT description FROM virtual_machines WHERE name = 'guest'", [('After the kill',)])
        self.assertEqual(query('PRAGMA integrity_check'), [('ok',)])

    # ---- the end of a guest

    def test_19_destroy(self):
        since = self.newest()
        virsh('destroy', 'guest')
        self.await_operations(since, ['stopped', 'release'], source='hook')
        self.assertEqual(virtsql(f"SELECT * FROM domain_drift WHERE vm_uuid = '{UUID}'"), '')

    def test_20_the_whole_circle(self):
        """A VM that is edited in SQL and defined from SQL is captured, and then has no drift."""
        virtsql("UPDATE vm_disks SET driver_cache = 'none', driver_discard = 'unmap' WHERE vm_name = 'guest'", write=True)
        self.assertEqual(virtsql(f"SELECT path, old, new FROM domain_drift WHERE vm_uuid = '{UUID}' ORDER BY 1"),
                         '/domain/devices/disk/driver/@cache|none|writeback\n/domain/devices/disk/driver/@discard|unmap|')
        self.assertEqual(virtsql('.load virtsql_libvirt', "SELECT libvirt_define('qemu:///system', domain_xml('guest', 'inactive'))"), UUID)
        self.eventually('SELECT source, sync_status FROM virtual_machines WHERE uuid = ?', [('managed', 'SYNCED')], UUID)
        self.assertIn("discard='unmap'", virsh('dumpxml', 'guest'))
        self.assertEqual(virtsql(f"SELECT * FROM domain_drift WHERE vm_uuid = '{UUID}'"), '')
        # Somebody changes the definition in libvirt: the managed rows stay, and the VM is DRIFTED.
        virsh('define', write('guest.xml', GUEST))
        self.eventually('SELECT source, sync_status FROM virtual_machines WHERE uuid = ?', [('managed', 'DRIFTED')], UUID)
        details = json.loads(query('SELECT drift_details FROM virtual_machines WHERE uuid = ?', UUID)[0][0])
        self.assertIn({'change': 'removed', 'device': 'disk', 'key': 'vda', 'path': '/domain/devices/disk/driver/@discard',
                       'old': 'unmap'}, details)
        virtsql("SELECT domain_accept('guest')", write=True)
        self.assertEqual(query('SELECT source, sync_status FROM virtual_machines WHERE uuid = ?', UUID), [('imported', 'SYNCED')])

    def test_21_undefine_and_make_again(self):
        virsh('snapshot-delete', 'guest', 'first')
        self.eventually('SELECT count(*) FROM vm_snapshots', [(0,)])
        wanted = virsh('dumpxml', 'guest')
        virsh('undefine', 'guest')
        self.eventually("SELECT sync_status, drift_details ->> '$[0].path' FROM virtual_machines WHERE uuid = ?",
                        [('DRIFTED', '/domain')], UUID)
        virsh('define', write('again.xml', virtsql("SELECT domain_xml('guest', 'inactive')")))
        self.assertEqual(virsh('dumpxml', 'guest'), wanted)
        self.eventually('SELECT sync_status FROM virtual_machines WHERE uuid = ?', [('SYNCED',)], UUID)

    def test_22_clone_runs(self):
        run('cp', DISK, FOLDER + '/clone.qcow2')
        virtsql("SELECT domain_clone('guest', 'clone')", f"UPDATE vm_disks SET path = '{FOLDER}/clone.qcow2' WHERE vm_name = 'clone'",
                write=True)
        virsh('define', write('clone.xml', virtsql("SELECT domain_xml('clone', 'inactive')")))
        virsh('start', 'clone')
        virsh('start', 'guest')
        self.assertEqual(virsh('domstate', 'clone').strip(), 'running')
        self.guest_runs()
        virsh('destroy', 'clone')
        self.assertEqual(query("SELECT count(DISTINCT path) FROM vm_disks WHERE vm_name IN ('guest', 'clone')"), [(2,)])

    def test_23_order_and_nothing_lost(self):
        await_that(lambda: not [n for n in os.listdir(SPOOL) if n.endswith('.record')], 'the spool is empty')
        self.assertEqual(query("SELECT count(*) FROM captures WHERE error IS NOT NULL"), [(0,)])
        self.assertFalse(os.path.exists(SPOOL + '/bad'))
        order = [(row[0], row[1]) for row in query("SELECT operation, sub_operation FROM captures WHERE source = 'hook' AND "
                                                   "vm_uuid = ? ORDER BY id LIMIT 3", UUID)]
        self.assertEqual(order, [('prepare', 'begin'), ('start', 'begin'), ('started', 'begin')])

    def test_24_removal_leaves_guests_alone(self):
        guest = pids('qemu-system-x86_64')
        self.daemons.stop('virtsqld')
        run(os.path.join(ROOT, 'hook', 'install'), '--uninstall')
        self.assertEqual(pids('qemu-system-x86_64'), guest)
        self.guest_runs()
        for path in ('/etc/libvirt/hooks/qemu.d/50-virtsql', '/etc/libvirt/hooks/network.d/50-virtsql', '/usr/sbin/virtsqld',
                     '/usr/sbin/virtsql-setup', '/usr/bin/virtsql'):
            self.assertFalse(os.path.exists(path), path)
        self.assertTrue(os.path.exists(DATABASE))
        virsh('destroy', 'guest')


if __name__ == '__main__':
    unittest.main(verbosity=2, failfast=True, argv=[sys.argv[0], *sys.argv[1:]])
