-- Where the volumes of each storage pool are. For other views.
-- Write: storage_pools
CREATE VIEW pool_places (
  host_id,  -- integer: hosts.id of the host.
  pool,     -- text: Name of the storage pool.
  id,       -- integer: storage_pools.id.
  type,     -- text: dir, logical, rbd, ...
  path,     -- text: Its folder; NULL: it has none.
  folder,   -- text: The same with one slash at the end, as the paths of its volumes begin.
  source    -- text: What a volume's key has before the volume's name if the pool has no folder: vms/ of RBD.
) AS
SELECT p.host_id, p.name, p.id, p.type, p.path, rtrim(p.path, '/') || '/', p.source_name || rtrim(coalesce(p.source_dir_path, ''), '/') || '/'
FROM storage_pools AS p;
