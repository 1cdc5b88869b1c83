-- error: A PCI device is passed through on a host where it is in no IOMMU group.
-- Why: the host has no IOMMU, or it is off: VFIO refuses the device, and the VM does not start.
-- Do: switch the IOMMU on in the host's firmware and kernel (intel_iommu=on).
SELECT v.host_id, v.uuid AS vm_uuid, 'PCI device ' || d.pci_address || ' is in no IOMMU group' AS detail
-- BETWEEN makes SQLite begin with the few PCI devices, if no VM is named.
FROM defined_vms AS v JOIN host_device_attachments AS a ON a.vm_uuid = v.uuid JOIN host_devices AS d ON d.id = a.host_device_id
  JOIN host_pci_devices AS p ON p.pci_address = d.pci_address JOIN node_devices AS n ON n.id = p.node_device_id AND n.host_id = +v.host_id
WHERE p.iommu_group IS NULL AND d.pci_address BETWEEN '0' AND 'g'
-- Network cards (virtual functions), then NVMe disks.
UNION ALL
SELECT v.host_id, v.uuid, 'PCI device ' || d.source_pci_address || ' is in no IOMMU group'
FROM defined_vms AS v JOIN port_attachments AS a ON a.vm_uuid = v.uuid JOIN ports AS d ON d.id = a.port_id
  JOIN host_pci_devices AS p ON p.pci_address = d.source_pci_address JOIN node_devices AS n ON n.id = p.node_device_id AND n.host_id = +v.host_id
WHERE p.iommu_group IS NULL AND d.source_pci_address BETWEEN '0' AND 'g'
UNION ALL
SELECT v.host_id, v.uuid, 'PCI device ' || d.source_pci_address || ' is in no IOMMU group'
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
  JOIN host_pci_devices AS p ON p.pci_address = d.source_pci_address JOIN node_devices AS n ON n.id = p.node_device_id AND n.host_id = +v.host_id
WHERE p.iommu_group IS NULL AND d.source_pci_address BETWEEN '0' AND 'g';
