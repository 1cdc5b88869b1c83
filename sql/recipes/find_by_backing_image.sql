-- Which VMs have this image below theirs?
--
-- Asked before a template is changed or deleted: every image above it would be damaged. :image is the path of the
-- backing image, the name of its volume, or the name of a network image: vms/base, rbd:vms/base. One row for each disk,
-- however far below it the image is: the VM, its host, the disk in the guest (device), and its own image, which is on
-- top. known_from is 'VM' if the VM's XML names the image (libvirt writes the chain of a running VM), 'volume' if the
-- captured volumes of the VM's host do. The target of a block copy (<mirror>) is not below its disk; what is below the
-- target counts. A volume of a pool that was not captured is taken for every volume of that name. How: up from the image, by the indexes of disk_layers and volumes. CROSS JOIN makes SQLite keep this
-- order of the tables.
WITH RECURSIVE asked AS (SELECT coalesce(:image, '/var/lib/libvirt/images/debian-12.qcow2') AS image),
-- The volume of that path or name, then the volumes above it. level 0: it is the image itself.
above (host_id, path, name, level) AS (
  SELECT o.host_id, o.path, o.name, 0 FROM asked AS n CROSS JOIN volumes AS o WHERE o.path = n.image
  UNION
  SELECT o.host_id, o.path, o.name, 0 FROM asked AS n CROSS JOIN volumes AS o WHERE o.name = n.image
  UNION
  SELECT o.host_id, o.path, o.name, 1 FROM asked AS n CROSS JOIN volumes AS o WHERE o.backing_path = n.image
  UNION
  SELECT o.host_id, o.path, o.name, 1 FROM above AS u CROSS JOIN volumes AS o WHERE o.backing_path = u.path AND +o.host_id = u.host_id),
hits (attachment_id, host_id, known_from) AS (
  SELECT l.disk_attachment_id, NULL, 'VM' FROM asked AS n CROSS JOIN disk_layers AS l WHERE l.path = n.image AND l.element <> 'mirror'
  UNION
  SELECT l.disk_attachment_id, u.host_id, 'VM' FROM above AS u CROSS JOIN disk_layers AS l
  WHERE u.level = 0 AND l.name = u.path AND l.protocol = 'rbd' AND l.element <> 'mirror'
  UNION
  SELECT l.disk_attachment_id, NULL, 'VM' FROM asked AS n CROSS JOIN disk_layers AS l WHERE l.volume = n.image AND l.element <> 'mirror'
  UNION
  SELECT l.disk_attachment_id, NULL, 'VM' FROM asked AS n CROSS JOIN disk_layers AS l WHERE l.name = n.image AND l.element <> 'mirror'
  UNION
  SELECT l.disk_attachment_id, NULL, 'VM' FROM asked AS n CROSS JOIN disk_layers AS l
  WHERE l.name = substr(n.image, instr(n.image, ':') + 1) AND l.protocol || ':' || l.name = n.image AND l.element <> 'mirror'
  UNION
  SELECT l.disk_attachment_id, u.host_id, CASE u.level WHEN 0 THEN 'VM' ELSE 'volume' END FROM above AS u CROSS JOIN disk_layers AS l
  WHERE l.path = u.path AND (u.level = 1 OR l.element <> 'mirror')
  UNION
  SELECT l.disk_attachment_id, u.host_id, CASE u.level WHEN 0 THEN 'VM' ELSE 'volume' END FROM above AS u CROSS JOIN disk_layers AS l
  WHERE l.volume = u.name AND (u.level = 1 OR l.element <> 'mirror')
    AND (EXISTS (SELECT 1 FROM pool_volumes AS p WHERE p.host_id = u.host_id AND p.pool = l.pool AND p.volume = l.volume AND p.path = u.path)
      OR NOT EXISTS (SELECT 1 FROM storage_pools AS p WHERE p.name = l.pool AND +p.host_id = u.host_id))
  UNION
  SELECT a.id, u.host_id, 'volume' FROM above AS u CROSS JOIN disks AS d CROSS JOIN disk_attachments AS a
  WHERE u.level = 1 AND d.path = u.path AND +d.host_id = u.host_id AND a.disk_id = d.id
  UNION
  SELECT a.id, u.host_id, 'volume' FROM above AS u CROSS JOIN disks AS d CROSS JOIN disk_attachments AS a
  WHERE u.level = 1 AND d.volume = u.name AND +d.host_id = u.host_id AND a.disk_id = d.id
    AND (EXISTS (SELECT 1 FROM pool_volumes AS p WHERE p.host_id = u.host_id AND p.pool = d.pool AND p.volume = d.volume AND p.path = u.path)
      OR NOT EXISTS (SELECT 1 FROM storage_pools AS p WHERE p.name = d.pool AND +p.host_id = u.host_id)))
SELECT DISTINCT v.host, v.name AS vm, a.device_name AS device, coalesce(d.path, d.pool || '/' || d.volume, d.protocol || ':' || d.name) AS image, h.known_from
FROM hits AS h
  CROSS JOIN disk_attachments AS a
  JOIN defined_vms AS v ON v.uuid = a.vm_uuid
  LEFT JOIN disks AS d ON d.id = a.disk_id
WHERE a.id = h.attachment_id AND (h.host_id IS NULL OR h.host_id = v.host_id)
ORDER BY 1, 2, 3, 5;
