-- error: A disk names a volume that its pool does not have.
-- Why: the VM does not start.
-- Do: make the volume, refresh the pool, or name another one. Looked at only where volumes of the pool were captured.
SELECT v.host_id, v.uuid AS vm_uuid, 'volume ' || d.pool || '/' || d.volume || ' of disk ' || a.device_name AS detail, d.pool
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
  JOIN pool_places AS s ON s.pool = d.pool AND +s.host_id = v.host_id
WHERE d.volume IS NOT NULL AND s.path IS NOT NULL AND coalesce(a.source_startup_policy, 'mandatory') <> 'optional'
  AND EXISTS (SELECT 1 FROM volumes AS m WHERE m.host_id = v.host_id AND m.path = s.folder || m.name)
  AND NOT EXISTS (SELECT 1 FROM volumes AS o WHERE o.path = s.folder || d.volume AND +o.host_id = v.host_id);
