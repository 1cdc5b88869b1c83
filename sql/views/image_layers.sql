-- What the XML names below, or beside, the images of the disks of each host's VMs. For other views.
-- Write: disk_layers
CREATE VIEW image_layers (
  host_id,               -- integer: hosts.id of the host.
  disk_attachment_id,    -- integer: disk_attachments.id of the disk.
  id,                    -- integer: disk_layers.id.
  element,               -- text: What it is: backingStore, mirror, dataStore.
  path,                  -- text: Path of the file or device.
  protocol,              -- text: Protocol of a network image.
  name,                  -- text: Name of a network image.
  source_snapshot_name,  -- text: Snapshot of a network image.
  pool,                  -- text: Name of the storage pool.
  volume,                -- text: Name of the volume.
  slice_offset,          -- integer: Where in the file it begins, in bytes.
  slice_size             -- integer: Its length in the file, in bytes.
) AS
SELECT v.host_id, l.disk_attachment_id, l.id, l.element, l.path, l.protocol, l.name, l.source_snapshot_name, l.pool, l.volume, l.slice_offset, l.slice_size
FROM disk_layers AS l JOIN disk_attachments AS a ON a.id = l.disk_attachment_id JOIN virtual_machines AS v ON v.uuid = a.vm_uuid;
