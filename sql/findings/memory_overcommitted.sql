-- warning: The VMs that run on the host have more memory than it has.
-- Why: the host swaps, or its out-of-memory killer ends a VM.
-- Do: move VMs away, or give them less.
SELECT r.host_id, CAST(NULL AS TEXT) AS vm_uuid, 'running VMs have more memory than the host: ' || z.memory_mib || ' MiB' AS detail
FROM (SELECT s.host_id, sum(v.memory_bytes / 1048576) AS memory_mib FROM vm_states AS s JOIN virtual_machines AS v ON v.uuid = s.vm_uuid
    WHERE s.state IN ('running', 'paused') GROUP BY s.host_id) AS r
  JOIN host_sizes AS z ON z.host_id = r.host_id
WHERE r.memory_mib > z.memory_mib;
