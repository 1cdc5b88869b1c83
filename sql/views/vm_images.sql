-- The images of every disk with all that is below them, one row each; depth 0 is the image that the disk names. What is below is
-- known from the VM's XML (it names the chain of a running VM) or from the captured volumes of its host.
-- Write: vm_disks, disk_layers
CREATE VIEW vm_images (
  host,            -- text: Name of the host.
  vm_name,         -- text: Name of the VM.
  vm_uuid,         -- text: UUID of the VM.
  target,          -- text: Name of the disk in the VM: vda.
  device,          -- text: disk, cdrom, floppy or lun.
  bus,             -- text: virtio, scsi, sata, ...
  depth,           -- integer: 0: the disk's own image; 1: the one below it; ...
  format,          -- text: Format of the image: raw, qcow2, ...
  image,           -- text: Path on the host (also of an image that is named by pool and volume), rbd:pool/image and the like; NULL: an empty drive.
  pool,            -- text: Storage pool that has it.
  volume,          -- text: Volume of the pool.
  capacity_bytes,  -- integer: Size that the guest sees, if the volume was captured.
  serial,          -- text: Serial number that the guest sees.
  read_only,       -- integer: 1: the guest cannot write to it; what is below another image is never written to.
  shareable        -- integer: 1: several VMs may have it at once.
) AS
WITH RECURSIVE below (host_id, path, depth, backing_path, format) AS (
  SELECT o.host_id, o.path, 1, o.backing_path, o.backing_format FROM volumes AS o WHERE o.backing_path IS NOT NULL
  UNION ALL
  SELECT b.host_id, b.path, b.depth + 1, o.backing_path, o.backing_format
  FROM below AS b JOIN volumes AS o ON +o.host_id = b.host_id AND o.path = b.backing_path
  WHERE o.backing_path IS NOT NULL AND b.depth < 200),
named (vm_uuid, id, depth, format, path, pool, volume, other, is_last) AS NOT MATERIALIZED (
  SELECT a.vm_uuid, a.id, 0, a.driver_type, d.path, d.pool, d.volume,
    coalesce(d.protocol || ':' || d.name, d.socket_path, d.source_pci_address || '/' || d.namespace, d.source_pci_address),
    CASE WHEN EXISTS (SELECT 1 FROM disk_layers AS n WHERE n.disk_attachment_id = a.id AND n.parent_id IS NULL AND n.element = 'backingStore')
      THEN 0 ELSE 1 END
  FROM disk_attachments AS a LEFT JOIN disks AS d ON d.id = a.disk_id
  UNION ALL
  SELECT a.vm_uuid, a.id,
    (WITH RECURSIVE up (id, depth) AS (
        SELECT l.id, 0 UNION ALL SELECT u.parent_id, up.depth + 1 FROM up JOIN disk_layers AS u ON u.id = up.id)
      SELECT max(depth) FROM up),
    l.format, l.path, l.pool, l.volume,
    coalesce(l.protocol || ':' || l.name, l.socket_path, l.source_pci_address || '/' || l.namespace, l.source_pci_address),
    CASE WHEN EXISTS (SELECT 1 FROM disk_layers AS n WHERE n.parent_id = l.id AND n.element = 'backingStore') THEN 0 ELSE 1 END
  FROM disk_layers AS l JOIN disk_attachments AS a ON a.id = l.disk_attachment_id
  WHERE l.element IN ('backingStore', 'dataStore') AND coalesce(l.path, l.volume, l.name, l.socket_path, l.source_pci_address) IS NOT NULL),
found (vm_uuid, id, host_id, depth, format, path, pool, volume, other, is_last) AS NOT MATERIALIZED (
  SELECT n.vm_uuid, n.id, v.host_id, n.depth, n.format,
    CASE WHEN n.path IS NOT NULL THEN n.path WHEN n.volume IS NOT NULL THEN (SELECT o.path FROM volumes AS o
        LEFT JOIN storage_pools AS p ON p.host_id = o.host_id AND p.name = n.pool
      WHERE o.name = n.volume AND +o.host_id = v.host_id AND (p.path IS NULL OR o.path = rtrim(p.path, '/') || '/' || o.name) LIMIT 1) END,
    n.pool, n.volume, n.other, n.is_last
  FROM named AS n JOIN virtual_machines AS v ON v.uuid = n.vm_uuid),
images (vm_uuid, id, host_id, depth, format, path, pool, volume, other) AS NOT MATERIALIZED (
  SELECT f.vm_uuid, f.id, f.host_id, f.depth, f.format, f.path, f.pool, f.volume, f.other FROM found AS f
  UNION ALL
  SELECT f.vm_uuid, f.id, f.host_id, f.depth + b.depth, b.format, b.backing_path, NULL, NULL, NULL
  FROM found AS f JOIN below AS b ON b.host_id = f.host_id AND b.path = f.path
  WHERE f.is_last = 1)
SELECT v.host, v.name, i.vm_uuid, a.device_name, coalesce(a.device, 'disk'), a.bus_type, CAST(i.depth AS INTEGER), coalesce(i.format, o.format),
  coalesce(i.path, i.pool || '/' || i.volume, i.other),
  coalesce(i.pool, (SELECT p.name FROM storage_pools AS p
    WHERE p.host_id = o.host_id AND rtrim(p.path, '/') = substr(o.path, 1, length(o.path) - length(o.name) - 1) LIMIT 1)),
  coalesce(i.volume, o.name), CAST(o.capacity_bytes AS BIGINT), a.serial,
  CASE WHEN a.read_only = 1 OR i.depth > 0 OR a.device IN ('cdrom') THEN 1 ELSE 0 END, CASE WHEN a.shareable = 1 THEN 1 ELSE 0 END
FROM images AS i JOIN defined_vms AS v ON v.uuid = i.vm_uuid JOIN disk_attachments AS a ON a.id = i.id
  LEFT JOIN volumes AS o ON +o.host_id = i.host_id AND o.path = i.path;
