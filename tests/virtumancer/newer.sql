-- A database as virtumancer's later versions make it: ids that are UUIDs beside integer ones, VMs known by their id, disks
-- beside volumes, and a table for nearly everything, most of them empty.
CREATE TABLE hosts (id CHAR(36) PRIMARY KEY, created_at DATETIME, deleted_at DATETIME, name TEXT, uri TEXT, state TEXT);
INSERT INTO hosts VALUES
  ('40000000-0000-4000-8000-000000000001', '2025-09-15 12:00:00', NULL, 'one', 'qemu+tcp://one/system', 'CONNECTED'),
  ('40000000-0000-4000-8000-000000000002', '2025-09-15 12:00:00', NULL, 'two', 'qemu+tcp://two/system', 'DISCONNECTED'),
  ('40000000-0000-4000-8000-000000000003', '2025-09-15 12:00:00', '2025-09-16 12:00:00', 'three', 'qemu:///system', '');

CREATE TABLE virtual_machines (id CHAR(36) PRIMARY KEY, created_at DATETIME, updated_at DATETIME, deleted_at DATETIME, host_id TEXT, name TEXT,
  domain_uuid TEXT, source TEXT, title TEXT, description TEXT, state TEXT, libvirt_state TEXT, task_state TEXT, v_cpu_count INTEGER,
  cpu_model TEXT, cpu_topology_json TEXT, memory_bytes INTEGER, current_memory INTEGER, os_type TEXT, is_template NUMERIC, metadata TEXT,
  sync_status TEXT, drift_details TEXT, needs_rebuild NUMERIC);
CREATE UNIQUE INDEX idx_vm_host_name ON virtual_machines(host_id, name);
CREATE UNIQUE INDEX idx_virtual_machines_domain_uuid ON virtual_machines(domain_uuid);
INSERT INTO virtual_machines (id, host_id, name, domain_uuid, source, title, description, state, v_cpu_count, cpu_model, cpu_topology_json,
  memory_bytes, current_memory, os_type, is_template, metadata, sync_status, drift_details) VALUES
  ('50000000-0000-4000-8000-000000000001', '40000000-0000-4000-8000-000000000001', 'full', '51000000-0000-4000-8000-000000000001', 'managed',
    'All devices', 'One of each kind', 'ACTIVE', 4, 'Skylake-Server', '', 4294967296, 2147483648, 'hvm', 0,
    '<metadata><app:info xmlns:app="http://example.org/app"><app:owner>ops</app:owner></app:info></metadata>', 'DRIFTED', '{"vcpu":{"db":4,"live":2}}'),
  ('50000000-0000-4000-8000-000000000002', '40000000-0000-4000-8000-000000000001', 'twin-a', '51000000-0000-4000-8000-000000000002', 'imported',
    '', '', 'STOPPED', 1, '', '', 1073741824, 1073741824, 'hvm', 0, '', 'SYNCED', ''),
  ('50000000-0000-4000-8000-000000000003', '40000000-0000-4000-8000-000000000002', 'twin-b', '51000000-0000-4000-8000-000000000003', 'imported',
    '', '', 'STOPPED', 1, '', '', 1073741824, 0, 'hvm', 0, '<broken', 'SYNCED', ''),
  ('50000000-0000-4000-8000-000000000004', '40000000-0000-4000-8000-000000000001', 'rubbish', 'not a UUID', 'managed',
    'two' || char(10) || 'lines', 'bell ' || char(7), 'ACTIVE', 2, 'a model!', '{"sockets":"many"', 1073741825, 99999999999999, 'Debian 12', 1, 'plain text',
    'UNKNOWN', 'rubbish'),
  ('50000000-0000-4000-8000-000000000005', '40000000-0000-4000-8000-000000000002', 'secure', '51000000-0000-4000-8000-000000000005', 'managed',
    '', '', 'STOPPED', 2, 'host-model', '{"sockets":2,"cores":1,"threads":1}', 2147483648, 2147483648, '', 0, '', 'UNKNOWN', '');
INSERT INTO virtual_machines (id, deleted_at, host_id, name, domain_uuid, memory_bytes, v_cpu_count) VALUES
  ('50000000-0000-4000-8000-000000000006', '2025-09-20 00:00:00', '40000000-0000-4000-8000-000000000002', 'deleted', '51000000-0000-4000-8000-000000000006', 1, 1);

-- Storage. Two pools have a volume of the same name, and virtumancer made one disk of both.
CREATE TABLE storage_pools (id CHAR(36) PRIMARY KEY, deleted_at DATETIME, host_id TEXT, name TEXT, uuid TEXT, type TEXT, path TEXT, state TEXT,
  capacity_bytes INTEGER, allocation_bytes INTEGER);
INSERT INTO storage_pools VALUES
  ('60000000-0000-4000-8000-000000000001', NULL, '40000000-0000-4000-8000-000000000001', 'default', '61000000-0000-4000-8000-000000000001', 'dir', '/var/lib/libvirt/images', 'ACTIVE', 1000000, 5000),
  ('60000000-0000-4000-8000-000000000002', NULL, '40000000-0000-4000-8000-000000000002', 'default', '61000000-0000-4000-8000-000000000002', 'dir', '/srv/pool/', 'ACTIVE', 1000000, 5000),
  ('60000000-0000-4000-8000-000000000003', NULL, '40000000-0000-4000-8000-000000000001', 'second', '61000000-0000-4000-8000-000000000003', '', '/second', 'ACTIVE', 0, 0);
