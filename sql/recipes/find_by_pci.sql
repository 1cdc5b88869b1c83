-- Which VMs are given this PCI device of their host?
--
-- Asked when the kernel logs an error of a device, and before a card is pulled. :address is the address on the host as
-- lspci -D prints it; on each host it is another device. given_as is how the VM has it: as a host device, a network
-- card (a virtual function) or a disk (NVMe). How: the three resource tables have an index on the address.
SELECT v.host, v.name AS vm, r.pci_address, 'host device' AS given_as
FROM host_devices AS r
  JOIN host_device_attachments AS a ON a.host_device_id = r.id
  JOIN defined_vms AS v ON v.uuid = a.vm_uuid
WHERE r.pci_address = coalesce(:address, '0000:3b:00.0')
UNION ALL
SELECT v.host, v.name, r.source_pci_address, 'network card'
FROM ports AS r
  JOIN port_attachments AS a ON a.port_id = r.id
  JOIN defined_vms AS v ON v.uuid = a.vm_uuid
WHERE r.source_pci_address = coalesce(:address, '0000:3b:00.0')
UNION ALL
SELECT v.host, v.name, r.source_pci_address, 'disk'
FROM disks AS r
  JOIN disk_attachments AS a ON a.disk_id = r.id
  JOIN defined_vms AS v ON v.uuid = a.vm_uuid
WHERE r.source_pci_address = coalesce(:address, '0000:3b:00.0')
ORDER BY 1, 2;
