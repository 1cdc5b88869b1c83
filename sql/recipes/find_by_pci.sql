-- Which VMs are given this PCI device of their host?
--
-- Asked when the kernel logs an error of a device, and before a card is pulled. :address is the address on the host as
-- lspci -D prints it; on each host it is another device. given_as is how the VM has it: as a host device, a network
-- card (a virtual function) or a disk (NVMe). How: the tables of what VMs are given have an index on the address.
SELECT host, vm_name AS vm, pci_address, given_as
FROM vm_pci_devices
WHERE pci_address = coalesce(:address, '0000:3b:00.0')
ORDER BY 1, 2;