CREATE TABLE volumes (id CHAR(36) PRIMARY KEY, deleted_at DATETIME, storage_pool_id TEXT, name TEXT, path TEXT, type TEXT, format TEXT, capacity_bytes INTEGER,
  allocation_bytes INTEGER, state TEXT, task_state TEXT);
INSERT INTO volumes VALUES
  ('62000000-0000-4000-8000-000000000001', NULL, '60000000-0000-4000-8000-000000000001', 'disk.qcow2', '/var/lib/libvirt/images/disk.qcow2', 'DISK', 'qcow2', 10, 5, 'AVAILABLE', ''),
  ('62000000-0000-4000-8000-000000000002', NULL, '60000000-0000-4000-8000-000000000002', 'disk.qcow2', '', 'DISK', 'qcow2', 10, 5, 'AVAILABLE', ''),
  ('62000000-0000-4000-8000-000000000003', NULL, '60000000-0000-4000-8000-000000000003', 'disk.qcow2', '/second/disk.qcow2', 'DISK', 'qcow2', 10, 5, 'AVAILABLE', '');
CREATE TABLE disks (id CHAR(36) PRIMARY KEY, deleted_at DATETIME, name TEXT, volume_id TEXT, path TEXT, format TEXT, capacity_bytes INTEGER, serial TEXT,
  driver_json TEXT, backing_json TEXT, volume_type TEXT, allocation_bytes INTEGER, target_path TEXT, source_format TEXT, encryption TEXT, io_tune TEXT, state TEXT);
INSERT INTO disks (id, deleted_at, name, volume_id, path, format, serial, driver_json, backing_json, encryption, io_tune) VALUES
  ('63000000-0000-4000-8000-000000000001', NULL, 'disk.qcow2', '62000000-0000-4000-8000-000000000001', '/var/lib/libvirt/images/disk.qcow2', 'qcow2', '', '{"name":"qemu","type":"qcow2"}', '', '', ''),
  ('63000000-0000-4000-8000-000000000002', NULL, '/images/root.img', NULL, '/images/root.img', '', 'ROOT-1', '{"name":"qemu","type":"raw","cache":"none","io":"native","discard":"unmap"}', '{"path":"/base.img"}', '', '{"total_bytes_sec":1000000,"read_iops_sec":100}'),
  ('63000000-0000-4000-8000-000000000003', NULL, '/dev/vg/data', NULL, '/dev/vg/data', 'raw', '', '{"name":"qemu","type":"raw"', '', 'luks', 'rubbish'),
  ('63000000-0000-4000-8000-000000000004', NULL, 'disk-sda', NULL, '', '', '', '{"name":"","type":""}', '', '', ''),
  ('63000000-0000-4000-8000-000000000005', NULL, 'disk-vdz', NULL, '', '', '', '', '', '', ''),
  ('63000000-0000-4000-8000-000000000006', '2025-09-20 00:00:00', '/erased.img', NULL, '/erased.img', 'raw', '', '', '', '', ''),
  ('63000000-0000-4000-8000-000000000007', NULL, '/boot.iso', NULL, '/boot.iso', 'raw', '', '{"cache":"no such thing"}', '', '', ''),
  ('63000000-0000-4000-8000-000000000008', NULL, '/floppy.img', NULL, '/floppy.img', 'raw', 'with "quotes"', '', '', '', ''),
  ('63000000-0000-4000-8000-000000000009', NULL, '/free.img', NULL, '/free.img', 'raw', '', '', '', '', '');
CREATE TABLE disk_attachments (id CHAR(36) PRIMARY KEY, deleted_at DATETIME, vm_uuid TEXT, disk_id TEXT, device_name TEXT, bus_type TEXT, read_only NUMERIC,
  shareable NUMERIC, address_json TEXT, metadata TEXT);
CREATE UNIQUE INDEX uniq_disk_attachment_vm_dev ON disk_attachments(vm_uuid, device_name) WHERE vm_uuid IS NOT NULL AND device_name IS NOT NULL;
INSERT INTO disk_attachments VALUES
  ('64000000-0000-4000-8000-000000000001', NULL, '50000000-0000-4000-8000-000000000002', '63000000-0000-4000-8000-000000000001', 'vda', 'virtio', 0, 0, '', ''),
  ('64000000-0000-4000-8000-000000000002', NULL, '50000000-0000-4000-8000-000000000003', '63000000-0000-4000-8000-000000000001', 'vda', 'virtio', 0, 0, '', ''),
  ('64000000-0000-4000-8000-000000000003', NULL, '50000000-0000-4000-8000-000000000001', '63000000-0000-4000-8000-000000000002', 'vda', 'virtio', 0, 0,
    '{"type":"pci","domain":"0x0000","bus":"0x00","slot":"0x07","function":"0x0"}', ''),
  ('64000000-0000-4000-8000-000000000004', NULL, '50000000-0000-4000-8000-000000000001', '63000000-0000-4000-8000-000000000003', 'vdb', 'virtio', 0, 1,
    '{"type":"pci","domain":"0x0000","bus":"0x00","slot":"0x07","function":"0x0"}', ''),
  ('64000000-0000-4000-8000-000000000005', NULL, '50000000-0000-4000-8000-000000000001', '63000000-0000-4000-8000-000000000004', 'sda', 'sata', 1, 0, 'rubbish', ''),
  ('64000000-0000-4000-8000-000000000006', NULL, '50000000-0000-4000-8000-000000000001', '63000000-0000-4000-8000-000000000007', 'sdb', 'sata', 1, 0, '{"type":"drive","controller":0,"bus":0,"target":0,"unit":1}', ''),
  ('64000000-0000-4000-8000-000000000007', NULL, '50000000-0000-4000-8000-000000000001', '63000000-0000-4000-8000-000000000008', 'fda', 'fdc', 0, 0, '', ''),
  ('64000000-0000-4000-8000-000000000008', NULL, '50000000-0000-4000-8000-000000000004', '63000000-0000-4000-8000-000000000005', 'vdz', 'virtio', 0, 0, '', ''),
  ('64000000-0000-4000-8000-000000000009', NULL, '50000000-0000-4000-8000-000000000004', '63000000-0000-4000-8000-000000000006', 'vda', 'virtio', 0, 0, '', ''),
  ('64000000-0000-4000-8000-00000000000a', NULL, '50000000-0000-4000-8000-000000000004', '63000000-0000-4000-8000-0000000000ff', 'vdb', 'virtio', 0, 0, '', ''),
  ('64000000-0000-4000-8000-00000000000b', NULL, '50000000-0000-4000-8000-000000000006', '63000000-0000-4000-8000-000000000002', 'vda', 'virtio', 0, 0, '', '');
