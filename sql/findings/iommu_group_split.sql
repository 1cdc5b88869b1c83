-- warning: Devices of one IOMMU group are given to two VMs.
-- Why: only one of them can run at a time, as the group is the smallest thing that can be isolated.
-- Do: give all devices of a group to one VM, or move the card to another slot.
SELECT v.host_id, v.uuid AS vm_uuid, 'IOMMU group ' || p.iommu_group || ': ' || d.pci_address || ' here, ' || e.pci_address || ' in ' || w.name AS detail
FROM defined_vms AS v JOIN host_device_attachments AS a ON a.vm_uuid = v.uuid JOIN host_devices AS d ON d.id = a.host_device_id
  JOIN host_pci_devices AS p ON p.pci_address = d.pci_address JOIN node_devices AS n ON n.id = p.node_device_id AND n.host_id = v.host_id
  JOIN host_devices AS e ON +e.host_id = v.host_id AND e.id <> d.id AND e.pci_address IS NOT NULL
  JOIN host_pci_devices AS q ON q.pci_address = e.pci_address AND q.iommu_group = p.iommu_group
  JOIN node_devices AS m ON m.id = q.node_device_id AND m.host_id = v.host_id
  JOIN host_device_attachments AS b ON b.host_device_id = e.id AND b.vm_uuid <> a.vm_uuid JOIN defined_vms AS w ON w.uuid = b.vm_uuid;
