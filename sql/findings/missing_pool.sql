-- error: A disk names a storage pool that its host does not have.
-- Why: the VM does not start.
-- Do: define the pool, or name another one. Looked at only on hosts whose pools were captured.
SELECT v.host_id, v.uuid AS vm_uuid, 'pool ' || d.pool || ' of disk ' || a.device_name AS detail
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
WHERE d.pool IS NOT NULL AND EXISTS (SELECT 1 FROM storage_pools AS m WHERE m.host_id = v.host_id)
  AND NOT EXISTS (SELECT 1 FROM storage_pools AS s WHERE s.name = d.pool AND +s.host_id = v.host_id);
