-- Which running VMs were redefined since they started, so that the change waits for a restart?
--
-- Asked before and after maintenance. started_at is since when the VM runs, defined_at when its definition changed last.
-- What changed is compared by its meaning: a definition that only looks different is none. What the change is: domain_drift(vm).
SELECT v.host, v.name AS vm, s.since AS started_at, max(c.captured_at) AS defined_at
FROM findings AS f JOIN defined_vms AS v ON v.uuid = f.vm_uuid JOIN vm_states AS s ON s.vm_uuid = v.uuid AND s.host_id = v.host_id
  CROSS JOIN domain_history(v.uuid) AS c
-- The finding compares bytes, which is quick; the history compares meanings.
WHERE f.rule = 'needs_restart' AND c.config = 'persistent' AND c.captured_at > s.since AND c.changed = 1
GROUP BY v.uuid, v.host, v.name, s.since ORDER BY 1, 2;
