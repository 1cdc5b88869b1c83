-- warning: The VM has more virtual CPUs or memory than its host.
-- Why: its virtual CPUs wait for each other, or it does not fit.
-- Do: make it smaller, or move it to a larger host.
SELECT v.host_id, v.uuid AS vm_uuid, m.vcpus || ' vCPUs and ' || (m.memory_bytes / 1048576) || ' MiB; the host has ' || z.cpus || ' and ' || z.memory_mib || ' MiB' AS detail
FROM defined_vms AS v JOIN virtual_machines AS m ON m.id = v.id JOIN host_sizes AS z ON z.host_id = v.host_id
WHERE m.vcpus > z.cpus OR m.memory_bytes / 1048576 > z.memory_mib;
