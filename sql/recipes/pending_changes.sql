-- Which running VMs were redefined since they started, so that the change waits for a restart?
--
-- Asked before and after maintenance. started_at is when the VM started, defined_at when its definition last changed.
-- Definitions are compared by meaning: one that only looks different is not listed. domain_drift(vm) shows what the
-- change is.
SELECT v.host, v.name AS vm, f.started AS started_at, max(c.captured_at) AS defined_at
-- The finding's text ends with the time of the start.
FROM (SELECT a.vm_uuid, substr(a.detail, instr(a.detail, 'running since ') + 14) AS started FROM findings AS a WHERE a.rule = 'needs_restart') AS f
  JOIN defined_vms AS v ON v.uuid = f.vm_uuid
  CROSS JOIN domain_history(v.uuid) AS c
-- The finding compares bytes, which is fast; the history then compares meanings (changed).
WHERE c.config = 'persistent' AND c.captured_at > f.started AND c.changed = 1
GROUP BY v.uuid, v.host, v.name, f.started ORDER BY 1, 2;
