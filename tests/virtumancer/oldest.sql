-- A database as virtumancer's first versions made it: VMs known by their row's id, ports of a VM without attachments, graphics
-- devices in place of consoles and video cards.
CREATE TABLE hosts (id TEXT PRIMARY KEY, uri TEXT);
INSERT INTO hosts VALUES ('local', 'qemu:///system');
CREATE TABLE virtual_machines (id INTEGER PRIMARY KEY AUTOINCREMENT, created_at DATETIME, updated_at DATETIME, deleted_at DATETIME, host_id TEXT,
  name TEXT, uuid TEXT, description TEXT, state INTEGER, v_cpu_count INTEGER, memory_bytes INTEGER, config_json TEXT);
INSERT INTO virtual_machines (id, host_id, name, uuid, state, v_cpu_count, memory_bytes) VALUES
  (7, 'local', 'first', '0d000000-0000-4000-8000-000000000001', 1, 2, 268435456);
CREATE TABLE volumes (id INTEGER PRIMARY KEY, deleted_at DATETIME, storage_pool_id INTEGER, name TEXT, type TEXT, format TEXT, capacity_bytes INTEGER);
INSERT INTO volumes VALUES (1, NULL, 0, '/var/lib/libvirt/images/first.qcow2', 'DISK', 'qcow2', 0);
CREATE TABLE volume_attachments (id INTEGER PRIMARY KEY, deleted_at DATETIME, vm_id INTEGER, volume_id INTEGER, device_name TEXT, bus_type TEXT, is_read_only NUMERIC);
INSERT INTO volume_attachments VALUES (1, NULL, 7, 1, 'vda', 'virtio', 0);
CREATE TABLE networks (id INTEGER PRIMARY KEY, deleted_at DATETIME, host_id TEXT, name TEXT, uuid TEXT, bridge_name TEXT, mode TEXT);
INSERT INTO networks VALUES (1, NULL, 'local', 'virbr0', '0d000000-0000-4000-8000-000000000002', 'virbr0', 'bridged');
CREATE TABLE ports (id INTEGER PRIMARY KEY, deleted_at DATETIME, vm_id INTEGER, mac_address TEXT, device_name TEXT, model_name TEXT, ip_address TEXT);
INSERT INTO ports VALUES (1, NULL, 7, '52:54:00:0d:00:01', 'vnet0', 'virtio', ''), (2, NULL, 8, '52:54:00:0d:00:02', '', '', '');
CREATE TABLE port_bindings (id INTEGER PRIMARY KEY, deleted_at DATETIME, port_id INTEGER, network_id INTEGER);
INSERT INTO port_bindings VALUES (1, NULL, 1, 1);
CREATE TABLE graphics_devices (id INTEGER PRIMARY KEY, deleted_at DATETIME, type TEXT, model_name TEXT, v_ram_ki_b INTEGER, listen_address TEXT);
INSERT INTO graphics_devices VALUES (1, NULL, 'spice', 'qxl', 65536, '127.0.0.1'), (2, NULL, 'vnc', 'vnc', 0, '');
CREATE TABLE graphics_device_attachments (id INTEGER PRIMARY KEY, deleted_at DATETIME, vm_id INTEGER, graphics_device_id INTEGER);
INSERT INTO graphics_device_attachments VALUES (1, NULL, 7, 1);
