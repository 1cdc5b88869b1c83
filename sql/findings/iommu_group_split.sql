-- warning: Devices of one IOMMU group are given to two VMs.
-- Why: only one of them can run at a time, as the group is the smallest thing that can be isolated.
-- Do: give all devices of a group to one VM, or move the card to another slot.
SELECT g.host_id, g.vm_uuid, 'IOMMU group ' || g.iommu_group || ': ' || g.here || ' here, ' || g.there || ' in ' || g.other AS detail
FROM (
  SELECT a.host_id, a.vm_uuid, p.iommu_group, a.pci_address AS here, q.pci_address AS there, (
    SELECT b.vm_name FROM vm_pci_devices AS b WHERE b.pci_address = q.pci_address AND b.host_id = m.host_id AND b.vm_uuid <> a.vm_uuid ORDER BY 1 LIMIT 1) AS other
  -- lower() and the difference keep SQLite from looking a device up among those of all hosts.
  FROM vm_pci_devices AS a
    JOIN node_devices AS n ON n.host_id = a.host_id JOIN host_pci_devices AS p ON p.node_device_id = n.id AND lower(p.pci_address) = a.pci_address
    JOIN node_devices AS m ON m.host_id = a.host_id JOIN host_pci_devices AS q ON q.node_device_id = m.id AND q.iommu_group - p.iommu_group = 0
  WHERE q.pci_address <> p.pci_address) AS g
WHERE g.other IS NOT NULL;
