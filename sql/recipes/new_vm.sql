-- How do I make a new VM by SQL alone?
--
-- Eight statements: disk, network card, display, serial console, boot order. It writes: run it with `virtsql --write`.
-- virtsql makes up the UUID and the MAC address. The last statement prints what `virsh define` takes:
--
--   virtsql --write vms.db < new_vm.sql | virsh define /dev/stdin
--
.mode list
.headers off
INSERT INTO virtual_machines (name, memory, memory_unit, vcpus) VALUES ('fresh', 512, 'MiB', 2);
INSERT INTO boot_configs (vm_uuid, os_type, arch, machine, boot_device_1, boot_device_2)
  SELECT uuid, 'hvm', 'x86_64', 'pc', 'hd', 'network' FROM virtual_machines WHERE name = 'fresh';
INSERT INTO vm_features (vm_uuid, acpi, apic) SELECT uuid, 1, 1 FROM virtual_machines WHERE name = 'fresh';
INSERT INTO vm_disks (vm_name, source_type, path, driver_name, driver_type, device_name, bus_type)
  VALUES ('fresh', 'file', '/var/lib/libvirt/images/fresh.img', 'qemu', 'raw', 'vda', 'virtio');
INSERT INTO vm_ports (vm_name, source_type, network, model_name) VALUES ('fresh', 'network', 'default', 'virtio');
INSERT INTO vm_consoles (vm_name, element, type, port, autoport) VALUES ('fresh', 'graphics', 'vnc', -1, 'yes');
INSERT INTO vm_consoles (vm_name, type, target_type, target_port) VALUES ('fresh', 'pty', 'serial', 0);
SELECT domain_xml('fresh', 'inactive');
