-- The CPUs, memory and NUMA cells of each host, as libvirt's capabilities say; no row where they were not captured. For other views.
-- Write: none; libvirt says it
CREATE VIEW host_sizes (
  host_id,     -- integer: hosts.id of the host.
  cpus,        -- integer: Number of CPUs.
  memory_mib,  -- integer: Memory in MiB.
  cells        -- integer: Number of NUMA cells.
) AS
SELECT x.id, CAST(sum(CASE WHEN t.fullkey LIKE '%.cpus."@num"' THEN CAST(t.atom AS INTEGER) END) AS INTEGER),
  CAST(sum(CASE WHEN t.fullkey LIKE '%.memory."#text"' OR (t.fullkey LIKE '%.memory' AND t.type = 'text') THEN CAST(t.atom AS BIGINT) END) / 1024 AS BIGINT),
  CAST(count(CASE WHEN t.fullkey LIKE '%."@id"' AND t.fullkey NOT LIKE '%.cpus.%' THEN 1 END) AS INTEGER)
FROM hosts AS x, json_tree(x.capabilities_json, '$.capabilities.host.topology.cells.cell') AS t
WHERE t.fullkey NOT LIKE '%.distances%' AND t.fullkey NOT LIKE '%.pages%' AND t.fullkey NOT LIKE '%.cpu[%'
GROUP BY x.id;
