-- Which VMs use this storage pool?
--
-- Asked before a pool is taken away. :pool is its name (default images), :host its host (default: all hosts). One row
-- for each disk that names the pool, or that has its image in the pool's folder on the VM's host.
SELECT h.name AS host, p.pool, d.vm_name AS vm, d.device_name AS device, coalesce(d.path, d.volume) AS image
FROM pool_places AS p JOIN hosts AS h ON h.id = p.host_id
  JOIN defined_vms AS v ON v.host_id = p.host_id
  JOIN vm_disks AS d ON d.vm_uuid = v.uuid
WHERE p.pool = coalesce(:pool, 'images') AND h.name = coalesce(:host, h.name)
  AND (d.pool = p.pool OR substr(d.path, 1, length(p.folder)) = p.folder)
ORDER BY 1, 2, 3, 4;
