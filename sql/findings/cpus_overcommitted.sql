-- notice: The VMs that run on the host have more than four virtual CPUs for each of its CPUs.
-- Why: under load guests wait for CPU time, and their clocks and timeouts suffer.
-- Do: move VMs away, or give them fewer.
SELECT r.host_id, CAST(NULL AS TEXT) AS vm_uuid, 'running VMs have more than four times the CPUs of the host: ' || z.cpus AS detail
FROM (SELECT s.host_id, sum(CASE WHEN v.vcpus BETWEEN 0 AND 999999 THEN v.vcpus END) AS vcpus FROM vm_states AS s JOIN virtual_machines AS v ON v.uuid = s.vm_uuid
    WHERE s.state IN ('running', 'paused') GROUP BY s.host_id) AS r
  JOIN host_sizes AS z ON z.host_id = r.host_id
WHERE r.vcpus > 4 * z.cpus;
