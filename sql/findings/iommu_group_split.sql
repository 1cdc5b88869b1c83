-- warning: Devices of one IOMMU group are given to two VMs.
-- Why: only one of them can run at a time, as the group is the smallest thing that can be isolated.
-- Do: give all devices of a group to one VM, or move the card to another slot.
SELECT v.host_id, v.uuid AS vm_uuid, 'IOMMU group ' || p.iommu_group || ': ' || p.pci_address || ' here, ' || q.pci_address || ' in ' || w.name AS detail
-- BETWEEN makes SQLite begin with the few PCI devices, if no VM is named.
-- The other VM has its device as a host device, a network card (a virtual function) or an NVMe disk. lower() and the difference
-- keep SQLite from looking a device up among those of all hosts.
FROM defined_vms AS v JOIN host_device_attachments AS a ON a.vm_uuid = v.uuid JOIN host_devices AS d ON d.id = a.host_device_id
  JOIN node_devices AS n ON n.host_id = v.host_id JOIN host_pci_devices AS p ON p.node_device_id = n.id AND lower(p.pci_address) = d.pci_address
  JOIN node_devices AS m ON m.host_id = v.host_id JOIN host_pci_devices AS q ON q.node_device_id = m.id AND q.iommu_group - p.iommu_group = 0
  LEFT JOIN host_devices AS e ON e.pci_address = q.pci_address AND e.host_id = m.host_id LEFT JOIN host_device_attachments AS b ON b.host_device_id = e.id
  LEFT JOIN ports AS f ON f.source_pci_address = q.pci_address AND f.host_id = m.host_id LEFT JOIN port_attachments AS g ON g.port_id = f.id
  LEFT JOIN disks AS i ON i.source_pci_address = q.pci_address AND i.host_id = m.host_id LEFT JOIN disk_attachments AS k ON k.disk_id = i.id
  JOIN defined_vms AS w ON w.uuid IN (b.vm_uuid, g.vm_uuid, k.vm_uuid) AND +w.host_id = +v.host_id AND w.uuid <> v.uuid
WHERE d.pci_address BETWEEN '0' AND 'g' AND q.pci_address <> p.pci_address
-- Network cards (virtual functions), then NVMe disks.
UNION ALL
SELECT v.host_id, v.uuid, 'IOMMU group ' || p.iommu_group || ': ' || p.pci_address || ' here, ' || q.pci_address || ' in ' || w.name
FROM defined_vms AS v JOIN port_attachments AS a ON a.vm_uuid = v.uuid JOIN ports AS d ON d.id = a.port_id
  JOIN node_devices AS n ON n.host_id = v.host_id JOIN host_pci_devices AS p ON p.node_device_id = n.id AND lower(p.pci_address) = d.source_pci_address
  JOIN node_devices AS m ON m.host_id = v.host_id JOIN host_pci_devices AS q ON q.node_device_id = m.id AND q.iommu_group - p.iommu_group = 0
  LEFT JOIN host_devices AS e ON e.pci_address = q.pci_address AND e.host_id = m.host_id LEFT JOIN host_device_attachments AS b ON b.host_device_id = e.id
  LEFT JOIN ports AS f ON f.source_pci_address = q.pci_address AND f.host_id = m.host_id LEFT JOIN port_attachments AS g ON g.port_id = f.id
  LEFT JOIN disks AS i ON i.source_pci_address = q.pci_address AND i.host_id = m.host_id LEFT JOIN disk_attachments AS k ON k.disk_id = i.id
  JOIN defined_vms AS w ON w.uuid IN (b.vm_uuid, g.vm_uuid, k.vm_uuid) AND +w.host_id = +v.host_id AND w.uuid <> v.uuid
WHERE d.source_pci_address BETWEEN '0' AND 'g' AND q.pci_address <> p.pci_address
UNION ALL
SELECT v.host_id, v.uuid, 'IOMMU group ' || p.iommu_group || ': ' || p.pci_address || ' here, ' || q.pci_address || ' in ' || w.name
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
  JOIN node_devices AS n ON n.host_id = v.host_id JOIN host_pci_devices AS p ON p.node_device_id = n.id AND lower(p.pci_address) = d.source_pci_address
  JOIN node_devices AS m ON m.host_id = v.host_id JOIN host_pci_devices AS q ON q.node_device_id = m.id AND q.iommu_group - p.iommu_group = 0
  LEFT JOIN host_devices AS e ON e.pci_address = q.pci_address AND e.host_id = m.host_id LEFT JOIN host_device_attachments AS b ON b.host_device_id = e.id
  LEFT JOIN ports AS f ON f.source_pci_address = q.pci_address AND f.host_id = m.host_id LEFT JOIN port_attachments AS g ON g.port_id = f.id
  LEFT JOIN disks AS i ON i.source_pci_address = q.pci_address AND i.host_id = m.host_id LEFT JOIN disk_attachments AS k ON k.disk_id = i.id
  JOIN defined_vms AS w ON w.uuid IN (b.vm_uuid, g.vm_uuid, k.vm_uuid) AND +w.host_id = +v.host_id AND w.uuid <> v.uuid
WHERE d.source_pci_address BETWEEN '0' AND 'g' AND q.pci_address <> p.pci_address;
