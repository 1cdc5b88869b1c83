-- A database as virtumancer's earlier versions made it: integer ids, VMs known by a UUID of the program's own, volumes
-- attached without disks, many tables not there yet.
CREATE TABLE hosts (id TEXT PRIMARY KEY, uri TEXT);
INSERT INTO hosts VALUES ('alpha', 'qemu+ssh://root@alpha/system'), ('beta', 'qemu+ssh://root@beta/system');

CREATE TABLE virtual_machines (id INTEGER PRIMARY KEY AUTOINCREMENT, created_at DATETIME, updated_at DATETIME,
  deleted_at DATETIME, host_id TEXT, name TEXT, uuid TEXT, domain_uuid TEXT, description TEXT, state INTEGER,
  v_cpu_count INTEGER, cpu_model TEXT, cpu_topology_json TEXT, memory_bytes INTEGER, os_type TEXT, is_template NUMERIC);
CREATE UNIQUE INDEX idx_vm_host_name ON virtual_machines(host_id, name);
INSERT INTO virtual_machines (id, deleted_at, host_id, name, uuid, domain_uuid, description, state, v_cpu_count, cpu_model,
  cpu_topology_json, memory_bytes, os_type, is_template) VALUES
  (1, NULL, 'alpha', 'web', 'aaaaaaaa-0000-4000-8000-000000000001', '11111111-0000-4000-8000-000000000001', 'The <web> & shop',
    1, 4, 'host-passthrough', '{"sockets":1,"cores":2,"threads":2}', 2147483648, 'hvm', 0),
  -- the same name on another host
  (2, NULL, 'beta', 'web', 'aaaaaaaa-0000-4000-8000-000000000002', '11111111-0000-4000-8000-000000000002', '', 5, 2, 'Skylake-Server',
    '{"sockets":1,"cores":1,"threads":1}', 1073741824, '', 0),
  -- the same UUID of libvirt on two hosts
  (3, NULL, 'alpha', 'copy', 'aaaaaaaa-0000-4000-8000-000000000003', '11111111-0000-4000-8000-000000000003', NULL, 5, 1, '', '', 536870912, 'hvm', 0),
  (4, NULL, 'beta', 'copy', 'aaaaaaaa-0000-4000-8000-000000000004', '11111111-0000-4000-8000-000000000003', NULL, 5, 1, '', 'rubbish', 536870912, 'hvm', 1),
  -- deleted, and still in the way of its name
  (5, '2025-08-01 10:00:00', 'alpha', 'gone', 'aaaaaaaa-0000-4000-8000-000000000005', '11111111-0000-4000-8000-000000000005', '', 5, 1, '', '', 536870912, 'hvm', 0),
  -- nothing is known of it, and its host is missing
  (6, NULL, 'omega', '', '', '', '', 0, 0, '', '', 0, 'Linux', 0);

CREATE TABLE storage_pools (id INTEGER PRIMARY KEY AUTOINCREMENT, deleted_at DATETIME, host_id TEXT, name TEXT, uuid TEXT,
  type TEXT, path TEXT, capacity_bytes INTEGER, allocation_bytes INTEGER);
INSERT INTO storage_pools VALUES
  (1, NULL, 'alpha', 'default', '22222222-0000-4000-8000-000000000001', 'dir', '/var/lib/libvirt/images', 1000000000, 500),
  (2, NULL, 'alpha', 'fast', '22222222-0000-4000-8000-000000000002', 'logical', '/dev/fast', 0, 0),
  (3, '2025-08-01 10:00:00', 'alpha', 'old', '22222222-0000-4000-8000-000000000003', 'dir', '/old', 0, 0);

CREATE TABLE volumes (id INTEGER PRIMARY KEY AUTOINCREMENT, deleted_at DATETIME, storage_pool_id INTEGER, name TEXT, type TEXT,
  format TEXT, capacity_bytes INTEGER, allocation_bytes INTEGER);