-- What the VM had before the disks were merged.
CREATE TABLE volume_attachments (id INTEGER PRIMARY KEY, vm_uuid TEXT, volume_id TEXT, device_name TEXT, bus_type TEXT, is_read_only NUMERIC);
INSERT INTO volume_attachments VALUES (1, '50000000-0000-4000-8000-000000000002', '62000000-0000-4000-8000-000000000003', 'vda', 'virtio', 0);
CREATE TABLE disk_driver_options (id INTEGER PRIMARY KEY, deleted_at DATETIME, disk_id INTEGER, cache TEXT, io TEXT, detect_zeroes TEXT, discard TEXT, aio TEXT, config_json TEXT);
INSERT INTO disk_driver_options VALUES (1, NULL, '63000000-0000-4000-8000-000000000003', 'writeback', '', 'unmap', 'unmap', '', '');
CREATE TABLE io_tunes (id INTEGER PRIMARY KEY, deleted_at DATETIME, owner_type TEXT, owner_id INTEGER, read_iops INTEGER, write_iops INTEGER, read_bps INTEGER, write_bps INTEGER, total_bytes_sec INTEGER, config_json TEXT);
INSERT INTO io_tunes VALUES (1, NULL, 'disk', '63000000-0000-4000-8000-000000000003', 200, 100, 0, 0, 0, '');

-- Networks.
CREATE TABLE networks (id CHAR(36) PRIMARY KEY, deleted_at DATETIME, host_id TEXT, name TEXT, uuid TEXT, bridge_name TEXT, mode TEXT);
INSERT INTO networks VALUES
  ('70000000-0000-4000-8000-000000000001', NULL, '40000000-0000-4000-8000-000000000001', 'br0', '71000000-0000-4000-8000-000000000001', 'br0', 'bridged'),
  ('70000000-0000-4000-8000-000000000002', '2025-09-20 00:00:00', '40000000-0000-4000-8000-000000000001', 'old', '71000000-0000-4000-8000-000000000002', 'br9', 'bridged');
CREATE TABLE ports (id CHAR(36) PRIMARY KEY, deleted_at DATETIME, mac_address TEXT, model_name TEXT, ip_address TEXT, host_id TEXT, source_type TEXT, source_ref TEXT,
  port_group TEXT, virtual_port_json TEXT, filter_ref_json TEXT, vlan_tags_json TEXT, trust_guest_rx_filters NUMERIC, primary_vlan INTEGER, address_json TEXT);
INSERT INTO ports (id, mac_address, model_name, host_id, source_type, source_ref, port_group, virtual_port_json, filter_ref_json, vlan_tags_json, trust_guest_rx_filters, primary_vlan, address_json) VALUES
  ('72000000-0000-4000-8000-000000000001', '52:54:00:72:00:01', 'virtio', '40000000-0000-4000-8000-000000000001', 'network', 'lan', 'dev', '', '{"filter":"clean-traffic","parameters":{"IP":"10.0.0.9"}}', '', 1, NULL, '{"type":"pci","slot":"0x08"}'),
  ('72000000-0000-4000-8000-000000000002', '52:54:00:72:00:02', 'e1000e', '40000000-0000-4000-8000-000000000001', 'bridge', 'ovsbr', '', '{"type":"openvswitch","parameters":{"interfaceid":"73000000-0000-4000-8000-000000000001"}}', '', '{"tags":[{"id":10},{"id":20}]}', 0, NULL, ''),
  ('72000000-0000-4000-8000-000000000003', '52:54:00:72:00:03', 'virtio', '40000000-0000-4000-8000-000000000001', 'direct', 'eth0', '', '', 'rubbish', '[1,', 0, 5, ''),
  ('72000000-0000-4000-8000-000000000004', '52:54:00:72:00:04', '', '40000000-0000-4000-8000-000000000001', 'vhostuser', '/run/vhost.sock', '', '', '', '', 0, NULL, ''),
  ('72000000-0000-4000-8000-000000000005', '52:54:00:72:00:05', '', '40000000-0000-4000-8000-000000000001', 'hostdev', '0000:05:10.1', '', '', '', '', 0, NULL, ''),
  ('72000000-0000-4000-8000-000000000006', '52:54:00:72:00:06', 'virtio', '40000000-0000-4000-8000-000000000001', '', '', '', '', '', '', 0, NULL, ''),
  ('72000000-0000-4000-8000-000000000007', 'not a MAC', 'a b', '40000000-0000-4000-8000-000000000001', 'wormhole', 'x', '', '', '', '', 0, NULL, ''),
  ('72000000-0000-4000-8000-000000000008', '52:54:00:72:00:08', '', '40000000-0000-4000-8000-000000000001', '', '', '', '', '', '', 0, NULL, '');
