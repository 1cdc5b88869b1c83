-- warning: What libvirt last said of the VM could not be stored in the rows.
-- Why: history has the bytes, but tables and findings show the VM as it was before.
-- Do: look at the error, and report it: it is a fault of virtsql or of its catalog.
SELECT v.host_id, v.uuid AS vm_uuid, c.operation || ' at ' || c.captured_at || ': ' || c.error AS detail
FROM defined_vms AS v JOIN captures AS c ON c.vm_uuid = v.uuid
WHERE c.error IS NOT NULL AND c.kind = 'domain' AND NOT EXISTS (SELECT 1 FROM captures AS d WHERE d.vm_uuid = v.uuid AND d.kind = 'domain'
  AND d.config = c.config AND d.document_sha256 IS NOT NULL AND d.id > c.id);
