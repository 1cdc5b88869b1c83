-- warning: The VM runs without the host's mandatory access control.
-- Why: a guest that breaks out of QEMU has the rights of QEMU's user on the whole host.
-- Do: remove the seclabel of type none.
SELECT v.host_id, v.uuid AS vm_uuid, 'seclabel type none' || coalesce(' of ' || l.model, '') AS detail
FROM defined_vms AS v JOIN security_labels AS l ON l.vm_uuid = v.uuid
WHERE l.type = 'none' AND coalesce(l.model, '') <> 'dac';
