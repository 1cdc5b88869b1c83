-- error: The host does not offer the VM's machine type.
-- Why: the VM does not start.
-- Do: choose one of host_machines. Looked at only on hosts whose capabilities were captured.
SELECT v.host_id, v.uuid AS vm_uuid, b.machine AS detail
FROM defined_vms AS v JOIN boot_configs AS b ON b.vm_uuid = v.uuid
WHERE b.machine IS NOT NULL AND EXISTS (SELECT 1 FROM host_machines AS m WHERE m.host = v.host AND m.arch = b.arch)
  AND NOT EXISTS (SELECT 1 FROM host_machines AS m WHERE m.host = v.host AND m.arch = b.arch AND b.machine IN (m.machine, m.canonical));
