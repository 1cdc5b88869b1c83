-- warning: A PCI device of the host is given to two VMs.
-- Why: only one of them can run at a time.
-- Do: take it from one, or give each a virtual function of its own.
SELECT v.host_id, v.uuid AS vm_uuid, 'PCI device ' || d.pci_address || ' is also given to ' || w.name AS detail
-- BETWEEN makes SQLite begin with the few PCI devices, if no VM is named.
FROM defined_vms AS v JOIN host_device_attachments AS a ON a.vm_uuid = v.uuid JOIN host_devices AS d ON d.id = a.host_device_id
  JOIN host_device_attachments AS b ON b.host_device_id = d.id AND b.vm_uuid <> a.vm_uuid
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
WHERE d.pci_address BETWEEN '0' AND 'g'
-- Network cards (virtual functions).
UNION ALL
SELECT v.host_id, v.uuid, 'PCI device ' || d.source_pci_address || ' is also given to ' || w.name
FROM defined_vms AS v JOIN port_attachments AS a ON a.vm_uuid = v.uuid JOIN ports AS d ON d.id = a.port_id
  JOIN ports AS e ON e.source_pci_address = d.source_pci_address AND e.host_id = d.host_id
  JOIN port_attachments AS b ON b.port_id = e.id AND b.vm_uuid <> a.vm_uuid
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
WHERE d.source_pci_address BETWEEN '0' AND 'g'
UNION ALL
SELECT v.host_id, v.uuid, 'PCI device ' || d.source_pci_address || ' is also given to ' || w.name
FROM defined_vms AS v JOIN port_attachments AS a ON a.vm_uuid = v.uuid JOIN ports AS d ON d.id = a.port_id
  JOIN host_devices AS e ON e.pci_address = d.source_pci_address AND e.host_id = d.host_id
  JOIN host_device_attachments AS b ON b.host_device_id = e.id AND b.vm_uuid <> a.vm_uuid
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
WHERE d.source_pci_address BETWEEN '0' AND 'g'
UNION ALL
SELECT v.host_id, v.uuid, 'PCI device ' || d.pci_address || ' is also given to ' || w.name
FROM defined_vms AS v JOIN host_device_attachments AS a ON a.vm_uuid = v.uuid JOIN host_devices AS d ON d.id = a.host_device_id
  JOIN ports AS e ON e.source_pci_address = d.pci_address AND e.host_id = d.host_id
  JOIN port_attachments AS b ON b.port_id = e.id AND b.vm_uuid <> a.vm_uuid
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
WHERE d.pci_address BETWEEN '0' AND 'g'
-- NVMe disks.
UNION ALL
SELECT v.host_id, v.uuid, 'PCI device ' || d.source_pci_address || ' is also given to ' || w.name
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
  JOIN disks AS e ON e.source_pci_address = d.source_pci_address AND e.host_id = d.host_id
  JOIN disk_attachments AS b ON b.disk_id = e.id AND b.vm_uuid <> a.vm_uuid
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
WHERE d.source_pci_address BETWEEN '0' AND 'g'
UNION ALL
SELECT v.host_id, v.uuid, 'PCI device ' || d.source_pci_address || ' is also given to ' || w.name
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id
  JOIN host_devices AS e ON e.pci_address = d.source_pci_address AND e.host_id = d.host_id
  JOIN host_device_attachments AS b ON b.host_device_id = e.id AND b.vm_uuid <> a.vm_uuid
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
WHERE d.source_pci_address BETWEEN '0' AND 'g'
UNION ALL
SELECT v.host_id, v.uuid, 'PCI device ' || d.pci_address || ' is also given to ' || w.name
FROM defined_vms AS v JOIN host_device_attachments AS a ON a.vm_uuid = v.uuid JOIN host_devices AS d ON d.id = a.host_device_id
  JOIN disks AS e ON e.source_pci_address = d.pci_address AND e.host_id = d.host_id
  JOIN disk_attachments AS b ON b.disk_id = e.id AND b.vm_uuid <> a.vm_uuid
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
WHERE d.pci_address BETWEEN '0' AND 'g';
