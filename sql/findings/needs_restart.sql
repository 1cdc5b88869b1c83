-- notice: The VM was redefined since it started.
-- Why: what runs is not what is defined; the next start may bring a surprise.
-- Do: restart it when that suits, or look first: SELECT * FROM domain_drift(vm).
SELECT v.host_id, v.uuid AS vm_uuid, 'defined anew at ' || n.captured_at || ', running since ' || s.since AS detail
FROM defined_vms AS v JOIN vm_states AS s ON s.vm_uuid = v.uuid AND s.host_id = v.host_id
  -- The newest definition, and the one that it started with.
  JOIN captures AS n ON n.id = (SELECT max(c.id) FROM captures AS c WHERE c.vm_uuid = v.uuid AND c.config = 'persistent' AND c.kind = 'domain')
  JOIN captures AS o ON o.id = (SELECT max(c.id) FROM captures AS c WHERE c.vm_uuid = v.uuid AND c.config = 'persistent' AND c.kind = 'domain'
    AND c.captured_at <= s.since)
WHERE s.state IN ('running', 'paused') AND n.captured_at > s.since AND n.exact IS NOT NULL AND o.document_sha256 <> n.document_sha256;