CREATE TABLE port_bindings (id CHAR(36) PRIMARY KEY, deleted_at DATETIME, port_id TEXT, network_id TEXT);
INSERT INTO port_bindings VALUES
  ('74000000-0000-4000-8000-000000000001', NULL, '72000000-0000-4000-8000-000000000006', '70000000-0000-4000-8000-000000000001'),
  ('74000000-0000-4000-8000-000000000002', NULL, '72000000-0000-4000-8000-000000000008', '70000000-0000-4000-8000-000000000002');
CREATE TABLE port_attachments (id CHAR(36) PRIMARY KEY, deleted_at DATETIME, vm_uuid TEXT, port_id TEXT, host_id TEXT, device_name TEXT, mac_address TEXT, model_name TEXT,
  ordinal INTEGER, metadata TEXT, address_json TEXT);
INSERT INTO port_attachments (id, vm_uuid, port_id, device_name, mac_address, model_name, ordinal, address_json) VALUES
  ('75000000-0000-4000-8000-000000000001', '50000000-0000-4000-8000-000000000001', '72000000-0000-4000-8000-000000000001', 'web0', '52:54:00:72:00:01', 'virtio', 0, ''),
  ('75000000-0000-4000-8000-000000000002', '50000000-0000-4000-8000-000000000001', '72000000-0000-4000-8000-000000000002', 'vnet1', '52:54:00:72:00:02', '', 1, ''),
  ('75000000-0000-4000-8000-000000000003', '50000000-0000-4000-8000-000000000001', '72000000-0000-4000-8000-000000000003', 'macvtap0', '', '', 2, ''),
  ('75000000-0000-4000-8000-000000000004', '50000000-0000-4000-8000-000000000001', '72000000-0000-4000-8000-000000000004', 'vu0', '', '', 3, ''),
  ('75000000-0000-4000-8000-000000000005', '50000000-0000-4000-8000-000000000001', '72000000-0000-4000-8000-000000000005', 'hd0', '', '', 4, ''),
  ('75000000-0000-4000-8000-000000000006', '50000000-0000-4000-8000-000000000001', '72000000-0000-4000-8000-000000000006', '', '52:54:00:72:00:06', '', 5, ''),
  ('75000000-0000-4000-8000-000000000007', '50000000-0000-4000-8000-000000000004', '72000000-0000-4000-8000-000000000007', 'this name is too long', 'rubbish', '', 0, '[]'),
  ('75000000-0000-4000-8000-000000000008', '50000000-0000-4000-8000-000000000004', '72000000-0000-4000-8000-000000000008', '', '', '', 1, ''),
  ('75000000-0000-4000-8000-000000000009', '50000000-0000-4000-8000-000000000004', '72000000-0000-4000-8000-0000000000ff', 'gone0', '', '', 2, '');
CREATE TABLE filter_refs (id CHAR(36) PRIMARY KEY, deleted_at DATETIME, port_id TEXT, name TEXT, parameters_json TEXT);
INSERT INTO filter_refs VALUES ('76000000-0000-4000-8000-000000000001', NULL, '72000000-0000-4000-8000-000000000002', 'no-spoof', '{"MAC":"52:54:00:72:00:02"}');
CREATE TABLE virtual_ports (id CHAR(36) PRIMARY KEY, deleted_at DATETIME, port_id TEXT, type TEXT, config_json TEXT);
INSERT INTO virtual_ports VALUES ('76000000-0000-4000-8000-000000000002', NULL, '72000000-0000-4000-8000-000000000006', 'wrong', '{}');

-- Devices by pairs.
CREATE TABLE controllers (id CHAR(36) PRIMARY KEY, type TEXT, model_name TEXT, "index" INTEGER);
INSERT INTO controllers VALUES ('80000000-0000-4000-8000-000000000001', 'usb', 'qemu-xhci', 0), ('80000000-0000-4000-8000-000000000002', 'pci', 'pcie-root', 0),
  ('80000000-0000-4000-8000-000000000003', 'pci', 'pcie-root-port', 1), ('80000000-0000-4000-8000-000000000004', 'virtio-serial', '', 0),
  ('80000000-0000-4000-8000-000000000005', 'sata', 'no such model', 0), ('80000000-0000-4000-8000-000000000006', 'usb', 'nec-xhci', 0), ('80000000-0000-4000-8000-000000000007', '', '', 0);
