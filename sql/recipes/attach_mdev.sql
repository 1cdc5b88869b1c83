-- How do I give a VM a mediated device of its host, a vGPU for one?
--
-- It writes: run it with `virtsql --write`. :vm is the VM (default web01), :uuid the device (default: the first device
-- of the VM's host that no VM has; `virsh nodedev-list --cap mdev` lists them too). It prints the device's XML for
-- `virsh attach-device VM /dev/stdin --config`.
.mode list
.headers off
INSERT INTO vm_mediated_devices (vm_name, uuid, mode, managed, model_name)
  VALUES (coalesce(:vm, 'web01'), coalesce(:uuid, (
    SELECT m.uuid FROM node_mediated_devices AS m JOIN node_devices AS n ON n.id = m.node_device_id JOIN defined_vms AS v ON v.host_id = n.host_id
    WHERE v.name = coalesce(:vm, 'web01') AND m.uuid NOT IN (SELECT uuid FROM vm_mediated_devices WHERE uuid IS NOT NULL) ORDER BY n.name LIMIT 1)),
    'subsystem', 'no', 'vfio-pci');
SELECT device_xml('vm_mediated_devices', id) FROM vm_mediated_devices WHERE vm_name = coalesce(:vm, 'web01') ORDER BY id DESC LIMIT 1;
