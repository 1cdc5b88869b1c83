-- Which VMs use this image?
--
-- Asked before an image is moved or deleted, and when a disk is full. :image is a path, a block device, the name of a
-- volume, or the name of a network disk: vms/disk1, rbd:vms/disk1. One row for each disk: the VM, its host, the disk in
-- the guest (device), the image as the XML names it, its format. A path, and a volume that has this path, are the same
-- image; so are a network disk of RBD and the volume that it is. For images below others ask find_by_backing_image.
-- A disk that was attached to a running VM alone is in drift_details, not in the rows.
-- How: there is an index for each way in which a disk can name an image. CROSS JOIN makes SQLite keep this order of the
-- tables.
WITH asked AS (SELECT coalesce(:image, '/var/lib/libvirt/images/web01.qcow2') AS image),
named AS (
  SELECT d.id FROM asked AS n CROSS JOIN disks AS d WHERE d.path = n.image
  UNION
  SELECT d.id FROM asked AS n CROSS JOIN disks AS d WHERE d.volume = n.image
  UNION
  SELECT d.id FROM asked AS n CROSS JOIN disks AS d WHERE d.name = n.image
  UNION
  SELECT d.id FROM asked AS n CROSS JOIN disks AS d WHERE d.name = substr(n.image, instr(n.image, ':') + 1) AND d.protocol || ':' || d.name = n.image
  UNION
  SELECT d.id FROM asked AS n CROSS JOIN volumes AS o CROSS JOIN disks AS d WHERE o.name = n.image AND d.path = o.path AND +d.host_id = o.host_id
  UNION
  SELECT d.id FROM asked AS n CROSS JOIN volumes AS o CROSS JOIN disks AS d
  WHERE o.name = n.image AND d.name = o.path AND d.protocol = 'rbd' AND +d.host_id = o.host_id
  UNION
  SELECT d.id FROM asked AS n CROSS JOIN volumes AS o CROSS JOIN disks AS d
  WHERE o.path = CASE WHEN substr(n.image, 1, 4) = 'rbd:' THEN substr(n.image, 5) ELSE n.image END
    AND d.volume = o.name AND +d.host_id = o.host_id AND EXISTS (SELECT 1 FROM pool_volumes AS p WHERE p.id = o.id AND p.pool = d.pool)
  UNION
  SELECT d.id FROM asked AS n JOIN pool_places AS p ON substr(n.image, 1, length(p.folder)) = p.folder
    CROSS JOIN disks AS d WHERE d.volume = substr(n.image, length(p.folder) + 1) AND d.pool = p.pool AND +d.host_id = p.host_id)
SELECT v.host, v.name AS vm, a.device_name AS device, coalesce(d.path, d.pool || '/' || d.volume, d.protocol || ':' || d.name) AS image,
  a.driver_type AS format, CASE WHEN a.read_only = 1 THEN 1 ELSE 0 END AS read_only
FROM named AS n
  CROSS JOIN disks AS d
  CROSS JOIN disk_attachments AS a
  JOIN defined_vms AS v ON v.uuid = a.vm_uuid
WHERE d.id = n.id AND a.disk_id = d.id
ORDER BY 1, 2, 3;
