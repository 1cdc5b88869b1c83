-- Every network interface of every VM, one row each.
-- Write: vm_ports
CREATE VIEW vm_interfaces (
  host,        -- text: Name of the host.
  vm_name,     -- text: Name of the VM.
  vm_uuid,     -- text: UUID of the VM.
  mac,         -- text: MAC address.
  type,        -- text: What it plugs into: network, bridge, direct, hostdev, user, vhostuser, vdpa, ethernet, ...
  network,     -- text: Virtual network.
  portgroup,   -- text: Port group of the network.
  bridge,      -- text: Bridge of the host.
  dev,         -- text: Device of the host: its interface, its vDPA device, the PCI address of a card that is passed through.
  model,       -- text: Model of the card.
  target,      -- text: Name of the interface on the host.
  vlan,        -- text: VLAN tags, separated by commas: its own, else those of its port group, else its network's, as libvirt takes them.
  link,        -- text: up, or down if the cable is out.
  pci_address  -- text: Its PCI address in the guest.
) AS
SELECT v.host, v.name, a.vm_uuid, p.mac_address, p.source_type, p.network, p.port_group, p.bridge, coalesce(p.dev, p.source_pci_address),
  a.model_name, a.device_name,
  coalesce((SELECT CAST(group_concat(t.vlan, ',') AS TEXT) FROM port_vlan_tags AS t WHERE t.port_id = a.port_id),
    (SELECT CAST(group_concat(t.vlan_id, ',') AS TEXT)
      FROM networks AS n JOIN network_port_groups AS g ON g.network_id = n.id JOIN network_port_group_vlan_tags AS t ON t.network_port_group_id = g.id
      WHERE n.name = p.network AND +n.host_id = v.host_id AND (g.name = p.port_group OR (p.port_group IS NULL AND g.is_default = 'yes'))),
    (SELECT CAST(group_concat(t.vlan_id, ',') AS TEXT) FROM networks AS n JOIN network_vlan_tags AS t ON t.network_id = n.id
      WHERE n.name = p.network AND +n.host_id = v.host_id)),
  coalesce(a.link_state, 'up'), a.pci_address
FROM port_attachments AS a JOIN defined_vms AS v ON v.uuid = a.vm_uuid LEFT JOIN ports AS p ON p.id = a.port_id;
