-- What each host has, and what is promised to VMs of it.
-- Write: none; it is computed
CREATE VIEW host_capacity (
  host,                -- text: Name of the host.
  cpus,                -- integer: Its CPUs, as libvirt's capabilities say; NULL: not captured.
  memory_mib,          -- integer: Its memory in MiB; NULL: not captured.
  cells,               -- integer: Its NUMA cells; NULL: not captured.
  vms,                 -- integer: VMs that are defined.
  vcpus_defined,       -- integer: Virtual CPUs of the defined VMs.
  memory_mib_defined,  -- integer: Memory of the defined VMs in MiB.
  vcpus_running,       -- integer: Virtual CPUs of the VMs that run (or are paused).
  memory_mib_running   -- integer: Memory of the VMs that run (or are paused) in MiB.
) AS
SELECT h.name, c.cpus, c.memory_mib, c.cells, coalesce(m.vms, 0), coalesce(m.vcpus, 0), coalesce(m.memory_mib, 0),
  coalesce(m.vcpus_running, 0), coalesce(m.memory_mib_running, 0)
FROM hosts AS h
  LEFT JOIN host_sizes AS c ON c.host_id = h.id
  LEFT JOIN (
    SELECT d.host_id, count(*) AS vms, CAST(sum(d.vcpus) AS BIGINT) AS vcpus, CAST(sum(d.memory_mib) AS BIGINT) AS memory_mib,
      CAST(sum(CASE WHEN s.state IN ('running', 'paused') THEN d.vcpus END) AS BIGINT) AS vcpus_running,
      CAST(sum(CASE WHEN s.state IN ('running', 'paused') THEN d.memory_mib END) AS BIGINT) AS memory_mib_running
    -- In MiB before the sum, and no number of CPUs that no host has: a sum that is too large would be an error, for all hosts.
    FROM (
      SELECT w.uuid, w.host_id, CASE WHEN v.vcpus BETWEEN 0 AND 999999 THEN v.vcpus END AS vcpus, v.memory_bytes / 1048576 AS memory_mib
      FROM defined_vms AS w JOIN virtual_machines AS v ON v.id = w.id) AS d
      LEFT JOIN vm_states AS s ON s.vm_uuid = d.uuid AND s.host_id = d.host_id
    GROUP BY d.host_id) AS m ON m.host_id = h.id;