CREATE TABLE controller_attachments (id CHAR(36) PRIMARY KEY, vm_uuid TEXT, controller_id TEXT);
INSERT INTO controller_attachments SELECT '81' || substr(id, 3), '50000000-0000-4000-8000-000000000001', id FROM controllers;
CREATE TABLE input_devices (id CHAR(36) PRIMARY KEY, type TEXT, bus TEXT);
INSERT INTO input_devices VALUES ('80100000-0000-4000-8000-000000000001', 'tablet', 'usb'), ('80100000-0000-4000-8000-000000000002', '', '');
CREATE TABLE input_device_attachments (id CHAR(36) PRIMARY KEY, vm_uuid TEXT, input_device_id TEXT);
INSERT INTO input_device_attachments SELECT '81' || substr(id, 3), '50000000-0000-4000-8000-000000000001', id FROM input_devices;
CREATE TABLE sound_cards (id CHAR(36) PRIMARY KEY, model_name TEXT);
INSERT INTO sound_cards VALUES ('80200000-0000-4000-8000-000000000001', 'ich9');
CREATE TABLE sound_card_attachments (id CHAR(36) PRIMARY KEY, vm_uuid TEXT, sound_card_id TEXT);
INSERT INTO sound_card_attachments SELECT '81' || substr(id, 3), '50000000-0000-4000-8000-000000000001', id FROM sound_cards;
CREATE TABLE tpms (id CHAR(36) PRIMARY KEY, model_name TEXT, backend_type TEXT, backend_path TEXT);
INSERT INTO tpms VALUES ('80300000-0000-4000-8000-000000000001', 'tpm-crb', 'emulator', '/var/lib/swtpm'), ('80300000-0000-4000-8000-000000000002', '', '', '');
CREATE TABLE tpm_attachments (id CHAR(36) PRIMARY KEY, vm_uuid TEXT, tpm_id TEXT);
INSERT INTO tpm_attachments SELECT '81' || substr(id, 3), '50000000-0000-4000-8000-000000000001', id FROM tpms;
CREATE TABLE watchdogs (id CHAR(36) PRIMARY KEY, model_name TEXT, action TEXT);
INSERT INTO watchdogs VALUES ('80400000-0000-4000-8000-000000000001', 'i6300esb', 'reset');
CREATE TABLE watchdog_attachments (id CHAR(36) PRIMARY KEY, vm_uuid TEXT, watchdog_id TEXT);
INSERT INTO watchdog_attachments SELECT '81' || substr(id, 3), '50000000-0000-4000-8000-000000000001', id FROM watchdogs;
CREATE TABLE serial_devices (id CHAR(36) PRIMARY KEY, type TEXT, target_port INTEGER, config_json TEXT);
INSERT INTO serial_devices VALUES ('80500000-0000-4000-8000-000000000001', 'pty', 0, ''), ('80500000-0000-4000-8000-000000000002', 'tcp', 1, '{"host":"127.0.0.1","service":"4555","mode":"bind"}'),
  ('80500000-0000-4000-8000-000000000003', 'file', 2, 'rubbish');
CREATE TABLE serial_device_attachments (id CHAR(36) PRIMARY KEY, vm_uuid TEXT, serial_device_id TEXT);
INSERT INTO serial_device_attachments SELECT '81' || substr(id, 3), '50000000-0000-4000-8000-000000000001', id FROM serial_devices;
CREATE TABLE channel_devices (id CHAR(36) PRIMARY KEY, type TEXT, target_name TEXT, config_json TEXT);
INSERT INTO channel_devices VALUES ('80600000-0000-4000-8000-000000000001', 'unix', 'org.qemu.guest_agent.0', ''), ('80600000-0000-4000-8000-000000000002', 'spicevmc', 'com.redhat.spice.0', '');
CREATE TABLE channel_device_attachments (id CHAR(36) PRIMARY KEY, vm_uuid TEXT, channel_device_id TEXT);
INSERT INTO channel_device_attachments SELECT '81' || substr(id, 3), '50000000-0000-4000-8000-000000000001', id FROM channel_devices;
CREATE TABLE filesystems (id CHAR(36) PRIMARY KEY, driver_type TEXT, source_path TEXT, target_path TEXT);
INSERT INTO filesystems VALUES ('80700000-0000-4000-8000-000000000001', 'virtiofs', '/srv/share', 'share'), ('80700000-0000-4000-8000-000000000002', '', 'relative', 'x');
CREATE TABLE filesystem_attachments (id CHAR(36) PRIMARY KEY, vm_uuid TEXT, filesystem_id TEXT);
INSERT INTO filesystem_attachments SELECT '81' || substr(id, 3), '50000000-0000-4000-8000-000000000001', id FROM filesystems;
CREATE TABLE smartcards (id CHAR(36) PRIMARY KEY, type TEXT, config_json TEXT);
INSERT INTO smartcards VALUES ('80800000-0000-4000-8000-000000000001', 'passthrough', '');
CREATE TABLE smartcard_attachments (id CHAR(36) PRIMARY KEY, vm_uuid TEXT, smartcard_id TEXT);
INSERT INTO smartcard_attachments SELECT '81' || substr(id, 3), '50000000-0000-4000-8000-000000000001', id FROM smartcards;
CREATE TABLE usb_redirectors (id CHAR(36) PRIMARY KEY, type TEXT, filter_rule TEXT);
INSERT INTO usb_redirectors VALUES ('80900000-0000-4000-8000-000000000001', 'spicevmc', '-1:-1:-1:-1:1');
CREATE TABLE usb_redirector_attachments (id CHAR(36) PRIMARY KEY, vm_uuid TEXT, usb_redirector_id TEXT);
INSERT INTO usb_redirector_attachments SELECT '81' || substr(id, 3), '50000000-0000-4000-8000-000000000001', id FROM usb_redirectors;
CREATE TABLE rng_devices (id CHAR(36) PRIMARY KEY, model_name TEXT, backend_type TEXT);
INSERT INTO rng_devices VALUES ('80a00000-0000-4000-8000-000000000001', '', '');
CREATE TABLE rng_device_attachments (id CHAR(36) PRIMARY KEY, vm_uuid TEXT, rng_device_id TEXT);
INSERT INTO rng_device_attachments SELECT '81' || substr(id, 3), '50000000-0000-4000-8000-000000000001', id FROM rng_devices;
CREATE TABLE panic_devices (id CHAR(36) PRIMARY KEY, model_name TEXT);
INSERT INTO panic_devices VALUES ('80b00000-0000-4000-8000-000000000001', 'isa');
CREATE TABLE panic_device_attachments (id CHAR(36) PRIMARY KEY, vm_uuid TEXT, panic_device_id TEXT);
INSERT INTO panic_device_attachments SELECT '81' || substr(id, 3), '50000000-0000-4000-8000-000000000001', id FROM panic_devices;
CREATE TABLE vsocks (id CHAR(36) PRIMARY KEY, guest_c_id INTEGER);
INSERT INTO vsocks VALUES ('80c00000-0000-4000-8000-000000000001', 7);
CREATE TABLE vsock_attachments (id CHAR(36) PRIMARY KEY, vm_uuid TEXT, vsock_id TEXT);
INSERT INTO vsock_attachments SELECT '81' || substr(id, 3), '50000000-0000-4000-8000-000000000001', id FROM vsocks;
CREATE TABLE memory_balloons (id CHAR(36) PRIMARY KEY, model_name TEXT, config_json TEXT);
INSERT INTO memory_balloons VALUES ('80d00000-0000-4000-8000-000000000001', 'virtio', '{"autodeflate":"on","stats":{"period":10}}');
CREATE TABLE memory_balloon_attachments (id CHAR(36) PRIMARY KEY, vm_uuid TEXT, memory_balloon_id TEXT);
INSERT INTO memory_balloon_attachments SELECT '81' || substr(id, 3), '50000000-0000-4000-8000-000000000001', id FROM memory_balloons;
CREATE TABLE shmem_devices (id CHAR(36) PRIMARY KEY, name TEXT, size_ki_b INTEGER, path TEXT);
INSERT INTO shmem_devices VALUES ('80e00000-0000-4000-8000-000000000001', 'shm0', 4096, '/dev/shm/shm0');
CREATE TABLE shmem_device_attachments (id CHAR(36) PRIMARY KEY, vm_uuid TEXT, shmem_device_id TEXT);
INSERT INTO shmem_device_attachments SELECT '81' || substr(id, 3), '50000000-0000-4000-8000-000000000001', id FROM shmem_devices;
CREATE TABLE iommu_devices (id CHAR(36) PRIMARY KEY, model_name TEXT);
INSERT INTO iommu_devices VALUES ('80f00000-0000-4000-8000-000000000001', 'intel');
CREATE TABLE iommu_device_attachments (id CHAR(36) PRIMARY KEY, vm_uuid TEXT, iommu_device_id TEXT);
INSERT INTO iommu_device_attachments SELECT '81' || substr(id, 3), '50000000-0000-4000-8000-000000000001', id FROM iommu_devices;
CREATE TABLE video_models (id INTEGER PRIMARY KEY, model_name TEXT, v_ram INTEGER, heads INTEGER, accel3_d NUMERIC);
INSERT INTO video_models VALUES (1, 'qxl', 65536, 2, 1), (2, 'virtio', 0, 1, 1), (3, 'cirrus', 0, 0, 0);
CREATE TABLE video_attachments (id INTEGER PRIMARY KEY, deleted_at DATETIME, vm_uuid TEXT, video_model_id INTEGER, monitor_index INTEGER, "primary" NUMERIC);
INSERT INTO video_attachments VALUES (1, NULL, '50000000-0000-4000-8000-000000000001', 1, 0, 1), (2, NULL, '50000000-0000-4000-8000-000000000001', 2, 0, 1),
  (3, '2025-09-20 00:00:00', '50000000-0000-4000-8000-000000000002', 3, 0, 1), (4, NULL, '50000000-0000-4000-8000-000000000001', 3, 0, 1);
