-- notice: The VM has no random number generator.
-- Why: a guest may wait for entropy when it boots, and keys that it makes then may be weak.
-- Do: add <rng model='virtio'> with the back end /dev/urandom.
SELECT v.host_id, v.uuid AS vm_uuid, 'no rng device' AS detail
FROM defined_vms AS v JOIN virtual_machines AS m ON m.id = v.id JOIN boot_configs AS b ON b.vm_uuid = v.uuid
WHERE m.domain_type IN ('kvm', 'qemu') AND b.os_type = 'hvm' AND NOT EXISTS (SELECT 1 FROM rng_device_attachments AS a WHERE a.vm_uuid = v.uuid);
