-- error: A network card names a virtual network that its host does not have.
-- Why: the VM does not start.
-- Do: define the network, or name another one. Looked at only on hosts whose networks were captured.
SELECT v.host_id, v.uuid AS vm_uuid, 'network ' || p.network || ' of card ' || coalesce(p.mac_address, '') AS detail
FROM defined_vms AS v JOIN port_attachments AS a ON a.vm_uuid = v.uuid JOIN ports AS p ON p.id = a.port_id
WHERE p.source_type = 'network' AND EXISTS (SELECT 1 FROM networks AS m WHERE m.host_id = v.host_id)
  AND NOT EXISTS (SELECT 1 FROM networks AS n WHERE n.name = p.network AND +n.host_id = v.host_id);
