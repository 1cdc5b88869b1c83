-- Which network cards are in which VLAN?
--
-- Asked when a VLAN is changed on the switches. :vlan is its number (default: all). tagged_by is what sets the tag: the
-- card itself, else its port group, else its network. A card that names no port group gets the default one of its
-- network.
SELECT t.vlan, v.host, t.vm_name AS vm, t.mac_address, t.tagged_by
FROM (
  SELECT p.vm_uuid, p.vm_name, p.mac_address, g.vlan, 'card' AS tagged_by
  FROM port_vlan_tags AS g CROSS JOIN vm_ports AS p
  WHERE p.port_id = g.port_id
  UNION ALL
  SELECT p.vm_uuid, p.vm_name, p.mac_address, g.vlan_id, 'port group ' || q.name
  FROM network_port_group_vlan_tags AS g CROSS JOIN network_port_groups AS q CROSS JOIN networks AS n CROSS JOIN defined_vms AS v CROSS JOIN vm_ports AS p
  WHERE q.id = g.network_port_group_id AND n.id = q.network_id AND v.host_id = n.host_id AND p.vm_uuid = v.uuid
    AND p.network = n.name AND (q.name = p.port_group OR (p.port_group IS NULL AND q.is_default = 'yes'))
    AND NOT EXISTS (SELECT 1 FROM port_vlan_tags AS o WHERE o.port_id = p.port_id)
  UNION ALL
  SELECT p.vm_uuid, p.vm_name, p.mac_address, g.vlan_id, 'network ' || n.name
  FROM network_vlan_tags AS g CROSS JOIN networks AS n CROSS JOIN defined_vms AS v CROSS JOIN vm_ports AS p
  WHERE n.id = g.network_id AND v.host_id = n.host_id AND p.vm_uuid = v.uuid AND p.network = n.name
    AND NOT EXISTS (SELECT 1 FROM port_vlan_tags AS o WHERE o.port_id = p.port_id)
    AND NOT EXISTS (SELECT 1 FROM network_port_groups AS q JOIN network_port_group_vlan_tags AS o ON o.network_port_group_id = q.id
      WHERE q.network_id = n.id AND (q.name = p.port_group OR (p.port_group IS NULL AND q.is_default = 'yes')))) AS t
JOIN defined_vms AS v ON v.uuid = t.vm_uuid
WHERE :vlan IS NULL OR t.vlan = CAST(:vlan AS INTEGER)
ORDER BY 1, 2, 3;
