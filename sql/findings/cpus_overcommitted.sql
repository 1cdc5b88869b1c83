-- notice: The VMs that run on the host have more than four virtual CPUs for each of its CPUs.
-- Why: under load guests wait for CPU time, and their clocks and timeouts suffer.
-- Do: move VMs away, or give them fewer.
SELECT h.id AS host_id, CAST(NULL AS TEXT) AS vm_uuid, 'running VMs have more than four times the CPUs of the host: '
    || (SELECT z.cpus FROM host_sizes AS z WHERE z.host_id = h.id) AS detail
FROM hosts AS h
WHERE (SELECT sum(v.vcpus) FROM vm_states AS s JOIN virtual_machines AS v ON v.uuid = s.vm_uuid
    WHERE s.host_id = h.id AND s.state IN ('running', 'paused')) > 4 * (SELECT z.cpus FROM host_sizes AS z WHERE z.host_id = h.id);
