-- The CPUs, memory and NUMA cells of each host, as libvirt's capabilities say; no row if they were not captured. For other views.
-- Write: none; libvirt says it
CREATE VIEW host_sizes (
  host_id,            -- integer: hosts.id of the host.
  cpus,               -- integer: Number of CPUs.
  memory_mib,         -- integer: Memory in MiB.
  cells,              -- integer: Number of NUMA cells.
  host_capability_id  -- integer: host_capabilities.id of the row that says it.
) AS
-- Several drivers of a host say the same, or nothing of its cells: one that does is taken. Each number is asked by itself, so that a look at one host reads that host's rows.
SELECT h.id, (SELECT CAST(sum(CASE WHEN c.cpu_count BETWEEN 0 AND 999999 THEN c.cpu_count END) AS INTEGER) FROM host_cells AS c WHERE c.host_capability_id = k.id),
  (SELECT CAST(sum(c.memory_bytes / 1048576) AS BIGINT) FROM host_cells AS c WHERE c.host_capability_id = k.id),
  (SELECT CAST(count(*) AS INTEGER) FROM host_cells AS c WHERE c.host_capability_id = k.id), k.id
FROM hosts AS h JOIN host_capabilities AS k ON k.host_id = h.id
WHERE EXISTS (SELECT 1 FROM host_cells AS c WHERE c.host_capability_id = k.id)
  AND NOT EXISTS (SELECT 1 FROM host_capabilities AS o JOIN host_cells AS e ON e.host_capability_id = o.id
    WHERE o.host_id = k.host_id AND coalesce(o.driver, '') < coalesce(k.driver, ''));
