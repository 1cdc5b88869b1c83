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
  image,           -- text: Path on the host (also of an image that is named by pool and volume), rbd:pool/image, nbd://server:10809 and the like; NULL: an empty drive.
  pool,            -- text: Storage pool that has it.
  volume,          -- text: Volume of the pool.
  capacity_bytes,  -- integer: Size that the guest sees, if the volume was captured.
  serial,          -- text: Serial number that the guest sees.
  read_only,       -- integer: 1: the guest cannot write to it; what is below another image is never written to.
  shareable        -- integer: 1: several VMs may have it at once.
) AS
WITH RECURSIVE below (host_id, path, depth, backing_path, format) AS (
  SELECT o.host_id, o.path, 1, o.backing_path, o.backing_format FROM volumes AS o WHERE o.backing_path IS NOT NULL
  UNION  -- several volumes may give one path, so the same rows would double at each depth
  SELECT b.host_id, b.path, b.depth + 1, o.backing_path, o.backing_format
  FROM below AS b JOIN volumes AS o ON +o.host_id = b.host_id AND o.path = b.backing_path
  WHERE o.backing_path IS NOT NULL AND b.depth < 200),
named (vm_uuid, id, depth, is_below, format, path, pool, volume, protocol, name, other, is_last) AS NOT MATERIALIZED (
  SELECT a.vm_uuid, a.id, 0, 0, a.driver_type, d.path, d.pool, d.volume, d.protocol, d.name,
    coalesce(d.socket_path, d.source_pci_address || '/' || d.namespace, d.source_pci_address,
      d.protocol || '://' || (SELECT coalesce(s.name || coalesce(':' || s.port, ''), s.socket) FROM disk_hosts AS s WHERE s.disk_id = d.id ORDER BY s.position IS NULL, s.position, s.id LIMIT 1)),
    CASE WHEN EXISTS (SELECT 1 FROM disk_layers AS n WHERE n.disk_attachment_id = a.id AND n.parent_id IS NULL AND n.element = 'backingStore')
      THEN 0 ELSE 1 END
  FROM disk_attachments AS a LEFT JOIN disks AS d ON d.id = a.disk_id
  UNION ALL
  SELECT a.vm_uuid, a.id,
    (WITH RECURSIVE up (id, depth) AS (
        SELECT l.id, 0 UNION ALL SELECT u.parent_id, up.depth + 1 FROM up JOIN disk_layers AS u ON u.id = up.id WHERE up.depth < 200)
      SELECT max(depth) FROM up),
    -- The file that holds the data of the disk's own image is written to as that is.
    CASE WHEN l.element = 'dataStore' AND l.parent_id IS NULL THEN 0 ELSE 1 END,
    l.format, l.path, l.pool, l.volume, l.protocol, l.name,
    coalesce(l.socket_path, l.source_pci_address || '/' || l.namespace, l.source_pci_address,
      l.protocol || '://' || (SELECT coalesce(s.name || coalesce(':' || s.port, ''), s.socket) FROM disk_layer_hosts AS s WHERE s.disk_layer_id = l.id ORDER BY s.position IS NULL, s.position, s.id LIMIT 1)),
    CASE WHEN EXISTS (SELECT 1 FROM disk_layers AS n WHERE n.parent_id = l.id AND n.element = 'backingStore') THEN 0 ELSE 1 END
  FROM disk_layers AS l JOIN disk_attachments AS a ON a.id = l.disk_attachment_id
  WHERE l.element IN ('backingStore', 'dataStore') AND coalesce(l.path, l.volume, l.name, l.socket_path, l.source_pci_address, l.protocol) IS NOT NULL
    -- What a running copy's mirror is made of is no part of the disk's chain.
    AND NOT EXISTS (WITH RECURSIVE above (id) AS (
        SELECT l.parent_id UNION SELECT u.parent_id FROM above JOIN disk_layers AS u ON u.id = above.id)
      SELECT 1 FROM above JOIN disk_layers AS m ON m.id = above.id WHERE m.element = 'mirror')),
-- A volume's path, as in the table volumes: an RBD image has pool/image there, which is the name that a network disk gives.
found (vm_uuid, host, vm_name, id, host_id, depth, is_below, format, path, pool, volume, protocol, other, is_last) AS NOT MATERIALIZED (
  SELECT n.vm_uuid, v.host, v.name, n.id, v.host_id, n.depth, n.is_below, n.format,
    CASE WHEN n.path IS NOT NULL THEN n.path WHEN n.protocol = 'rbd' THEN n.name
      WHEN n.volume IS NOT NULL THEN (SELECT o.path FROM pool_volumes AS o WHERE o.host_id = v.host_id AND o.pool = n.pool AND o.volume = n.volume LIMIT 1) END,
    n.pool, n.volume,
    CASE WHEN n.volume IS NULL THEN n.protocol
      ELSE (SELECT p.type FROM storage_pools AS p WHERE p.name = n.pool AND +p.host_id = v.host_id AND p.type = 'rbd') END,
    coalesce(n.protocol || ':' || n.name, n.other), n.is_last
  FROM named AS n JOIN defined_vms AS v ON v.uuid = n.vm_uuid),
images (vm_uuid, host, vm_name, id, host_id, depth, is_below, format, path, pool, volume, protocol, other) AS NOT MATERIALIZED (
  SELECT f.vm_uuid, f.host, f.vm_name, f.id, f.host_id, f.depth, f.is_below, f.format, f.path, f.pool, f.volume, f.protocol, f.other FROM found AS f
  UNION ALL
  SELECT f.vm_uuid, f.host, f.vm_name, f.id, f.host_id, f.depth + b.depth, 1, b.format, b.backing_path, NULL, NULL, NULL, NULL
  FROM found AS f JOIN below AS b ON b.host_id = f.host_id AND b.path = f.path
  -- The second condition spares the look at every disk if no volume has anything below it.
  WHERE f.is_last = 1 AND EXISTS (SELECT 1 FROM below))
SELECT i.host, i.vm_name, i.vm_uuid, a.device_name, coalesce(a.device, 'disk'), a.bus_type, CAST(i.depth AS INTEGER), coalesce(i.format, o.format),
  coalesce(CASE WHEN i.protocol = 'rbd' THEN 'rbd:' ELSE '' END || i.path, i.pool || '/' || i.volume, i.other),
  coalesce(i.pool, (SELECT p.pool FROM pool_volumes AS p WHERE p.id = o.id LIMIT 1)),
  coalesce(i.volume, o.name), CAST(o.capacity_bytes AS BIGINT), a.serial,
  CASE WHEN a.read_only = 1 OR i.is_below = 1 OR a.device IN ('cdrom') THEN 1 ELSE 0 END, CASE WHEN a.shareable = 1 THEN 1 ELSE 0 END
FROM images AS i JOIN disk_attachments AS a ON a.id = i.id
  LEFT JOIN volumes AS o ON +o.host_id = i.host_id AND o.path = i.path;
