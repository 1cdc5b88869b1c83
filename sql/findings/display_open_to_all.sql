-- warning: A VNC, SPICE or RDP display listens on all addresses of the host.
-- Why: whoever reaches the host reaches the VM's console; VNC's password is no protection worth the name.
-- Do: listen on 127.0.0.1 and tunnel, or on an address of a management network.
SELECT v.host_id, v.uuid AS vm_uuid, c.type || coalesce(' on port ' || nullif(c.port, -1), '') AS detail
FROM defined_vms AS v JOIN consoles AS c ON c.vm_uuid = v.uuid
WHERE c.element = 'graphics' AND c.type IN ('vnc', 'spice', 'rdp') AND c.socket IS NULL AND (c.listen_address <> '' AND trim(c.listen_address, '0.:[]*') = ''
    OR EXISTS (SELECT 1 FROM console_listens AS l WHERE l.console_id = c.id AND l.address <> '' AND trim(l.address, '0.:[]*') = ''));
