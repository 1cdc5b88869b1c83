-- error: An image of one host is written by two disks that do not say that they share it.
-- Why: two guests write to one file system and ruin it.
-- Do: give one VM an image of its own, or mark the disks <shareable/> if a cluster file system is in it.
SELECT a.host_id, f.vm_uuid, a.device_name || ' writes to ' || coalesce(d.path, d.pool || '/' || d.volume, d.protocol || ':' || d.name, d.socket_path, 'an export of ' || d.protocol)
    || ', and so does ' || b.device_name || ' of ' || b.vm_name AS detail
-- First the few that share an image, from the index alone.
FROM disk_attachments AS f JOIN disk_attachments AS g ON g.disk_id = f.disk_id AND g.id <> f.id
  CROSS JOIN disks AS d CROSS JOIN image_writers AS a CROSS JOIN image_writers AS b
WHERE d.id = f.disk_id AND a.id = f.id AND b.id = g.id AND +b.host_id = +a.host_id AND (coalesce(a.shareable, 0) = 0 OR coalesce(b.shareable, 0) = 0)
  AND coalesce(d.path, d.volume, d.protocol, d.socket_path) IS NOT NULL
UNION ALL
SELECT a.host_id, a.vm_uuid, a.device_name || ' writes to ' || s.image || ', and so does ' || b.device_name || ' of ' || b.vm_name
FROM image_writers AS a JOIN (
  -- Different rows of disks that are one image. One names it by pool and volume, the other by its path; the volume need not have been
  -- captured if the pool is a folder. `|| ''`: only if a column has one affinity in all of them does SQLite begin with the disk that is
  -- asked for, not with this list.
  SELECT d.id AS disk_id, e.id, d.pool || '/' || d.volume AS image
  FROM disks AS d JOIN pool_places AS p ON p.host_id = d.host_id AND p.pool || '' = d.pool
    JOIN disks AS e ON +e.host_id = d.host_id AND e.path = coalesce((
      SELECT o.path FROM pool_volumes AS o WHERE o.host_id = d.host_id AND o.pool || '' = d.pool AND o.volume = d.volume LIMIT 1), p.folder || d.volume)
  WHERE d.volume IS NOT NULL AND d.path IS NULL
  -- Or the other names it as an RBD image.
  UNION ALL
  SELECT d.id, e.id, d.pool || '/' || d.volume
  FROM disks AS d JOIN disks AS e ON +e.host_id = d.host_id AND e.protocol || '' = 'rbd' AND e.name = (
    SELECT o.path FROM pool_volumes AS o WHERE o.host_id = +d.host_id AND o.pool || '' = d.pool AND o.volume = d.volume LIMIT 1)
  WHERE d.volume IS NOT NULL
  UNION ALL
  SELECT d.id, e.id, coalesce(d.path, d.protocol || ':' || d.name)
  FROM disks AS d JOIN volumes AS o ON o.path = CASE WHEN d.protocol = 'rbd' THEN d.name ELSE d.path END AND +o.host_id = +d.host_id
    JOIN disks AS e ON e.volume = o.name AND +e.host_id = +d.host_id
  WHERE e.path IS NULL AND EXISTS (SELECT 1 FROM pool_volumes AS p WHERE p.id = o.id AND p.pool || '' = e.pool)
  -- One names the path as a file, the other as a block device. Slices of one file may lie beside each other.
  UNION ALL
  SELECT d.id, e.id, d.path || ''
  FROM disks AS d JOIN disks AS e ON e.path = d.path AND +e.host_id = d.host_id AND e.id <> d.id
    AND (d.slice_offset IS NULL OR e.slice_offset IS NULL
      OR (e.slice_offset < d.slice_offset + d.slice_size AND d.slice_offset < e.slice_offset + e.slice_size))
  WHERE d.source_type IN ('file', 'block') AND e.source_type IN ('file', 'block')) AS s ON s.disk_id = a.disk_id
  JOIN image_writers AS b ON b.disk_id = s.id AND b.id <> a.id AND +b.host_id = +a.host_id
WHERE (coalesce(a.shareable, 0) = 0 OR coalesce(b.shareable, 0) = 0);
