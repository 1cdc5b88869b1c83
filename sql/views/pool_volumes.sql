-- Which volume a pool's name and a volume's name mean: the captured volumes of a host with the pool that has them. libvirt's XML
-- of a volume does not name its pool; where the volume is tells it. For other views.
-- Write: volumes, storage_pools
CREATE VIEW pool_volumes (
  host_id,  -- integer: hosts.id of the host.
  pool,     -- text: Name of the storage pool.
  volume,   -- text: Name of the volume.
  path,     -- text: Where it is: a path on the host, of RBD pool/image, of others without a folder what libvirt says.
  id        -- integer: volumes.id.
) AS
SELECT p.host_id, p.pool, o.name, o.path, o.id
FROM pool_places AS p JOIN volumes AS o ON +o.host_id = p.host_id
WHERE CASE
  -- Volumes of every target are called unit:0:0:1 and so on, in one folder (/dev/disk/by-path) or none.
  WHEN p.type IN ('iscsi', 'iscsi-direct') THEN EXISTS (
    SELECT 1 FROM storage_pool_devices AS d WHERE d.storage_pool_id = p.id AND instr(o.path, '-iscsi-' || d.path || '-lun-') > 0)
  -- Sheepdog tells a volume's name alone.
  WHEN p.type = 'sheepdog' THEN coalesce(o.volume_key, o.path) = o.name
  WHEN p.path IS NOT NULL THEN o.path = p.folder || o.name
  -- The key is vms/disk1 of RBD, gluster://server/volume/folder/file of Gluster.
  ELSE instr('/' || coalesce(o.volume_key, o.path) || '/', '/' || p.source || o.name || '/') > 0 END;
