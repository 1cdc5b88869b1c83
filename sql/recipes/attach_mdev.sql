-- How do I give a VM a mediated device of its host, a vGPU for one?
--
-- It writes: run it with `virtsql --write`. :vm is the VM (default web01), :uuid the device (default: the first device
-- of the VM's host that no VM has; `virsh nodedev-list --cap mdev` lists them too). It prints the device's XML for
-- `virsh attach-device VM /dev/stdin --config`. If no device is free, it writes and prints nothing.
.mode list
.headers off
CREATE TEMP TABLE device AS
  SELECT coalesce(:uuid, (
    SELECT m.uuid FROM node_mediated_devices AS m JOIN node_devices AS n ON n.id = m.node_device_id JOIN defined_vms AS v ON v.host_id = n.host_id
    WHERE v.name = coalesce(:vm, 'web01') AND m.uuid NOT IN (
      SELECT x.uuid FROM vm_mediated_devices AS x JOIN defined_vms AS o ON o.uuid = x.vm_uuid WHERE x.uuid IS NOT NULL)
    ORDER BY n.name LIMIT 1)) AS uuid;
INSERT INTO vm_mediated_devices (vm_name, uuid, mode, managed, model_name)
  SELECT coalesce(:vm, 'web01'), d.uuid, 'subsystem', 'no', 'vfio-pci' FROM device AS d WHERE d.uuid IS NOT NULL;
SELECT device_xml('vm_mediated_devices', x.id) FROM device AS d JOIN vm_mediated_devices AS x ON x.uuid = d.uuid
WHERE x.vm_name = coalesce(:vm, 'web01') ORDER BY x.id DESC LIMIT 1;
DROP TABLE device;
