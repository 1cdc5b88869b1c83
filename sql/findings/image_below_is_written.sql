-- error: A disk writes to an image that another one has below its own.
-- Why: what the upper image holds are differences to the lower one; once that changes, the upper one is garbage.
-- Do: make the lower image read-only, or give its VM a copy.
SELECT v.host_id, v.uuid AS vm_uuid, a.device_name || ' writes to ' || d.path || ', which is below ' || b.device_name || ' of ' || w.name AS detail
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
  JOIN disk_layers AS l ON l.path = d.path AND l.element = 'backingStore'
  JOIN disk_attachments AS b ON b.id = l.disk_attachment_id AND b.id <> a.id
    AND (d.slice_offset IS NULL OR l.slice_offset IS NULL OR (l.slice_offset < d.slice_offset + d.slice_size AND d.slice_offset < l.slice_offset + l.slice_size))
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
WHERE a.read_only IS NULL AND a.transient IS NULL AND coalesce(a.device, 'disk') IN ('disk', 'lun')
UNION ALL
SELECT v.host_id, v.uuid, a.device_name || ' writes to ' || d.path || ', which is below ' || b.device_name || ' of ' || w.name
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
  JOIN volumes AS o ON o.backing_path = d.path AND +o.host_id = v.host_id
  JOIN disks AS e ON e.path = o.path JOIN disk_attachments AS b ON b.disk_id = e.id
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
WHERE a.read_only IS NULL AND a.transient IS NULL AND coalesce(a.device, 'disk') IN ('disk', 'lun')
  AND NOT EXISTS (SELECT 1 FROM disk_layers AS l WHERE l.path = d.path AND l.disk_attachment_id = b.id);
