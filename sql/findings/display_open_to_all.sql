-- warning: A VNC, SPICE or RDP display listens on all addresses of the host.
-- Why: whoever reaches the host reaches the VM's console; VNC's password is no protection worth the name.
-- Do: listen on 127.0.0.1 and tunnel, or on an address of a management network.
SELECT v.host_id, g.vm_uuid, g.type || coalesce(' on port ' || g.port, '') AS detail
FROM vm_graphics AS g JOIN virtual_machines AS v ON v.uuid = g.vm_uuid
WHERE g.open_to_all = 1;
