-- The CPUs of each host and the NUMA cell that each belongs to, as libvirt's capabilities say; none where they were not captured.
-- For other views.
-- Write: none; libvirt says it
CREATE VIEW host_processors (
  host_id,  -- integer: hosts.id of the host.
  host,     -- text: Name of the host.
  cell,     -- integer: Number of the NUMA cell.
  cpu       -- integer: Number of the CPU.
) AS
-- Several drivers of a host say the same.
SELECT h.id, h.name, c.cell, p.cpu
FROM hosts AS h JOIN host_capabilities AS k ON k.host_id = h.id JOIN host_cells AS c ON c.host_capability_id = k.id
  JOIN host_cpus AS p ON p.host_cell_id = c.id
WHERE NOT EXISTS (SELECT 1 FROM host_capabilities AS o WHERE o.host_id = k.host_id AND coalesce(o.driver, '') < coalesce(k.driver, ''));
