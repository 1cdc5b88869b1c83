-- Which devices of the hosts are given to VMs, and are they still there?
--
-- Asked before a kernel or hardware change. One row for each PCI device of a host that a VM has, as a host device or as
-- a network card: what it is, its IOMMU group, whether libvirt takes it from its driver and gives it back (managed).
-- A product of 'not seen' means that the VM's host has no such device among its captured node devices.
SELECT h.name AS host, g.pci_address, v.name AS vm, g.managed, coalesce(n.product_name, 'not seen') AS product, n.iommu_group
FROM (SELECT vm_uuid, r.pci_address, a.managed FROM host_device_attachments AS a JOIN host_devices AS r ON r.id = a.host_device_id
      WHERE r.pci_address IS NOT NULL
      UNION ALL
      SELECT vm_uuid, source_pci_address, managed FROM vm_ports WHERE source_pci_address IS NOT NULL) AS g
  JOIN virtual_machines AS v ON v.uuid = g.vm_uuid LEFT JOIN hosts AS h ON h.id = v.host_id
  LEFT JOIN (SELECT p.*, d.host_id FROM host_pci_devices AS p JOIN node_devices AS d ON d.id = p.node_device_id) AS n
    ON n.pci_address = g.pci_address AND n.host_id = v.host_id
ORDER BY 1, 2, 3;
