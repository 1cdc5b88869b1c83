-- error: The VM has crashed.
-- Why: its guest's kernel or QEMU itself ended by a fault.
-- Do: look at /var/log/libvirt/qemu/NAME.log.
SELECT v.host_id, v.uuid AS vm_uuid, 'crashed' || coalesce(', ' || s.reason, '') || coalesce(' since ' || s.since, '') AS detail
FROM defined_vms AS v JOIN vm_states AS s ON s.vm_uuid = v.uuid AND s.host_id = v.host_id
WHERE s.state = 'crashed' OR s.state = 'shut off' AND s.reason = 'crashed';
