-- warning: An image is encrypted with qcow2's old built-in AES.
-- Why: it is broken by design, and QEMU refuses to run it.
-- Do: convert it to LUKS with qemu-img.
SELECT v.host_id, v.uuid AS vm_uuid, a.device_name || ' is encrypted with ' || coalesce(a.source_encryption_format, a.encryption_format) AS detail
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid
WHERE coalesce(a.source_encryption_format, a.encryption_format) IN ('qcow', 'aes');
