-- Which VMs have this image below theirs?
--
-- Asked before a template is changed or deleted: every image above it would be damaged. :image is the path of the
-- backing image, or the name of its volume. One row for each disk, however far below it the image is: the VM, its host,
-- the disk in the guest (device), and its own image, which is on top. known_from is 'VM' if the VM's XML names the
-- image (libvirt writes the chain of a running VM), 'volume' if the captured volumes of the VM's host do. The target of
-- a block copy (<mirror>) is not below its disk; what is below the target counts. How: up from the image, by the
-- indexes of disk_layers and volumes. CROSS JOIN makes SQLite keep this order of the tables.
WITH RECURSIVE asked AS (SELECT coalesce(:image, '/var/lib/libvirt/images/debian-12.qcow2') AS image),
above (host_id, path, name) AS (
  SELECT o.host_id, o.path, o.name FROM asked AS n CROSS JOIN volumes AS o WHERE o.backing_path = n.image
  UNION
  SELECT o.host_id, o.path, o.name FROM asked AS n CROSS JOIN volumes AS b CROSS JOIN volumes AS o WHERE b.name = n.image AND o.backing_path = b.path AND +o.host_id = b.host_id
  UNION
  SELECT o.host_id, o.path, o.name FROM above AS u CROSS JOIN volumes AS o WHERE o.backing_path = u.path AND +o.host_id = u.host_id),
hits (attachment_id, host_id, known_from) AS (
  SELECT l.disk_attachment_id, NULL, 'VM' FROM asked AS n CROSS JOIN disk_layers AS l WHERE l.path = n.image AND l.element <> 'mirror'
  UNION
  SELECT l.disk_attachment_id, b.host_id, 'VM' FROM asked AS n CROSS JOIN volumes AS b CROSS JOIN disk_layers AS l WHERE b.name = n.image AND l.path = b.path AND l.element <> 'mirror'
  UNION
  SELECT l.disk_attachment_id, u.host_id, 'volume' FROM above AS u CROSS JOIN disk_layers AS l WHERE l.path = u.path
  UNION
  SELECT a.id, u.host_id, 'volume' FROM above AS u CROSS JOIN disks AS d CROSS JOIN disk_attachments AS a WHERE d.path = u.path AND +d.host_id = u.host_id AND a.disk_id = d.id
  UNION
  SELECT a.id, u.host_id, 'volume' FROM above AS u CROSS JOIN disks AS d CROSS JOIN disk_attachments AS a WHERE d.volume = u.name AND +d.host_id = u.host_id AND a.disk_id = d.id)
SELECT DISTINCT v.host, v.name AS vm, a.device_name AS device, coalesce(d.path, d.pool || '/' || d.volume, d.protocol || ':' || d.name) AS image, h.known_from
FROM hits AS h
  CROSS JOIN disk_attachments AS a
  JOIN defined_vms AS v ON v.uuid = a.vm_uuid
  LEFT JOIN disks AS d ON d.id = a.disk_id
WHERE a.id = h.attachment_id AND (h.host_id IS NULL OR h.host_id = v.host_id)
ORDER BY 1, 2, 3, 5;
