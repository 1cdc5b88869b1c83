-- What each VM's rows want and libvirt does not have.
SELECT v.uuid AS parent_key, d.against, d.change, d.device, d.key AS key_text, d.path, substr(d.old, 1, 2000) AS old, substr(d.new, 1, 2000) AS new
FROM vms AS v JOIN domain_drift(v.uuid) AS d
WHERE v.state <> 'undefined' AND v.sync_status <> 'SYNCED' AND @SHOWN(v.host, v.uuid)@
ORDER BY v.uuid, d.against, d.path
