-- The PCI devices of the hosts that VMs are given: as host devices, network cards (virtual functions) or NVMe disks. For other views.
-- Write: vm_host_devices, vm_ports or vm_disks
CREATE VIEW vm_pci_devices (
  host,         -- text: Name of the host.
  vm_name,      -- text: Name of the VM.
  vm_uuid,      -- text: UUID of the VM.
  host_id,      -- integer: hosts.id of the host.
  pci_address,  -- text: Address on the host, as lspci -D prints it.
  given_as      -- text: How the VM has it: host device, network card or disk.
) AS
-- BETWEEN makes SQLite begin with the few PCI devices, if no VM is named: the indexes of the addresses have no others.
SELECT v.host, v.name, v.uuid, r.host_id, r.pci_address, 'host device'
FROM host_devices AS r JOIN host_device_attachments AS a ON a.host_device_id = r.id JOIN defined_vms AS v ON v.uuid = a.vm_uuid
WHERE r.pci_address BETWEEN '0' AND 'g'
UNION ALL
SELECT v.host, v.name, v.uuid, r.host_id, r.source_pci_address, 'network card'
FROM ports AS r JOIN port_attachments AS a ON a.port_id = r.id JOIN defined_vms AS v ON v.uuid = a.vm_uuid
WHERE r.source_pci_address BETWEEN '0' AND 'g'
UNION ALL
SELECT v.host, v.name, v.uuid, r.host_id, r.source_pci_address, 'disk'
FROM disks AS r JOIN disk_attachments AS a ON a.disk_id = r.id JOIN defined_vms AS v ON v.uuid = a.vm_uuid
WHERE r.source_pci_address BETWEEN '0' AND 'g';
