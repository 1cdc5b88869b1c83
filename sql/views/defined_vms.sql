-- The VMs that libvirt has, in whatever state: what the other everyday views and the findings are about.
-- For other views.
-- Write: virtual_machines
CREATE VIEW defined_vms (
  host,     -- text: Name of the host.
  name,     -- text: Name of the VM.
  uuid,     -- text: UUID of the VM.
  host_id,  -- integer: hosts.id of the host.
  id        -- integer: virtual_machines.id.
) AS
SELECT h.name, v.name, v.uuid, v.host_id, v.id
FROM virtual_machines AS v LEFT JOIN hosts AS h ON h.id = v.host_id
-- No NOT EXISTS: as a join it would keep PostgreSQL from looking a VM up by its key wherever this view is joined. With
-- `+`, SQLite does not look it up by vm_states' key, but in the small index vm_states_undefined.
WHERE (SELECT s.state FROM vm_states AS s WHERE s.state = 'undefined' AND s.vm_uuid = v.uuid AND +s.host_id = v.host_id) IS NULL;
