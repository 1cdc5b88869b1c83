-- notice: The VM was redefined since it started.
-- Why: what runs is not what is defined; the next start may bring a surprise.
-- Do: restart it when that suits, or look first: SELECT * FROM domain_drift(vm).
-- A VM that already runs with what was defined (a device was attached to both) needs no restart: its rows are SYNCED.
SELECT v.host_id, v.uuid AS vm_uuid, 'defined anew at ' || n.captured_at || ', running since ' || s.started AS detail
FROM defined_vms AS v JOIN virtual_machines AS m ON m.uuid = v.uuid AND m.sync_status <> 'SYNCED'
  -- The recipe pending_changes reads the time after 'running since '. Not vm_states.since: a VM that was paused for a while has not started again.
  JOIN (SELECT t.vm_uuid, t.host_id, CASE WHEN t.reason = 'booted' THEN t.since ELSE coalesce((SELECT max(b.captured_at) FROM captures AS b
      WHERE b.vm_uuid = t.vm_uuid AND b.config = 'live' AND b.kind = 'domain' AND b.operation IN ('start', 'started')), t.since) END AS started
    FROM vm_states AS t WHERE t.state IN ('running', 'paused')) AS s ON s.vm_uuid = v.uuid AND s.host_id = v.host_id
  -- The newest definition, and the one that it started with.
  JOIN captures AS n ON n.id = (SELECT max(c.id) FROM captures AS c WHERE c.vm_uuid = v.uuid AND c.config = 'persistent' AND c.kind = 'domain')
  JOIN captures AS o ON o.id = (SELECT max(c.id) FROM captures AS c WHERE c.vm_uuid = v.uuid AND c.config = 'persistent' AND c.kind = 'domain'
    AND c.captured_at <= s.started)
WHERE n.captured_at > s.started AND n.exact IS NOT NULL AND o.document_sha256 <> n.document_sha256;
