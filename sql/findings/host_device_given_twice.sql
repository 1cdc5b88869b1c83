-- warning: A PCI device of the host is given to two VMs.
-- Why: only one of them can run at a time.
-- Do: take it from one, or give each a virtual function of its own.
SELECT a.host_id, a.vm_uuid, 'PCI device ' || a.pci_address || ' is also given to ' || b.vm_name AS detail
FROM vm_pci_devices AS a JOIN vm_pci_devices AS b ON b.pci_address = a.pci_address AND b.host_id = a.host_id AND b.vm_uuid <> a.vm_uuid;
