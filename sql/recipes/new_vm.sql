-- A new VM by SQL alone: disk, network card, console, boot order. The last statement prints what `virsh define` takes:
--
--   virtsql --write vms.db < new_vm.sql | virsh define /dev/stdin
--
.mode list
.headers off
PRAGMA foreign_keys = ON;
BEGIN;
INSERT INTO virtual_machines (uuid, name, domain_type, memory, memory_unit, vcpus)
  VALUES ('7b1c0a51-6a0e-4d7c-9a75-0d6e5a3f2b10', 'fresh', 'qemu', 64, 'MiB', 1);
INSERT INTO boot_configs (vm_uuid, os_type, arch, machine, boot_device_1, boot_device_2)
  SELECT uuid, 'hvm', 'x86_64', 'pc', 'hd', 'network' FROM virtual_machines WHERE name = 'fresh';
INSERT INTO vm_features (vm_uuid, acpi, apic)
  SELECT uuid, 1, 1 FROM virtual_machines WHERE name = 'fresh';
INSERT INTO vm_disks (vm_name, source_type, device, driver_name, driver_type, driver_cache, path, device_name, bus_type)
  VALUES ('fresh', 'file', 'disk', 'qemu', 'raw', 'none', '/var/lib/libvirt/images/fresh.img', 'vda', 'virtio');
INSERT INTO vm_ports (vm_name, source_type, mac_address, model_name)
  VALUES ('fresh', 'user', '52:54:00:00:00:10', 'virtio');
INSERT INTO consoles (vm_uuid, element, type, target_type, target_port)
  SELECT uuid, 'console', 'pty', 'serial', 0 FROM virtual_machines WHERE name = 'fresh';
COMMIT;
SELECT domain_xml('fresh', 'inactive');
