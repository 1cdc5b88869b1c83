-- warning: libvirt has something else than the rows say.
-- Why: either somebody changed the VM in libvirt, or the edited rows were never given to libvirt.
-- Do: SELECT * FROM domain_drift(vm) shows what; then virsh define, or domain_accept().
SELECT v.host_id, v.uuid AS vm_uuid, 'DRIFTED' || coalesce(': ' || substr(m.drift_details, 1, 200), '') AS detail
FROM defined_vms AS v JOIN virtual_machines AS m ON m.id = v.id
WHERE m.sync_status = 'DRIFTED';
