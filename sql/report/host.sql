-- Only for a page of many VMs.
-- A card for each host: what is defined and what runs, against what the host has. If there are several, one more for all of them.
WITH unneeded AS MATERIALIZED (SELECT o.host, count(*) AS volumes FROM @RECIPE(orphan_volumes)@ AS o GROUP BY o.host),
hosts_shown AS MATERIALIZED (
  SELECT c.host, c.cpus, c.memory_mib, c.vms, c.vcpus_defined, c.memory_mib_defined, c.vcpus_running, c.memory_mib_running,
    (SELECT count(*) FROM vms AS v WHERE v.host = c.host AND v.state = 'running') AS running,
    (SELECT count(*) FROM vms AS v WHERE v.host = c.host AND v.state <> 'undefined' AND v.sync_status = 'DRIFTED') AS drifted,
    (SELECT count(*) FROM vm_snapshots AS s JOIN defined_vms AS v ON v.uuid = s.vm_uuid WHERE v.host = c.host) AS snapshots,
    coalesce((SELECT u.volumes FROM unneeded AS u WHERE u.host = c.host), 0) AS volumes
  FROM host_capacity AS c WHERE @SHOWN(c.host)@),
cards AS (
  SELECT 'host ' || host AS key, 0 AS place, host AS name, cpus, memory_mib, vms, vcpus_defined, memory_mib_defined, vcpus_running, memory_mib_running, running, drifted, snapshots, volumes
  FROM hosts_shown
  UNION ALL
  SELECT 'all', 1, 'all hosts', CASE WHEN count(*) = count(cpus) THEN sum(cpus) END, CASE WHEN count(*) = count(memory_mib) THEN sum(memory_mib) END, sum(vms),
    sum(vcpus_defined), sum(memory_mib_defined), sum(vcpus_running), sum(memory_mib_running), sum(running), sum(drifted), sum(snapshots), sum(volumes)
  FROM hosts_shown HAVING count(*) > 1)
SELECT c.key, c.name, row_number() OVER (ORDER BY c.place, c.name) AS number,
  c.vms || CASE c.vms WHEN 1 THEN ' VM' ELSE ' VMs' END || ', ' || c.running || ' running' AS vms_text,
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
  nullif(c.drifted, 0) AS drifted,
  CASE WHEN c.snapshots > 0 THEN c.snapshots || CASE c.snapshots WHEN 1 THEN ' snapshot' ELSE ' snapshots' END ELSE '' END
    || CASE WHEN c.snapshots > 0 AND c.volumes > 0 THEN ' · ' ELSE '' END
    || CASE WHEN c.volumes > 0 THEN c.volumes || CASE c.volumes WHEN 1 THEN ' volume' ELSE ' volumes' END || ' without a VM' ELSE '' END AS kept_text
FROM cards AS c
ORDER BY c.place, c.name
