-- notice: The VM was redefined since it started.
-- Why: what runs is not what is defined; the next start may bring a surprise.
-- Do: restart it when that suits, or look first: SELECT * FROM domain_drift(vm).
SELECT v.host_id, v.uuid AS vm_uuid, 'defined anew at ' || n.captured_at || ', running since ' || s.since AS detail
FROM defined_vms AS v JOIN vm_states AS s ON s.vm_uuid = v.uuid AND s.host_id = v.host_id
  JOIN captures AS n ON n.vm_uuid = v.uuid AND n.config = 'persistent' AND n.kind = 'domain'
WHERE s.state IN ('running', 'paused') AND n.captured_at > s.since AND n.exact IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM captures AS l WHERE l.vm_uuid = v.uuid AND l.config = 'persistent' AND l.kind = 'domain' AND l.id > n.id)
  AND EXISTS (SELECT 1 FROM captures AS o WHERE o.vm_uuid = v.uuid AND o.config = 'persistent' AND o.kind = 'domain' AND o.captured_at <= s.since
    AND o.document_sha256 <> n.document_sha256
    AND NOT EXISTS (SELECT 1 FROM captures AS l WHERE l.vm_uuid = v.uuid AND l.config = 'persistent' AND l.kind = 'domain' AND l.captured_at <= s.since AND l.id > o.id));
