-- notice: A network card is an emulated one, where virtio could be had.
-- Why: it costs several times the CPU of virtio for the same traffic.
-- Do: install the guest's virtio driver, then set model_name = 'virtio'.
SELECT v.host_id, v.uuid AS vm_uuid, coalesce(p.mac_address, 'a card') || ' is ' || a.model_name AS detail
FROM defined_vms AS v JOIN virtual_machines AS m ON m.id = v.id JOIN port_attachments AS a ON a.vm_uuid = v.uuid JOIN ports AS p ON p.id = a.port_id
WHERE m.domain_type IN ('kvm', 'qemu', 'hvf', 'bhyve') AND a.model_name IN ('e1000', 'e1000e', 'e1000-82544gc', 'e1000-82545em', 'rtl8139', 'ne2k_pci', 'pcnet', 'vmxnet3');
