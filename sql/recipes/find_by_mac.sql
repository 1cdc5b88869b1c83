-- Which VM has this MAC address?
--
-- Asked when a switch, a DHCP server or a firewall shows an address. :mac is the address, in small or capital letters.
-- One row for each network card that has it: the VM, its host, what the card is connected to, its model, the name of
-- its device on the host. How: ports has an index on mac_address, which compares without case.
SELECT v.host, v.name AS vm, p.mac_address, p.source_type, coalesce(p.network, p.bridge, p.dev, p.source_pci_address) AS source,
  a.model_name AS model, a.device_name AS device
FROM ports AS p
  JOIN port_attachments AS a ON a.port_id = p.id
  JOIN defined_vms AS v ON v.uuid = a.vm_uuid
WHERE p.mac_address = lower(coalesce(:mac, '52:54:00:3a:10:01'))
ORDER BY 1, 2;
