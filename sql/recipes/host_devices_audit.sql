-- Which devices of the hosts are given to VMs, and are they still there?
--
-- Asked before a kernel or hardware change. One row for each device of a host that a VM has, as a host device (PCI,
-- USB, SCSI, mediated), a network card or an NVMe disk: what it is, its IOMMU group, and whether libvirt takes it from
-- the host's driver and gives it back (managed). The product 'not seen' means that the VM's host has no such PCI device
-- among its captured node devices.
SELECT v.host, g.device, v.name AS vm, g.given_as, g.managed,
  coalesce(n.product_name, CASE WHEN g.pci_address IS NOT NULL THEN 'not seen' END) AS product, n.iommu_group
FROM (
    SELECT a.vm_uuid, r.pci_address, coalesce(r.pci_address, r.vendor_id || ':' || r.product_id, r.name, r.wwpn, r.source_adapter_name, r.block, r.char, r.interface,
      r.address_bus || '.' || r.address_device) AS device, r.type AS given_as, a.managed
    FROM host_device_attachments AS a JOIN host_devices AS r ON r.id = a.host_device_id
    UNION ALL
    SELECT a.vm_uuid, NULL, m.uuid, 'mdev', a.managed FROM mediated_device_attachments AS a JOIN mediated_devices AS m ON m.id = a.mediated_device_id
    UNION ALL
    SELECT a.vm_uuid, p.source_pci_address, p.source_pci_address, 'network card', a.managed
    FROM port_attachments AS a JOIN ports AS p ON p.id = a.port_id WHERE p.source_pci_address IS NOT NULL
    UNION ALL
    SELECT a.vm_uuid, d.source_pci_address, d.source_pci_address, 'disk ' || a.device_name, a.source_managed
    FROM disk_attachments AS a JOIN disks AS d ON d.id = a.disk_id WHERE d.source_pci_address IS NOT NULL) AS g
  JOIN defined_vms AS v ON v.uuid = g.vm_uuid
  LEFT JOIN (SELECT p.pci_address, p.product_name, p.iommu_group, d.host_id FROM host_pci_devices AS p JOIN node_devices AS d ON d.id = p.node_device_id) AS n
    ON n.pci_address = g.pci_address AND n.host_id = v.host_id
ORDER BY 1, 2, 3, 4;
