-- The disks that write to their image. A snapshot of a network disk cannot be written, and a transient disk is not. For other views.
-- Write: vm_disks
CREATE VIEW image_writers (
  host_id,      -- integer: hosts.id of the host.
  vm_uuid,      -- text: UUID of the VM.
  vm_name,      -- text: Name of the VM.
  id,           -- integer: disk_attachments.id of the disk.
  device_name,  -- text: Name of the disk in the VM.
  disk_id,      -- integer: disks.id of the image.
  shareable     -- integer: 1: the disk says that others may write to it too; NULL: it does not.
) AS
SELECT v.host_id, v.uuid, v.name, a.id, a.device_name, a.disk_id, a.shareable
FROM disk_attachments AS a JOIN defined_vms AS v ON v.uuid = a.vm_uuid
WHERE coalesce(a.read_only, 0) = 0 AND coalesce(a.transient, 0) = 0 AND a.source_snapshot_name IS NULL AND coalesce(a.device, 'disk') <> 'cdrom';
