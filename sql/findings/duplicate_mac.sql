-- error: A MAC address is on two network cards.
-- Why: on one network the switch sends each frame to one of them, and both lose traffic. A teaming pair of one VM has one address on purpose.
-- Do: give one card a new address; domain_clone() copies a VM with new addresses.
SELECT v.host_id, v.uuid AS vm_uuid, 'MAC address ' || p.mac_address || ' is also in ' || w.name || coalesce(' on ' || w.host, '') AS detail
FROM defined_vms AS v JOIN port_attachments AS a ON a.vm_uuid = v.uuid JOIN ports AS p ON p.id = a.port_id
  JOIN ports AS q ON q.mac_address = p.mac_address JOIN port_attachments AS b ON b.port_id = q.id AND b.id <> a.id
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid
WHERE b.vm_uuid <> a.vm_uuid OR (b.id > a.id AND (a.teaming_type IS NULL OR b.teaming_type IS NULL));
