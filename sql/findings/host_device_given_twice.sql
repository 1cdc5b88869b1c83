-- warning: A device of the host is given to two VMs.
-- Why: only one of them can run at a time.
-- Do: take it from one, or give each a virtual function of its own.
SELECT a.host_id, a.vm_uuid, 'PCI device ' || a.pci_address || ' is also given to ' || b.vm_name AS detail
FROM vm_pci_devices AS a JOIN vm_pci_devices AS b ON b.pci_address = a.pci_address AND b.host_id = a.host_id AND b.vm_uuid <> a.vm_uuid
UNION ALL
-- USB and SCSI devices, and those of containers: one row of host_devices is one real thing.
SELECT v.host_id, v.uuid, coalesce(r.type || ' ', '') || 'device ' || coalesce(r.wwpn, r.name, r.source_adapter_name || ' ' || r.address_bus || ':' || r.address_target || ':' || r.address_unit,
    r.vendor_id || ':' || r.product_id, r.address_bus || ':' || r.address_device, r.block, r.char, r.interface, '') || ' is also given to ' || w.name
FROM host_device_attachments AS a JOIN host_device_attachments AS b ON b.host_device_id = a.host_device_id AND b.vm_uuid <> a.vm_uuid
  JOIN host_devices AS r ON r.id = a.host_device_id JOIN defined_vms AS v ON v.uuid = a.vm_uuid JOIN defined_vms AS w ON w.uuid = b.vm_uuid
WHERE r.pci_address IS NULL AND (coalesce(a.shareable, 0) = 0 OR coalesce(b.shareable, 0) = 0)
UNION ALL
SELECT v.host_id, v.uuid, 'mediated device ' || r.uuid || ' is also given to ' || w.name
FROM mediated_device_attachments AS a JOIN mediated_device_attachments AS b ON b.mediated_device_id = a.mediated_device_id AND b.vm_uuid <> a.vm_uuid
  JOIN mediated_devices AS r ON r.id = a.mediated_device_id JOIN defined_vms AS v ON v.uuid = a.vm_uuid JOIN defined_vms AS w ON w.uuid = b.vm_uuid;