CREATE TABLE mediated_devices (id INTEGER PRIMARY KEY, type_name TEXT, vendor TEXT, device_id TEXT, config_json TEXT);
INSERT INTO mediated_devices VALUES (1, 'vfio-pci', 'nvidia', '90000000-0000-4000-8000-000000000001', ''), (2, '', '', '', '');
CREATE TABLE mediated_device_attachments (id INTEGER PRIMARY KEY, vm_uuid TEXT, mdev_id INTEGER, device_name TEXT, address_json TEXT);
INSERT INTO mediated_device_attachments VALUES (1, '50000000-0000-4000-8000-000000000001', 1, '', ''), (2, '50000000-0000-4000-8000-000000000001', 2, '', '');
CREATE TABLE host_devices (id CHAR(36) PRIMARY KEY, deleted_at DATETIME, host_id TEXT, type TEXT, address TEXT, description TEXT);
INSERT INTO host_devices VALUES
  ('91000000-0000-4000-8000-000000000001', NULL, '40000000-0000-4000-8000-000000000001', 'pci', '0000:01:00.0', ''),
  ('91000000-0000-4000-8000-000000000002', NULL, '40000000-0000-4000-8000-000000000001', 'usb', ':::.', 'Receiver (046d:c52b)'),
  ('91000000-0000-4000-8000-000000000003', NULL, '40000000-0000-4000-8000-000000000001', 'usb', ':::.', ''),
  ('91000000-0000-4000-8000-000000000004', NULL, '40000000-0000-4000-8000-000000000001', 'scsi', '0:0:0:1', '');
CREATE TABLE host_device_attachments (id CHAR(36) PRIMARY KEY, vm_uuid TEXT, host_device_id TEXT);
INSERT INTO host_device_attachments SELECT '92' || substr(id, 3), '50000000-0000-4000-8000-000000000001', id FROM host_devices;
CREATE TABLE host_pc_idevices (id INTEGER PRIMARY KEY, host_device_id INTEGER, vendor_id TEXT, product_id TEXT, slot TEXT, function TEXT, config_json TEXT);
INSERT INTO host_pc_idevices VALUES (1, '91000000-0000-4000-8000-000000000003', '0x1d6b', '0x0002', '', '', '');
CREATE TABLE consoles (id CHAR(36) PRIMARY KEY, deleted_at DATETIME, vm_uuid TEXT, host_id TEXT, type TEXT, model_name TEXT, listen_address TEXT, port INTEGER, tls_port INTEGER, metadata TEXT);
INSERT INTO consoles VALUES
  ('93000000-0000-4000-8000-000000000001', NULL, '50000000-0000-4000-8000-000000000001', '', 'spice', 'spice', '0.0.0.0', 5900, 5901, ''),
  ('93000000-0000-4000-8000-000000000002', NULL, '50000000-0000-4000-8000-000000000001', '', 'pty', '', '', 0, 0, ''),
  ('93000000-0000-4000-8000-000000000003', NULL, '50000000-0000-4000-8000-000000000004', '', 'telepathy', '', 'not; an address', 99999, 0, '');