INSERT INTO volumes VALUES
  (1, NULL, 1, 'web.qcow2', 'DISK', 'qcow2', 10737418240, 196608),
  (2, NULL, 2, 'web-data', 'DISK', 'raw', 1073741824, 1073741824),
  (3, NULL, 0, '/srv/iso/debian.iso', 'ISO', 'raw', 0, 0),
  (4, NULL, 0, '/srv/images/copy.img', 'DISK', '', 0, 0),
  (5, '2025-08-01 10:00:00', 1, 'erased.qcow2', 'DISK', 'qcow2', 0, 0),
  (6, NULL, 1, 'spare.qcow2', 'DISK', 'qcow2', 1, 1);

CREATE TABLE volume_attachments (id INTEGER PRIMARY KEY AUTOINCREMENT, deleted_at DATETIME, vm_uuid TEXT, volume_id INTEGER,
  device_name TEXT, bus_type TEXT, is_read_only NUMERIC);
INSERT INTO volume_attachments VALUES
  (1, NULL, 'aaaaaaaa-0000-4000-8000-000000000001', 1, 'vda', 'virtio', 0),
  (2, NULL, 'aaaaaaaa-0000-4000-8000-000000000001', 2, '', '', 0),
  (3, NULL, 'aaaaaaaa-0000-4000-8000-000000000001', 3, 'sda', 'sata', 1),
  (4, NULL, 'aaaaaaaa-0000-4000-8000-000000000003', 4, 'vda', '', 0),
  (5, NULL, 'aaaaaaaa-0000-4000-8000-000000000004', 5, 'vda', 'virtio', 0),
  (6, NULL, 'aaaaaaaa-0000-4000-8000-000000000005', 1, 'vda', 'virtio', 0),
  (7, NULL, 'bbbbbbbb-0000-4000-8000-000000000000', 1, 'vda', 'virtio', 0),
  (8, '2025-08-01 10:00:00', 'aaaaaaaa-0000-4000-8000-000000000001', 6, 'vdb', 'virtio', 0);

CREATE TABLE networks (id INTEGER PRIMARY KEY AUTOINCREMENT, deleted_at DATETIME, host_id TEXT, name TEXT, uuid TEXT, bridge_name TEXT, mode TEXT);
INSERT INTO networks VALUES
  (1, NULL, 'alpha', 'br0', '33333333-0000-4000-8000-000000000001', 'br0', 'bridged'),
  (2, NULL, 'alpha', 'lan', '33333333-0000-4000-8000-000000000002', 'virbr7', 'nat'),
  -- of an interface of a network, virtumancer knows no bridge
  (3, NULL, 'beta', '', '33333333-0000-4000-8000-000000000003', '', 'bridged');

CREATE TABLE ports (id INTEGER PRIMARY KEY AUTOINCREMENT, deleted_at DATETIME, mac_address TEXT, model_name TEXT, ip_address TEXT, host_id TEXT);
INSERT INTO ports VALUES
  (1, NULL, '52:54:00:00:00:01', 'virtio', '10.0.0.1', 'alpha'),
  (2, NULL, '52:54:00:00:00:02', 'e1000', '', 'alpha'),
  (3, NULL, '52:54:00:00:00:03', '', '', 'beta'),
  (4, NULL, '', '', '', 'beta'),
  (5, NULL, '52:54:00:00:00:05', 'virtio', '', 'alpha');
CREATE TABLE port_bindings (id INTEGER PRIMARY KEY AUTOINCREMENT, deleted_at DATETIME, port_id INTEGER, network_id INTEGER);
INSERT INTO port_bindings VALUES (1, NULL, 1, 1), (2, NULL, 2, 2), (3, NULL, 3, 3), (4, NULL, 4, 99);
CREATE TABLE port_attachments (id INTEGER PRIMARY KEY AUTOINCREMENT, deleted_at DATETIME, vm_uuid TEXT, port_id INTEGER, host_id TEXT,
  device_name TEXT, mac_address TEXT, model_name TEXT, ordinal INTEGER, metadata TEXT);
