-- Only for a page of many VMs.
-- A card for each host: what is defined and what runs, against what the host has.
SELECT c.host AS key, c.host AS name, row_number() OVER (ORDER BY c.host) AS number,
  c.vms || CASE c.vms WHEN 1 THEN ' VM' ELSE ' VMs' END || ', '
    || (SELECT count(*) FROM vms AS v WHERE v.host = c.host AND v.state = 'running') || ' running' AS vms_text,
  'vCPUs ' || coalesce(c.vcpus_defined, 0)
    || CASE WHEN c.cpus > 0 THEN ' of ' || c.cpus || ' CPUs (' || round(1.0 * coalesce(c.vcpus_defined, 0) / c.cpus, 2) || ' ×)' ELSE '' END
    || CASE WHEN c.vcpus_running > 0 THEN ', ' || c.vcpus_running || ' running' ELSE '' END AS vcpus_text,
  'memory ' || round(coalesce(c.memory_mib_defined, 0) / 1024.0, 1)
    || CASE WHEN c.memory_mib > 0 THEN ' of ' || round(c.memory_mib / 1024.0, 1) || ' GiB (' || round(1.0 * coalesce(c.memory_mib_defined, 0) / c.memory_mib, 2) || ' ×)' ELSE ' GiB' END
    || CASE WHEN c.memory_mib_running > 0 THEN ', ' || round(c.memory_mib_running / 1024.0, 1) || ' running' ELSE '' END AS memory_text,
  c.cpus > 0 AS has_cpus, min(100, round(100.0 * coalesce(c.vcpus_defined, 0) / c.cpus)) AS vcpus_width,
  CASE WHEN c.vcpus_defined > c.cpus THEN 'over' ELSE 'in' END AS vcpus_class,
  c.memory_mib > 0 AS has_memory, min(100, round(100.0 * coalesce(c.memory_mib_defined, 0) / c.memory_mib)) AS memory_width,
  CASE WHEN c.memory_mib_defined > c.memory_mib THEN 'over' ELSE 'in' END AS memory_class,
  nullif((SELECT count(*) FROM vms AS v WHERE v.host = c.host AND v.state <> 'undefined' AND v.sync_status = 'DRIFTED'), 0) AS drifted
FROM host_capacity AS c
WHERE @SHOWN(c.host)@
ORDER BY c.host
