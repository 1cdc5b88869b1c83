-- Which running VMs were redefined since they started, so that the change waits for a restart?
--
-- Asked before and after maintenance. started_at is when the VM started, defined_at when its definition last changed.
-- Definitions are compared by meaning: one that only looks different is not listed. domain_drift(vm) shows what the
-- change is.
SELECT v.host, v.name AS vm, s.since AS started_at, max(c.captured_at) AS defined_at
FROM findings AS f JOIN defined_vms AS v ON v.uuid = f.vm_uuid JOIN vm_states AS s ON s.vm_uuid = v.uuid AND s.host_id = v.host_id
  CROSS JOIN domain_history(v.uuid) AS c
-- The finding compares bytes, which is fast; the history then compares meanings (changed).
WHERE f.rule = 'needs_restart' AND c.config = 'persistent' AND c.captured_at > s.since AND c.changed = 1
GROUP BY v.uuid, v.host, v.name, s.since ORDER BY 1, 2;