INSERT INTO port_attachments VALUES
  -- two interfaces without a name share this row; it has the second one's port
  (1, NULL, 'aaaaaaaa-0000-4000-8000-000000000001', 2, 'alpha', '', '52:54:00:00:00:02', 'e1000', 0, ''),
  (2, NULL, 'aaaaaaaa-0000-4000-8000-000000000002', 3, 'beta', 'vnet3', '52:54:00:00:00:33', '', 0, 'rubbish'),
  (3, NULL, 'aaaaaaaa-0000-4000-8000-000000000002', 4, 'beta', '', '', '', 1, '');
CREATE TABLE attachment_indices (id INTEGER PRIMARY KEY AUTOINCREMENT, deleted_at DATETIME, vm_uuid TEXT NOT NULL, device_type TEXT NOT NULL,
  attachment_id INTEGER NOT NULL, device_id INTEGER);
INSERT INTO attachment_indices VALUES
  (1, NULL, 'aaaaaaaa-0000-4000-8000-000000000001', 'port', 1, 1),
  (2, NULL, 'aaaaaaaa-0000-4000-8000-000000000001', 'host_device', 1, 1),
  (3, NULL, 'aaaaaaaa-0000-4000-8000-000000000001', 'hostdev', 2, 2),
  (4, NULL, 'aaaaaaaa-0000-4000-8000-000000000002', 'port', 2, 3);

CREATE TABLE consoles (id INTEGER PRIMARY KEY AUTOINCREMENT, deleted_at DATETIME, vm_uuid TEXT, host_id TEXT, type TEXT, model_name TEXT,
  listen_address TEXT, port INTEGER, tls_port INTEGER, metadata TEXT);
INSERT INTO consoles VALUES
  (1, NULL, 'aaaaaaaa-0000-4000-8000-000000000001', 'alpha', 'vnc', 'vnc', '127.0.0.1', 5901, 0, ''),
  (2, NULL, 'aaaaaaaa-0000-4000-8000-000000000002', 'beta', 'spice', 'spice', '', 0, 0, ''),
  (3, NULL, 'aaaaaaaa-0000-4000-8000-000000000001', 'alpha', 'vnc', 'vnc', '', 0, 0, ''),
  -- consoles of no kind that libvirt has, with a password in what virtumancer says besides
  (4, NULL, 'aaaaaaaa-0000-4000-8000-000000000001', 'alpha', 'odd', '', '', 0, 0, '{"keymap":"de","auth":{"Password":"not-to-be-taken"},"xml":"<graphics passwd=''not-to-be-taken''/>"}'),
  (5, NULL, 'aaaaaaaa-0000-4000-8000-000000000001', 'alpha', 'odd', '', '', 0, 0, '<graphics type="vnc" passwd="not-to-be-taken" port="1"/>'),
  (6, NULL, 'aaaaaaaa-0000-4000-8000-000000000001', 'alpha', 'odd', '', '', 0, 0, 'pw: not-to-be-taken');

CREATE TABLE host_devices (id INTEGER PRIMARY KEY AUTOINCREMENT, deleted_at DATETIME, host_id TEXT, type TEXT, address TEXT, description TEXT);
INSERT INTO host_devices VALUES
  (1, NULL, 'alpha', 'pci', '0x0000:0x03:0x00.0x0', 'Some card'),
  -- every USB device of a host has become this one
  (2, NULL, 'alpha', 'usb', ':::.', '');
CREATE TABLE host_device_attachments (id INTEGER PRIMARY KEY AUTOINCREMENT, deleted_at DATETIME, vm_uuid TEXT, host_device_id INTEGER);
INSERT INTO host_device_attachments VALUES
  (1, NULL, 'aaaaaaaa-0000-4000-8000-000000000001', 1), (2, NULL, 'aaaaaaaa-0000-4000-8000-000000000001', 2);

CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT, password_hash TEXT);
INSERT INTO users VALUES (1, 'admin', 'not-to-be-taken');
