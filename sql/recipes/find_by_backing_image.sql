-- Which VMs have this image below theirs?
--
-- Asked before a template is changed or deleted: every image above it would be damaged. :image is the path of the
-- backing image. One row for each disk: the VM, its host, the disk in the guest, the image on top; known_from says
-- who says so: the VM's XML (it names the chain of a running VM), or the volume on the VM's host whose image it is.
-- How: disk_layers has a row for every layer below a disk, volumes has backing_path; both have an index.
SELECT h.name AS host, v.name AS vm, a.device_name AS device, d.path AS image, l.path AS backing_image, 'VM' AS known_from
FROM disk_layers AS l
  JOIN disk_attachments AS a ON a.id = l.disk_attachment_id
  JOIN disks AS d ON d.id = a.disk_id
  JOIN virtual_machines AS v ON v.uuid = a.vm_uuid
  LEFT JOIN hosts AS h ON h.id = v.host_id
WHERE l.path = coalesce(:image, '/var/lib/libvirt/images/debian-12.qcow2')
UNION ALL
SELECT h.name, v.name, a.device_name, d.path, o.backing_path, 'volume'
FROM volumes AS o
  JOIN disks AS d ON d.path = o.path
  JOIN disk_attachments AS a ON a.disk_id = d.id
  JOIN virtual_machines AS v ON v.uuid = a.vm_uuid AND v.host_id = o.host_id
  LEFT JOIN hosts AS h ON h.id = v.host_id
WHERE o.backing_path = coalesce(:image, '/var/lib/libvirt/images/debian-12.qcow2')
ORDER BY 1, 2, 3, 6;
