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
-- A join, because SQLite opens the tables of a subquery again for each row, which takes the longer, the more a statement has open.
-- The difference keeps it from looking the state up by vm_states' key instead of in the small index vm_states_undefined, and
-- PostgreSQL from looking it up among all of the host's.
FROM virtual_machines AS v LEFT JOIN vm_states AS s ON s.state = 'undefined' AND s.vm_uuid = v.uuid AND s.host_id - v.host_id = 0
  LEFT JOIN hosts AS h ON h.id = v.host_id
WHERE s.vm_uuid IS NULL;
