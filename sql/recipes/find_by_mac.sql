-- Which VM has this MAC address?
--
-- Asked when a switch, a DHCP server or a firewall shows an address. :mac is the address, in either case of letters.
-- One row for each network card that has it: the VM, its host, what the card is connected to, its model, the name of
-- its device on the host. How: libvirt writes addresses in small letters, and virtsql keeps them as libvirt writes them;
-- ports has an index on mac_address.
SELECT h.name AS host, v.name AS vm, p.mac_address, p.source_type, coalesce(p.network, p.bridge, p.dev, p.source_pci_address) AS source,
  a.model_name AS model, a.device_name AS device
FROM ports AS p
  JOIN port_attachments AS a ON a.port_id = p.id
  JOIN virtual_machines AS v ON v.uuid = a.vm_uuid
  LEFT JOIN hosts AS h ON h.id = v.host_id
WHERE p.mac_address = lower(coalesce(:mac, '52:54:00:3a:10:01'))
ORDER BY 1, 2;
