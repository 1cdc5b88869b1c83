-- error: A disk writes to an image that another one has below its own.
-- Why: what the upper image holds are differences to the lower one; once that changes, the upper one is garbage.
-- Do: make the lower image read-only, or give its VM a copy.
SELECT v.host_id, v.uuid AS vm_uuid, a.device_name || ' writes to ' || d.path || ', which is below ' || b.device_name || ' of ' || w.name AS detail
-- The upper VM's XML says it: libvirt writes the whole chain of a running VM. First files and devices, then network images.
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
  JOIN disk_layers AS l ON l.path = d.path AND l.element = 'backingStore'
  JOIN disk_attachments AS b ON b.id = l.disk_attachment_id AND b.id <> a.id
    AND (d.slice_offset IS NULL OR l.slice_offset IS NULL OR (l.slice_offset < d.slice_offset + d.slice_size AND d.slice_offset < l.slice_offset + l.slice_size))
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
WHERE a.read_only IS NULL AND a.transient IS NULL AND coalesce(a.device, 'disk') IN ('disk', 'lun')
UNION ALL
SELECT v.host_id, v.uuid, a.device_name || ' writes to ' || d.protocol || ':' || d.name || ', which is below ' || b.device_name || ' of ' || w.name
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
  JOIN disk_layers AS l ON l.name = d.name AND l.protocol = d.protocol AND l.source_snapshot_name IS NULL AND l.element = 'backingStore'
  JOIN disk_attachments AS b ON b.id = l.disk_attachment_id AND b.id <> a.id
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
WHERE a.read_only IS NULL AND a.transient IS NULL AND a.source_snapshot_name IS NULL AND coalesce(a.device, 'disk') IN ('disk', 'lun')
-- One of them, or both, are named by pool and volume.
UNION ALL
SELECT v.host_id, v.uuid, a.device_name || ' writes to ' || d.pool || '/' || d.volume || ', which is below ' || b.device_name || ' of ' || w.name
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
  JOIN disk_layers AS l ON l.volume = d.volume AND l.pool = d.pool AND l.element = 'backingStore'
  JOIN disk_attachments AS b ON b.id = l.disk_attachment_id AND b.id <> a.id
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
WHERE a.read_only IS NULL AND a.transient IS NULL AND coalesce(a.device, 'disk') IN ('disk', 'lun')
UNION ALL
SELECT v.host_id, v.uuid, a.device_name || ' writes to ' || d.pool || '/' || d.volume || ', which is below ' || b.device_name || ' of ' || w.name
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
  JOIN pool_volumes AS p ON p.host_id = +v.host_id AND p.pool || '' = d.pool AND p.volume = d.volume
  JOIN disk_layers AS l ON (l.path = p.path OR (l.name = p.path AND l.protocol = 'rbd' AND l.source_snapshot_name IS NULL)) AND l.element = 'backingStore'
  JOIN disk_attachments AS b ON b.id = l.disk_attachment_id AND b.id <> a.id
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
WHERE a.read_only IS NULL AND a.transient IS NULL AND coalesce(a.device, 'disk') IN ('disk', 'lun')
UNION ALL
SELECT v.host_id, v.uuid, a.device_name || ' writes to ' || coalesce(d.path, d.protocol || ':' || d.name) || ', which is below ' || b.device_name
    || ' of ' || w.name
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
  JOIN volumes AS o ON o.path = CASE WHEN d.protocol = 'rbd' THEN d.name ELSE d.path END AND +o.host_id = v.host_id
  JOIN disk_layers AS l ON l.volume = o.name AND l.element = 'backingStore'
  JOIN disk_attachments AS b ON b.id = l.disk_attachment_id AND b.id <> a.id
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
WHERE a.read_only IS NULL AND a.transient IS NULL AND a.source_snapshot_name IS NULL AND coalesce(a.device, 'disk') IN ('disk', 'lun')
  AND EXISTS (SELECT 1 FROM pool_volumes AS p WHERE p.id = o.id AND p.pool || '' = l.pool)
