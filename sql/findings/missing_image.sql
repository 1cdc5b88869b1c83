-- warning: A disk or CD-ROM names a file in a pool's folder that is none of the pool's volumes.
-- Why: the VM does not start, unless startupPolicy says that the medium is optional, or the pool was not refreshed.
-- Do: put the file back, eject the medium, or refresh the pool. Looked at only where volumes of the pool were captured.
SELECT v.host_id, v.uuid AS vm_uuid, d.path || ' of ' || coalesce(a.device, 'disk') || ' ' || a.device_name AS detail
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
  -- What is left of a path without its last part is its folder.
  JOIN pool_places AS s ON s.host_id = v.host_id AND s.folder = rtrim(d.path, replace(d.path, '/', ''))
-- Only pools of files: a pool of devices (disk, logical, scsi) does not have everything in its folder.
WHERE s.type IN ('dir', 'fs', 'netfs', 'vstorage') AND coalesce(a.source_startup_policy, 'mandatory') <> 'optional'
  AND EXISTS (SELECT 1 FROM volumes AS m WHERE m.host_id = v.host_id AND m.path = s.folder || m.name)
  AND NOT EXISTS (SELECT 1 FROM volumes AS o WHERE o.path = d.path AND +o.host_id = v.host_id);