-- Sections.
CREATE TABLE boot_configs (id INTEGER PRIMARY KEY, vm_uuid TEXT UNIQUE, loader_path TEXT, loader_type TEXT, n_vram_path TEXT, boot_order_json TEXT, secure_boot NUMERIC);
INSERT INTO boot_configs VALUES
  (1, '50000000-0000-4000-8000-000000000001', '/usr/share/OVMF/OVMF_CODE.fd', '', '/var/lib/libvirt/nvram/full.fd', '[{"dev":"network","order":2},{"dev":"hd","order":1}]', 0),
  (2, '50000000-0000-4000-8000-000000000004', 'relative', 'flash', '', '[{"dev":"moon"}]', 0),
  (3, '50000000-0000-4000-8000-000000000005', '', '', '', 'null', 1),
  (4, '50000000-0000-4000-8000-000000000002', '', '', '', '["vda"]', 0);
CREATE TABLE os_configs (id CHAR(36) PRIMARY KEY, vm_uuid TEXT UNIQUE, loader_path TEXT, loader_type TEXT, firmware TEXT, boot_menu_enable NUMERIC, boot_menu_timeout INTEGER, smbios_mode TEXT);
INSERT INTO os_configs VALUES ('a0000000-0000-4000-8000-000000000001', '50000000-0000-4000-8000-000000000001', '', 'x86_64', 'hvm', 1, 3000, '');
CREATE TABLE cpu_features (id INTEGER PRIMARY KEY, vm_uuid TEXT, name TEXT, policy TEXT, "default" NUMERIC);
INSERT INTO cpu_features VALUES (1, '50000000-0000-4000-8000-000000000001', 'vmx', 'require', 0), (2, '50000000-0000-4000-8000-000000000001', 'vmx', 'disable', 0),
  (3, '50000000-0000-4000-8000-000000000001', 'hle', 'disable', 0);
CREATE TABLE cpu_topologies (id INTEGER PRIMARY KEY, vm_uuid TEXT UNIQUE, sockets INTEGER, cores INTEGER, threads INTEGER);
INSERT INTO cpu_topologies VALUES (1, '50000000-0000-4000-8000-000000000001', 1, 2, 2);
CREATE TABLE cpu_tunes (id INTEGER PRIMARY KEY, vm_uuid TEXT, shares INTEGER, quota INTEGER, period INTEGER, emu_threads INTEGER, vcpus TEXT);
INSERT INTO cpu_tunes VALUES (1, '50000000-0000-4000-8000-000000000001', 2048, 5, 100000, 0, '0-3');
CREATE TABLE numa_nodes (id INTEGER PRIMARY KEY, vm_uuid TEXT, node_id INTEGER, memory_kb INTEGER, cpus_json TEXT);
INSERT INTO numa_nodes VALUES (1, '50000000-0000-4000-8000-000000000001', 0, 2097152, '0-1'), (2, '50000000-0000-4000-8000-000000000001', 1, 2097152, '[2,3]'),
  (3, '50000000-0000-4000-8000-000000000004', 7, 1, 'rubbish');
CREATE TABLE clocks (id INTEGER PRIMARY KEY, vm_uuid TEXT UNIQUE, "offset" TEXT, timezone TEXT, basis TEXT, adjustment INTEGER, config_json TEXT);
INSERT INTO clocks VALUES (1, '50000000-0000-4000-8000-000000000001', 'utc', '', '', 0, '[{"name":"rtc","tick_policy":"catchup"},{"name":"hpet","present":"no"}]'),
  (2, '50000000-0000-4000-8000-000000000004', 'timezone', '', 'x', 5, '{"rubbish"');
CREATE TABLE lifecycle_actions (id INTEGER PRIMARY KEY, vm_uuid TEXT UNIQUE, on_poweroff TEXT, on_reboot TEXT, on_crash TEXT, on_lockfailure TEXT);
INSERT INTO lifecycle_actions VALUES (1, '50000000-0000-4000-8000-000000000001', 'destroy', 'restart', 'coredump-destroy', 'pause');
CREATE TABLE hypervisor_features (id INTEGER PRIMARY KEY, vm_uuid TEXT, type TEXT, name TEXT, state TEXT, value TEXT, config_json TEXT);
INSERT INTO hypervisor_features VALUES (1, '50000000-0000-4000-8000-000000000001', '', 'acpi', '', '', ''), (2, '50000000-0000-4000-8000-000000000001', 'hyperv', 'relaxed', 'on', '', ''),
  (3, '50000000-0000-4000-8000-000000000001', '', 'teleport', 'on', '', '');
