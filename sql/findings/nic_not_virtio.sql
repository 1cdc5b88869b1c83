-- notice: A network card is an emulated one.
-- Why: it costs several times the CPU of virtio for the same traffic.
-- Do: install the guest's virtio driver, then set model_name = 'virtio'.
SELECT v.host_id, v.uuid AS vm_uuid, p.mac_address || ' is ' || a.model_name AS detail
FROM defined_vms AS v JOIN port_attachments AS a ON a.vm_uuid = v.uuid JOIN ports AS p ON p.id = a.port_id
WHERE a.model_name IN ('e1000', 'e1000e', 'e1000-82544gc', 'e1000-82545em', 'rtl8139', 'ne2k_pci', 'pcnet', 'vmxnet3');
