-- notice: The VM runs, but does not start with its host.
-- Why: after a power failure or an update of the host it stays off.
-- Do: virsh autostart NAME.
SELECT v.host_id, v.uuid AS vm_uuid, 'running, autostart off' AS detail
FROM defined_vms AS v JOIN vm_states AS s ON s.vm_uuid = v.uuid AND s.host_id = v.host_id
WHERE s.state = 'running' AND s.autostart = 0 AND coalesce(s.persistent, 1) = 1;
