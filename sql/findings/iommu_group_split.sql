-- warning: Devices of one IOMMU group are given to two VMs.
-- Why: only one of them can run at a time, as the group is the smallest thing that can be isolated.
-- Do: give all devices of a group to one VM, or move the card to another slot.
SELECT a.host_id, a.vm_uuid, 'IOMMU group ' || p.iommu_group || ': ' || a.pci_address || ' here, ' || b.pci_address || ' in ' || b.vm_name AS detail
-- lower() and the difference keep SQLite from looking a device up among those of all hosts.
FROM vm_pci_devices AS a
  JOIN node_devices AS n ON n.host_id = a.host_id JOIN host_pci_devices AS p ON p.node_device_id = n.id AND lower(p.pci_address) = a.pci_address
  JOIN node_devices AS m ON m.host_id = a.host_id JOIN host_pci_devices AS q ON q.node_device_id = m.id AND q.iommu_group - p.iommu_group = 0
  JOIN vm_pci_devices AS b ON b.pci_address = q.pci_address AND b.host_id = m.host_id AND b.vm_uuid <> a.vm_uuid
WHERE q.pci_address <> p.pci_address;
