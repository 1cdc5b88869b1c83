-- The CPUs of each host and the NUMA cell that each belongs to, as libvirt's capabilities say; none where they were not captured.
-- For other views.
-- Write: none; libvirt says it
CREATE VIEW host_cpus (
  host,  -- text: Name of the host.
  cell,  -- integer: Number of the NUMA cell.
  cpu    -- integer: Number of the CPU.
) AS
WITH nodes (host_id, path, key, atom) AS (
  SELECT h.id, t.path, t.key, t.atom FROM hosts AS h, json_tree(h.capabilities_json, '$.capabilities.host.topology.cells.cell') AS t
  WHERE t.key = '@id')
SELECT h.name, CAST(c.atom AS INTEGER), CAST(p.atom AS INTEGER)
FROM nodes AS p JOIN nodes AS c ON c.host_id = p.host_id AND c.path = substr(p.path, 1, instr(p.path, '.cpus.') - 1) JOIN hosts AS h ON h.id = p.host_id
WHERE instr(p.path, '.cpus.') > 0;
