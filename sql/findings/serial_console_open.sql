-- warning: A serial port, console or channel listens for TCP on all addresses without TLS.
-- Why: whoever reaches the host reaches the guest's console.
-- Do: listen on 127.0.0.1, use a unix socket, or set tls = 'yes'.
SELECT v.host_id, v.uuid AS vm_uuid, p.what || 'on ' || p.source_host || ':' || p.source_service AS detail
FROM defined_vms AS v JOIN (
    SELECT a.vm_uuid, 'serial port ' AS what, d.type, a.source_mode, a.source_host, a.source_service, a.source_tls
    FROM serial_device_attachments AS a JOIN serial_devices AS d ON d.id = a.serial_device_id
    UNION ALL
    SELECT a.vm_uuid, 'channel ' || coalesce(d.target_name || ' ', ''), d.type, a.source_mode, a.source_host, a.source_service, a.source_tls
    FROM channel_device_attachments AS a JOIN channel_devices AS d ON d.id = a.channel_device_id
    UNION ALL
    -- A serial console repeats the first serial port.
    SELECT c.vm_uuid, 'console ', c.type, c.source_mode, c.source_host, c.source_service, c.source_tls
    FROM consoles AS c WHERE c.element = 'console' AND coalesce(c.target_type, 'serial') <> 'serial') AS p ON p.vm_uuid = v.uuid
WHERE p.type = 'tcp' AND p.source_mode = 'bind' AND p.source_host <> '' AND trim(p.source_host, '0.:[]*') = '' AND coalesce(p.source_tls, 'no') <> 'yes';
