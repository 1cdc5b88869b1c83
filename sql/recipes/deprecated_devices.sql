-- Which VMs have devices that are slow or on their way out: e1000, rtl8139, IDE disks, cirrus?
--
-- Asked before a move to q35 or to a new distribution, some of which leave these devices out of QEMU. One row for each
-- device. e1000e is another card and is not listed.
SELECT v.host, v.name AS vm, x.kind, x.model, x.device
FROM (
  SELECT vm_uuid, 'network card' AS kind, model_name AS model, mac_address AS device FROM vm_ports WHERE model_name IN ('e1000', 'rtl8139', 'ne2k_pci', 'pcnet')
  UNION ALL
  SELECT vm_uuid, coalesce(device, 'disk'), bus_type, device_name FROM vm_disks WHERE bus_type IN ('ide', 'fdc')
  UNION ALL
  SELECT vm_uuid, 'video', model_name, NULL FROM vm_videos WHERE model_name = 'cirrus') AS x
JOIN defined_vms AS v ON v.uuid = x.vm_uuid
ORDER BY 1, 2, 3, 5;
