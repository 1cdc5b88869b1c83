-- warning: The VMs that run on the host have more memory than it has.
-- Why: the host swaps, or its out-of-memory killer ends a VM.
-- Do: move VMs away, or give them less.
SELECT h.id AS host_id, CAST(NULL AS TEXT) AS vm_uuid, 'running VMs have more memory than the host: '
    || (SELECT z.memory_mib FROM host_sizes AS z WHERE z.host_id = h.id) || ' MiB' AS detail
FROM hosts AS h
WHERE (SELECT sum(v.memory_bytes) FROM vm_states AS s JOIN virtual_machines AS v ON v.uuid = s.vm_uuid
    WHERE s.host_id = h.id AND s.state IN ('running', 'paused')) / 1048576 > (SELECT z.memory_mib FROM host_sizes AS z WHERE z.host_id = h.id);
