-- error: A disk writes to an image that another one has below its own.
-- Why: what the upper image holds are differences to the lower one; once that changes, the upper one is garbage.
-- Do: make the lower image read-only, or give its VM a copy.
SELECT a.host_id, a.vm_uuid, a.device_name || ' writes to ' || s.image || ', which is below ' || b.device_name || ' of ' || w.name AS detail
FROM image_writers AS a JOIN (
  -- The volumes above an image: o is right above it, the volume that is given is o or above it. CROSS JOIN makes SQLite begin with the
  -- few that have an o.
  WITH volumes_above AS NOT MATERIALIZED (
    SELECT d.id AS disk_id, coalesce(d.path, d.pool || '/' || d.volume) AS image, d.host_id, o.backing_path, t.id, t.path, t.name
    FROM disks AS d CROSS JOIN volumes AS o CROSS JOIN volumes AS t
    WHERE (d.path IS NOT NULL OR d.volume IS NOT NULL) AND o.backing_path = coalesce(d.path, (
        SELECT p.path FROM pool_volumes AS p WHERE p.host_id = d.host_id AND p.pool || '' = d.pool AND p.volume = d.volume LIMIT 1))
      AND +o.host_id = d.host_id AND +t.host_id = d.host_id AND t.path IN (
        WITH RECURSIVE above (path) AS (
          SELECT o.path UNION SELECT u.path FROM above AS n JOIN volumes AS u ON u.backing_path = n.path AND +u.host_id = d.host_id)
        SELECT n.path FROM above AS n))
  -- `|| ''`: only if a column has one affinity in all of them does SQLite begin with the disk that is asked for, not with this list.
  -- The upper disk's XML says it: libvirt writes the whole chain of a running VM. First files and devices, then network images.
  SELECT d.id AS disk_id, l.disk_attachment_id, d.path || '' AS image
  FROM disks AS d JOIN image_layers AS l ON l.path = d.path AND +l.host_id = d.host_id AND l.element = 'backingStore'
    AND (d.slice_offset IS NULL OR l.slice_offset IS NULL OR (l.slice_offset < d.slice_offset + d.slice_size AND d.slice_offset < l.slice_offset + l.slice_size))
  UNION ALL
  SELECT d.id, l.disk_attachment_id, d.protocol || ':' || d.name
  FROM disks AS d JOIN image_layers AS l ON l.name = d.name AND +l.host_id = d.host_id AND l.protocol = d.protocol AND l.source_snapshot_name IS NULL AND l.element = 'backingStore'
  -- One of them, or both, are named by pool and volume.
  UNION ALL
  SELECT d.id, l.disk_attachment_id, d.pool || '/' || d.volume
  FROM disks AS d JOIN image_layers AS l ON l.volume = d.volume AND +l.host_id = d.host_id AND l.pool = d.pool AND l.element = 'backingStore'
  UNION ALL
  SELECT d.id, l.disk_attachment_id, d.pool || '/' || d.volume
  FROM disks AS d JOIN pool_volumes AS p ON p.host_id = +d.host_id AND p.pool || '' = d.pool AND p.volume = d.volume
    JOIN image_layers AS l ON +l.host_id = d.host_id AND (l.path = p.path OR (l.name = p.path AND l.protocol = 'rbd' AND l.source_snapshot_name IS NULL)) AND l.element = 'backingStore'
  WHERE d.volume IS NOT NULL
  UNION ALL
  SELECT d.id, l.disk_attachment_id, coalesce(d.path, d.protocol || ':' || d.name)
  FROM disks AS d JOIN volumes AS o ON o.path = CASE WHEN d.protocol = 'rbd' THEN d.name ELSE d.path END AND +o.host_id = d.host_id
    JOIN image_layers AS l ON l.volume = o.name AND +l.host_id = d.host_id AND l.element = 'backingStore'
  WHERE EXISTS (SELECT 1 FROM pool_volumes AS p WHERE p.id = o.id AND p.pool || '' = l.pool)
  -- The captured volumes say it.
  UNION ALL
  SELECT t.disk_id, b.id, t.image || ''
  FROM volumes_above AS t CROSS JOIN disks AS e CROSS JOIN disk_attachments AS b
  WHERE +e.host_id = t.host_id AND (e.path = t.path OR (e.volume = t.name AND EXISTS (
      SELECT 1 FROM pool_volumes AS q WHERE q.id = t.id AND q.pool || '' = e.pool)))
    AND b.disk_id = e.id
    AND NOT EXISTS (SELECT 1 FROM disk_layers AS l WHERE l.disk_attachment_id = b.id AND (l.path = t.backing_path
      OR EXISTS (SELECT 1 FROM pool_volumes AS q WHERE q.host_id = t.host_id AND q.pool || '' = l.pool AND q.volume = l.volume AND q.path = t.backing_path)))
  -- The XML names the upper part of the chain, down to l, which is a volume, and the volumes go on below it.
  UNION ALL
  SELECT t.disk_id, l.disk_attachment_id, t.image || ''
  FROM volumes_above AS t CROSS JOIN image_layers AS l
  WHERE +l.host_id = t.host_id AND l.element NOT IN ('dataStore', 'mirror') AND (l.path = t.path OR (l.volume = t.name AND EXISTS (
      SELECT 1 FROM pool_volumes AS q WHERE q.id = t.id AND q.pool || '' = l.pool)))
    AND NOT EXISTS (SELECT 1 FROM disk_layers AS n WHERE n.parent_id = l.id AND n.element = 'backingStore' AND coalesce(n.path, n.volume) IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM disk_attachments AS b JOIN disks AS e ON e.id = b.disk_id JOIN volumes AS u ON u.path = coalesce(e.path, (
        SELECT p.path FROM pool_volumes AS p WHERE p.host_id = t.host_id AND p.pool || '' = e.pool AND p.volume = e.volume LIMIT 1))
      WHERE b.id = l.disk_attachment_id AND +u.host_id = e.host_id AND u.backing_path IS NOT NULL)) AS s ON s.disk_id = a.disk_id
  JOIN disk_attachments AS b ON b.id = s.disk_attachment_id AND b.id <> a.id JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +a.host_id;
