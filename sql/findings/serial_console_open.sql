-- warning: A serial port, console or channel listens for TCP on all addresses without TLS.
-- Why: whoever reaches the host reaches the guest's console.
-- Do: listen on 127.0.0.1, use a unix socket, or set tls = 'yes'.
SELECT v.host_id, v.uuid AS vm_uuid, 'serial port on ' || a.source_host || ':' || a.source_service AS detail
FROM defined_vms AS v JOIN serial_device_attachments AS a ON a.vm_uuid = v.uuid JOIN serial_devices AS d ON d.id = a.serial_device_id
WHERE d.type = 'tcp' AND a.source_mode = 'bind' AND a.source_host IN ('0.0.0.0', '::', '*') AND coalesce(a.source_tls, 'no') <> 'yes';