CREATE TABLE memory_configs (id INTEGER PRIMARY KEY, vm_uuid TEXT, config_type TEXT, source_type TEXT, size_kb INTEGER, mode TEXT, nosharepages NUMERIC, locked NUMERIC, node_id INTEGER, memory_kb INTEGER, cpus TEXT, min_guarantee INTEGER, config_json TEXT);
INSERT INTO memory_configs VALUES (1, '50000000-0000-4000-8000-000000000001', 'backing', 'memfd', 0, '', 1, 0, 0, 0, '', 0, '[{"size":"2048","unit":"KiB"}]');
CREATE TABLE smbios_system_infos (id INTEGER PRIMARY KEY, vm_uuid TEXT, type TEXT, vendor TEXT, version TEXT, serial TEXT, product TEXT, manufacturer TEXT, asset TEXT, sku TEXT, config_json TEXT);
INSERT INTO smbios_system_infos VALUES (1, '50000000-0000-4000-8000-000000000001', 'smbios', '', '1.0', 'S-1', 'Virtual', 'ACME', 'A-7', '', '{"mode":"sysinfo"}'),
  (2, '50000000-0000-4000-8000-000000000005', 'smbios', '', '', '', '', '', '', '', '{"mode":"host"}');
CREATE TABLE security_labels (id INTEGER PRIMARY KEY, vm_uuid TEXT, type TEXT, model TEXT, label TEXT, baselabel TEXT, relabel NUMERIC);
INSERT INTO security_labels VALUES (1, '50000000-0000-4000-8000-000000000001', 'dynamic', 'dac', '+64055:+103', '', 0);
CREATE TABLE perf_events (id INTEGER PRIMARY KEY, vm_uuid TEXT, name TEXT, state TEXT, config_json TEXT);
INSERT INTO perf_events VALUES (1, '50000000-0000-4000-8000-000000000001', 'cache_misses', 'on', ''), (2, '50000000-0000-4000-8000-000000000001', 'cache_misses', '', '');
CREATE TABLE launch_securities (id INTEGER PRIMARY KEY, vm_uuid TEXT UNIQUE, type TEXT, c_bit_pos INTEGER, reduced_phys_bits INTEGER, policy INTEGER, dh_cert TEXT, session TEXT);
INSERT INTO launch_securities VALUES (1, '50000000-0000-4000-8000-000000000005', 'sev', 47, 1, 3, '', '');
CREATE TABLE qemu_args (id INTEGER PRIMARY KEY, owner_type TEXT, owner_id TEXT, key TEXT, value TEXT);
INSERT INTO qemu_args VALUES (1, 'vm', '50000000-0000-4000-8000-000000000001', 'device', 'edu'), (2, 'disk', '9', 'x', 'y');
CREATE TABLE vendor_options (id INTEGER PRIMARY KEY, owner_type TEXT, owner_id TEXT, namespace TEXT, key TEXT, value_json TEXT);
INSERT INTO vendor_options VALUES (1, 'virtual_machine', '50000000-0000-4000-8000-000000000001', 'qemu', 'commandline', '["-name","debug-threads=on"]'),
  (2, 'virtual_machine', '50000000-0000-4000-8000-000000000001', 'acme', 'color', '"blue"');
CREATE TABLE device_aliases (id CHAR(36) PRIMARY KEY, vm_uuid TEXT, device_type TEXT, device_id TEXT, alias_name TEXT);
INSERT INTO device_aliases VALUES ('b0000000-0000-4000-8000-000000000001', '50000000-0000-4000-8000-000000000001', 'sound_card', '81200000-0000-4000-8000-000000000001', 'ua-music'),
  ('b0000000-0000-4000-8000-000000000002', '50000000-0000-4000-8000-000000000001', 'disk', '64000000-0000-4000-8000-000000000003', 'virtio-disk0');
CREATE TABLE vm_snapshots (id INTEGER PRIMARY KEY, vm_uuid TEXT, name TEXT, description TEXT, parent_name TEXT, state TEXT, config_xml TEXT);
INSERT INTO vm_snapshots VALUES (1, '50000000-0000-4000-8000-000000000001', 'before', 'Before the upgrade', '', 'shutoff', ''),
  (2, '50000000-0000-4000-8000-000000000001', 'after', '', 'before', 'RUNNING', '<nonsense');
CREATE TABLE hardware_traits (id INTEGER PRIMARY KEY, vm_uuid TEXT, trait_name TEXT, required NUMERIC);
INSERT INTO hardware_traits VALUES (1, '50000000-0000-4000-8000-000000000001', 'ssd', 1), (2, 'nobody', 'ssd', 1);
CREATE TABLE video_devices (id INTEGER PRIMARY KEY, host_device_id INTEGER, vendor TEXT, model_name TEXT, uuid TEXT, config_json TEXT);
INSERT INTO video_devices VALUES (1, 1, 'nvidia', 'A2', '', '');
CREATE TABLE block_statistics (id CHAR(36) PRIMARY KEY, vm_uuid TEXT, read_bytes INTEGER);
INSERT INTO block_statistics VALUES ('c0000000-0000-4000-8000-000000000001', '50000000-0000-4000-8000-000000000001', 5);

-- As virtumancer writes it, spelt in two ways.
CREATE TABLE attachment_indices (id CHAR(36) PRIMARY KEY, vm_uuid TEXT NOT NULL, device_type TEXT NOT NULL, attachment_id TEXT NOT NULL, device_id TEXT);
INSERT INTO attachment_indices VALUES
  ('d0000000-0000-4000-8000-000000000001', '50000000-0000-4000-8000-000000000001', 'host_device', '92000000-0000-4000-8000-000000000001', '91000000-0000-4000-8000-000000000001'),
  ('d0000000-0000-4000-8000-000000000002', '50000000-0000-4000-8000-000000000001', 'hostdev', '92000000-0000-4000-8000-000000000002', '91000000-0000-4000-8000-000000000002');
