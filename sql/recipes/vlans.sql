-- Which network cards are in which VLAN?
--
-- Asked when a VLAN is changed on the switches. :vlan is its number; all where it is not given. tagged_by: who sets the tag:
-- the card itself, the port group of the network that it names, or the network.
SELECT t.vlan, v.host, t.vm_name AS vm, t.mac_address, t.tagged_by
FROM (
  SELECT p.vm_uuid, p.vm_name, p.mac_address, g.vlan, 'card' AS tagged_by FROM vm_ports AS p JOIN port_vlan_tags AS g ON g.port_id = p.port_id
  UNION ALL
  SELECT p.vm_uuid, p.vm_name, p.mac_address, g.vlan_id, 'port group ' || q.name
  FROM vm_ports AS p JOIN defined_vms AS v ON v.uuid = p.vm_uuid JOIN networks AS n ON n.host_id = v.host_id AND n.name = p.network
    JOIN network_port_groups AS q ON q.network_id = n.id AND q.name = p.port_group
    JOIN network_port_group_vlan_tags AS g ON g.network_port_group_id = q.id
  UNION ALL
  SELECT p.vm_uuid, p.vm_name, p.mac_address, g.vlan_id, 'network ' || n.name
  FROM vm_ports AS p JOIN defined_vms AS v ON v.uuid = p.vm_uuid JOIN networks AS n ON n.host_id = v.host_id AND n.name = p.network
    JOIN network_vlan_tags AS g ON g.network_id = n.id) AS t
JOIN defined_vms AS v ON v.uuid = t.vm_uuid
WHERE :vlan IS NULL OR t.vlan = CAST(:vlan AS INTEGER)
ORDER BY 1, 2, 3;
