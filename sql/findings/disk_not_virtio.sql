-- notice: A disk is on an emulated IDE or SATA bus, where virtio could be had.
-- Why: each request costs many exits; virtio is several times faster.
-- Do: install the guest's virtio driver, then change bus_type and device_name.
SELECT v.host_id, v.uuid AS vm_uuid, a.device_name || ' is on ' || a.bus_type AS detail
FROM defined_vms AS v JOIN virtual_machines AS m ON m.id = v.id JOIN disk_attachments AS a ON a.vm_uuid = v.uuid
WHERE m.domain_type IN ('kvm', 'qemu', 'hvf', 'bhyve') AND coalesce(a.device, 'disk') = 'disk' AND a.bus_type IN ('ide', 'sata');
