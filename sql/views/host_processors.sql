-- The CPUs of each host and the NUMA cell that each belongs to, as libvirt's capabilities say; none if they were not captured.
-- For other views.
-- Write: none; libvirt says it
CREATE VIEW host_processors (
  host_id,  -- integer: hosts.id of the host.
  host,     -- text: Name of the host.
  cell,     -- integer: Number of the NUMA cell.
  cpu       -- integer: Number of the CPU.
) AS
SELECT h.id, h.name, c.cell, p.cpu
FROM hosts AS h JOIN host_sizes AS s ON s.host_id = h.id JOIN host_cells AS c ON c.host_capability_id = s.host_capability_id
  JOIN host_cpus AS p ON p.host_cell_id = c.id;
