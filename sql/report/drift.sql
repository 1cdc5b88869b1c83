-- What the rows want and libvirt does not have.
SELECT d.vm_uuid, v.name AS vm_name, d.against, d.change, d.device, d.key AS key_text, d.path,
  substr(d.old, 1, 400) AS old, substr(d.new, 1, 400) AS new
FROM vms AS v JOIN domain_drift(v.uuid) AS d
WHERE v.state <> 'undefined' AND v.sync_status <> 'SYNCED' AND @SHOWN(v.host, v.uuid)@
ORDER BY v.host, v.name, d.against, d.path
