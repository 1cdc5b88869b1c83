-- warning: A serial port, console or channel listens for TCP on all addresses without TLS.
-- Why: whoever reaches the host reaches the guest's console.
-- Do: listen on 127.0.0.1, use a unix socket, or set tls = 'yes'.
SELECT v.host_id, v.uuid AS vm_uuid, 'serial port on ' || a.source_host || ':' || a.source_service AS detail
FROM defined_vms AS v JOIN serial_device_attachments AS a ON a.vm_uuid = v.uuid JOIN serial_devices AS d ON d.id = a.serial_device_id
WHERE d.type = 'tcp' AND a.source_mode = 'bind' AND a.source_host <> '' AND trim(a.source_host, '0.:[]*') = '' AND coalesce(a.source_tls, 'no') <> 'yes'
UNION ALL
SELECT v.host_id, v.uuid, 'console on ' || c.source_host || ':' || c.source_service
FROM defined_vms AS v JOIN consoles AS c ON c.vm_uuid = v.uuid
WHERE c.element = 'console' AND coalesce(c.target_type, 'serial') <> 'serial' AND c.type = 'tcp' AND c.source_mode = 'bind'
  AND c.source_host <> '' AND trim(c.source_host, '0.:[]*') = '' AND coalesce(c.source_tls, 'no') <> 'yes'
UNION ALL
SELECT v.host_id, v.uuid, 'channel ' || coalesce(d.target_name || ' ', '') || 'on ' || a.source_host || ':' || a.source_service
FROM defined_vms AS v JOIN channel_device_attachments AS a ON a.vm_uuid = v.uuid JOIN channel_devices AS d ON d.id = a.channel_device_id
WHERE d.type = 'tcp' AND a.source_mode = 'bind' AND a.source_host <> '' AND trim(a.source_host, '0.:[]*') = '' AND coalesce(a.source_tls, 'no') <> 'yes';
