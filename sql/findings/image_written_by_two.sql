-- error: An image of one host is written by two disks that do not say that they share it.
-- Why: two guests write to one file system and ruin it. A snapshot of a network disk cannot be written.
-- Do: give one VM an image of its own, or mark the disks <shareable/> if a cluster file system is in it.
SELECT v.host_id, v.uuid AS vm_uuid, a.device_name || ' writes to ' || coalesce(d.path, d.pool || '/' || d.volume, d.protocol || ':' || d.name)
    || ', and so does ' || b.device_name || ' of ' || w.name AS detail
-- First the few that share an image, from the index alone.
FROM disk_attachments AS a JOIN disk_attachments AS b ON b.disk_id = a.disk_id AND b.id <> a.id
  CROSS JOIN disks AS d CROSS JOIN defined_vms AS v CROSS JOIN defined_vms AS w
WHERE d.id = a.disk_id AND v.uuid = a.vm_uuid AND w.uuid = b.vm_uuid AND w.host_id = v.host_id
  AND a.read_only IS NULL AND b.read_only IS NULL AND (a.shareable IS NULL OR b.shareable IS NULL)
  AND a.transient IS NULL AND b.transient IS NULL AND a.source_snapshot_name IS NULL AND b.source_snapshot_name IS NULL
  AND coalesce(a.device, 'disk') IN ('disk', 'lun') AND coalesce(b.device, 'disk') IN ('disk', 'lun')
  AND coalesce(d.path, d.volume, d.name) IS NOT NULL
-- One names it by pool and volume, the other by its path, or as an RBD image. The volume need not have been captured if the pool is a folder.
UNION ALL
SELECT v.host_id, v.uuid, a.device_name || ' writes to ' || d.pool || '/' || d.volume || ', and so does ' || b.device_name || ' of ' || w.name
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
  JOIN storage_pools AS s ON s.host_id = d.host_id AND s.name || '' = d.pool
  JOIN disks AS e ON e.path = coalesce((
    SELECT p.path FROM pool_volumes AS p WHERE p.host_id = d.host_id AND p.pool || '' = d.pool AND p.volume = d.volume LIMIT 1), rtrim(s.path, '/') || '/' || d.volume)
  JOIN disk_attachments AS b ON b.disk_id = e.id AND b.id <> a.id
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
WHERE a.read_only IS NULL AND b.read_only IS NULL AND (a.shareable IS NULL OR b.shareable IS NULL)
  AND a.transient IS NULL AND b.transient IS NULL AND a.source_snapshot_name IS NULL AND b.source_snapshot_name IS NULL
  AND coalesce(a.device, 'disk') IN ('disk', 'lun') AND coalesce(b.device, 'disk') IN ('disk', 'lun')
  AND d.path IS NULL
UNION ALL
SELECT v.host_id, v.uuid, a.device_name || ' writes to ' || d.pool || '/' || d.volume || ', and so does ' || b.device_name || ' of ' || w.name
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
  JOIN disks AS e ON e.protocol || '' = 'rbd' AND e.name = (
    SELECT p.path FROM pool_volumes AS p WHERE p.host_id = +d.host_id AND p.pool || '' = d.pool AND p.volume = d.volume LIMIT 1)
  JOIN disk_attachments AS b ON b.disk_id = e.id AND b.id <> a.id
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
WHERE a.read_only IS NULL AND b.read_only IS NULL AND (a.shareable IS NULL OR b.shareable IS NULL)
  AND a.transient IS NULL AND b.transient IS NULL AND a.source_snapshot_name IS NULL AND b.source_snapshot_name IS NULL
  AND coalesce(a.device, 'disk') IN ('disk', 'lun') AND coalesce(b.device, 'disk') IN ('disk', 'lun')
UNION ALL
SELECT v.host_id, v.uuid, a.device_name || ' writes to ' || coalesce(d.path, d.protocol || ':' || d.name) || ', and so does ' || b.device_name
    || ' of ' || w.name
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
  JOIN volumes AS o ON o.path = CASE WHEN d.protocol = 'rbd' THEN d.name ELSE d.path END AND +o.host_id = +d.host_id
  JOIN disks AS e ON e.volume = o.name AND +e.host_id = +d.host_id
  JOIN disk_attachments AS b ON b.disk_id = e.id AND b.id <> a.id
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
WHERE a.read_only IS NULL AND b.read_only IS NULL AND (a.shareable IS NULL OR b.shareable IS NULL)
  AND a.transient IS NULL AND b.transient IS NULL AND a.source_snapshot_name IS NULL AND b.source_snapshot_name IS NULL
  AND coalesce(a.device, 'disk') IN ('disk', 'lun') AND coalesce(b.device, 'disk') IN ('disk', 'lun')
  AND e.path IS NULL AND EXISTS (SELECT 1 FROM pool_volumes AS p WHERE p.id = o.id AND p.pool || '' = e.pool)
-- One names the path as a file, the other as a block device. Slices of one file may lie beside each other.
UNION ALL
SELECT v.host_id, v.uuid, a.device_name || ' writes to ' || d.path || ', and so does ' || b.device_name || ' of ' || w.name
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
  JOIN disks AS e ON e.path = d.path AND +e.host_id = d.host_id AND e.id <> d.id
    AND (d.slice_offset IS NULL OR e.slice_offset IS NULL
      OR (e.slice_offset < d.slice_offset + d.slice_size AND d.slice_offset < e.slice_offset + e.slice_size))
  JOIN disk_attachments AS b ON b.disk_id = e.id
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
WHERE a.read_only IS NULL AND b.read_only IS NULL AND (a.shareable IS NULL OR b.shareable IS NULL)
  AND a.transient IS NULL AND b.transient IS NULL AND a.source_snapshot_name IS NULL AND b.source_snapshot_name IS NULL
  AND coalesce(a.device, 'disk') IN ('disk', 'lun') AND coalesce(b.device, 'disk') IN ('disk', 'lun')
  AND d.source_type IN ('file', 'block') AND e.source_type IN ('file', 'block');
