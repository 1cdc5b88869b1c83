-- The disks that are volumes of a storage pool: by pool and volume, or by the volume's path on the same host (of an RBD image its name).
-- Write: disk_attachments, disks, volumes
CREATE VIEW volume_attachments (
  vm_uuid,             -- text: UUID of the VM.
  disk_attachment_id,  -- integer: disk_attachments.id of the disk.
  device_name,         -- text: Name of the disk in the VM.
  disk_id,             -- integer: disks.id of the image.
  volume_id,           -- integer: volumes.id of the volume.
  volume_name,         -- text: Name of the volume.
  path                 -- text: Path of the volume on the host.
) AS
SELECT a.vm_uuid, a.id, a.device_name, a.disk_id, v.id, v.name, v.path
FROM disk_attachments AS a JOIN disks AS d ON d.id = a.disk_id
  JOIN volumes AS v ON v.host_id = d.host_id AND (v.path = d.path OR (v.path = d.name AND d.protocol = 'rbd')
    -- If no captured pool is known to have the volume (pools of mpath and fc_host name volumes by numbers), its name has to do.
    OR (v.name = d.volume AND d.pool IS NOT NULL AND (
      EXISTS (SELECT 1 FROM pool_volumes AS p WHERE p.id = v.id AND p.pool = d.pool)
      OR NOT EXISTS (SELECT 1 FROM pool_volumes AS p WHERE p.id = v.id))));
