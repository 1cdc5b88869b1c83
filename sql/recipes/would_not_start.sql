-- Which VMs name something that is gone, so that they would not start?
--
-- Asked before a host is restarted. One row for each VM and missing thing: a network, a pool, or a volume in a pool that is
-- there. Volumes are looked for only where the host's volumes were captured at all. Images named by path are not
-- checked: only the host knows its files.
SELECT h.name AS host, v.name AS vm, 'network' AS kind, p.network AS missing
FROM vm_ports AS p JOIN virtual_machines AS v ON v.uuid = p.vm_uuid JOIN hosts AS h ON h.id = v.host_id
WHERE p.source_type = 'network' AND NOT EXISTS (SELECT 1 FROM networks AS n WHERE n.host_id = v.host_id AND n.name = p.network)
UNION
SELECT h.name, v.name, 'pool', d.pool
FROM vm_disks AS d JOIN virtual_machines AS v ON v.uuid = d.vm_uuid JOIN hosts AS h ON h.id = v.host_id
WHERE d.source_type = 'volume' AND NOT EXISTS (SELECT 1 FROM storage_pools AS p WHERE p.host_id = v.host_id AND p.name = d.pool)
UNION
SELECT h.name, v.name, 'volume', d.pool || '/' || d.volume
FROM vm_disks AS d JOIN virtual_machines AS v ON v.uuid = d.vm_uuid JOIN hosts AS h ON h.id = v.host_id
  JOIN storage_pools AS p ON p.host_id = v.host_id AND p.name = d.pool
WHERE d.source_type = 'volume' AND EXISTS (SELECT 1 FROM volumes AS o WHERE o.host_id = v.host_id)
  AND NOT EXISTS (SELECT 1 FROM volumes AS o WHERE o.host_id = v.host_id AND o.name = d.volume
    AND (p.path IS NULL OR o.path = rtrim(p.path, '/') || '/' || o.name))
ORDER BY 1, 2, 3;