-- The captured volumes say it: o is right above the image, t is o or above it. CROSS JOIN makes SQLite begin with the few that have an o.
UNION ALL
SELECT v.host_id, v.uuid, a.device_name || ' writes to ' || coalesce(d.path, d.pool || '/' || d.volume) || ', which is below ' || b.device_name
    || ' of ' || w.name
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
  CROSS JOIN volumes AS o CROSS JOIN volumes AS t CROSS JOIN disks AS e CROSS JOIN disk_attachments AS b CROSS JOIN defined_vms AS w
WHERE a.read_only IS NULL AND a.transient IS NULL AND coalesce(a.device, 'disk') IN ('disk', 'lun')
  AND o.backing_path = coalesce(d.path, (
    SELECT p.path FROM pool_volumes AS p WHERE p.host_id = v.host_id AND p.pool || '' = d.pool AND p.volume = d.volume LIMIT 1))
  AND +o.host_id = v.host_id AND +t.host_id = v.host_id AND t.path IN (
    WITH RECURSIVE above (path) AS (
      SELECT o.path UNION SELECT u.path FROM above AS n JOIN volumes AS u ON u.backing_path = n.path AND +u.host_id = v.host_id)
    SELECT n.path FROM above AS n)
  AND +e.host_id = v.host_id AND (e.path = t.path OR (e.volume = t.name AND EXISTS (
    SELECT 1 FROM pool_volumes AS q WHERE q.id = t.id AND q.pool || '' = e.pool)))
  AND b.disk_id = e.id AND b.id <> a.id AND w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
  AND NOT EXISTS (SELECT 1 FROM disk_layers AS l WHERE l.disk_attachment_id = b.id AND (l.path = o.backing_path
    OR EXISTS (SELECT 1 FROM pool_volumes AS q WHERE q.host_id = v.host_id AND q.pool || '' = l.pool AND q.volume = l.volume AND q.path = o.backing_path)))
-- The XML names the upper part of the chain, down to l, which is the volume t, and the volumes go on below it.
UNION ALL
SELECT v.host_id, v.uuid, a.device_name || ' writes to ' || coalesce(d.path, d.pool || '/' || d.volume) || ', which is below ' || b.device_name
    || ' of ' || w.name
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
  CROSS JOIN volumes AS o CROSS JOIN volumes AS t CROSS JOIN disk_layers AS l CROSS JOIN disk_attachments AS b CROSS JOIN defined_vms AS w
WHERE a.read_only IS NULL AND a.transient IS NULL AND coalesce(a.device, 'disk') IN ('disk', 'lun')
  AND o.backing_path = coalesce(d.path, (
    SELECT p.path FROM pool_volumes AS p WHERE p.host_id = v.host_id AND p.pool || '' = d.pool AND p.volume = d.volume LIMIT 1))
  AND +o.host_id = v.host_id AND +t.host_id = v.host_id AND t.path IN (
    WITH RECURSIVE above (path) AS (
      SELECT o.path UNION SELECT u.path FROM above AS n JOIN volumes AS u ON u.backing_path = n.path AND +u.host_id = v.host_id)
    SELECT n.path FROM above AS n)
  AND l.element NOT IN ('dataStore', 'mirror') AND (l.path = t.path OR (l.volume = t.name AND EXISTS (
    SELECT 1 FROM pool_volumes AS q WHERE q.id = t.id AND q.pool || '' = l.pool)))
  AND NOT EXISTS (SELECT 1 FROM disk_layers AS n WHERE n.parent_id = l.id AND n.element = 'backingStore' AND coalesce(n.path, n.volume) IS NOT NULL)
  AND b.id = l.disk_attachment_id AND b.id <> a.id AND w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
  AND NOT EXISTS (SELECT 1 FROM disks AS e JOIN volumes AS u ON u.path = coalesce(e.path, (
      SELECT p.path FROM pool_volumes AS p WHERE p.host_id = v.host_id AND p.pool || '' = e.pool AND p.volume = e.volume LIMIT 1))
    WHERE e.id = b.disk_id AND +u.host_id = e.host_id AND u.backing_path IS NOT NULL);
