-- notice: The VM has no definition that stays.
-- Why: once it stops, libvirt knows nothing of it.
-- Do: virsh define it, with SELECT domain_xml(vm, 'inactive').
SELECT v.host_id, v.uuid AS vm_uuid, s.state || ', not persistent' AS detail
FROM defined_vms AS v JOIN vm_states AS s ON s.vm_uuid = v.uuid AND s.host_id = v.host_id
WHERE s.persistent = 0;
