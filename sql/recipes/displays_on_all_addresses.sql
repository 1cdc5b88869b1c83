-- Which VNC, SPICE and RDP displays listen on all addresses of the host?
--
-- Asked in an audit: anybody who reaches the host reaches the console. One row for each display that listens on 0.0.0.0,
-- :: or another spelling of them. port is empty if libvirt picks one when the VM starts. How: console_listens has each display's addresses; very
-- old definitions have only the attribute of the display itself (consoles.listen_address).
SELECT v.host, v.name AS vm, c.type, coalesce(l.address, c.listen_address) AS address, nullif(c.port, -1) AS port
FROM consoles AS c JOIN defined_vms AS v ON v.uuid = c.vm_uuid
  LEFT JOIN console_listens AS l ON l.console_id = c.id
WHERE c.element = 'graphics' AND c.type IN ('vnc', 'spice', 'rdp') AND coalesce(l.address, c.listen_address) <> '' AND trim(coalesce(l.address, c.listen_address), '0.:[]*') = ''
ORDER BY 1, 2;
