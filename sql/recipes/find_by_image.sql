-- Which VMs use this image?
--
-- Asked before an image is moved or deleted, and when a disk is full. :image is a path, a block device, or the name of a
-- volume. One row for each disk: the VM, its host, the disk in the guest (device), what the XML names, its format.
-- How: disks has an index on path, and one on volume. Images below others are the matter of find_by_backing_image.
SELECT h.name AS host, v.name AS vm, a.device_name AS device, coalesce(d.path, d.pool || '/' || d.volume) AS image, a.driver_type AS format,
  a.read_only IS NOT NULL AS read_only
FROM disks AS d
  JOIN disk_attachments AS a ON a.disk_id = d.id
  JOIN virtual_machines AS v ON v.uuid = a.vm_uuid
  LEFT JOIN hosts AS h ON h.id = v.host_id
WHERE d.path = coalesce(:image, '/var/lib/libvirt/images/web01.qcow2') OR d.volume = coalesce(:image, '/var/lib/libvirt/images/web01.qcow2')
ORDER BY 1, 2, 3;
