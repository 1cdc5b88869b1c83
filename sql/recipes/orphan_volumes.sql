-- Which volumes does no VM use?
--
-- Asked when a pool is full. One row for each volume that no disk of its host names, by path or as a volume of its
-- pool, and that is below no other image. gib is what it takes. Look before you delete: snapshots, templates
-- and VMs that were never captured are unknown here, and so
-- are VMs of another host that has the pool's folder mounted too.
SELECT h.name AS host, o.name AS volume, o.path, round(o.allocation_bytes / 1073741824.0, 1) AS gib
FROM volumes AS o LEFT JOIN hosts AS h ON h.id = o.host_id
WHERE NOT EXISTS (
    SELECT 1 FROM volume_attachments AS a WHERE a.volume_id = o.id)
  AND NOT EXISTS (SELECT 1 FROM volumes AS upper WHERE upper.host_id = o.host_id AND upper.backing_path = o.path)
  AND NOT EXISTS (
    SELECT 1 FROM disk_layers AS l JOIN disk_attachments AS a ON a.id = l.disk_attachment_id
      JOIN virtual_machines AS v ON v.uuid = a.vm_uuid
    WHERE l.path = o.path AND v.host_id = o.host_id)
ORDER BY 1, 2;
