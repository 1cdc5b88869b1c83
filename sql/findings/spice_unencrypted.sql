-- notice: SPICE is reachable over the network without encryption.
-- Why: keyboard, screen and passwords go over the wire as they are.
-- Do: give it a tls_port and default_mode = 'secure'.
SELECT v.host_id, v.uuid AS vm_uuid, 'SPICE listens on ' || coalesce(l.address, c.listen_address) AS detail
FROM defined_vms AS v JOIN consoles AS c ON c.vm_uuid = v.uuid LEFT JOIN console_listens AS l ON l.console_id = c.id
WHERE c.element = 'graphics' AND c.type = 'spice' AND c.socket IS NULL AND coalesce(c.default_mode, 'any') <> 'secure'
  AND NOT (c.tls_port > 0 AND coalesce(c.port, 0) <= 0 AND coalesce(c.autoport, 'no') = 'no')  -- it has no plain port
  AND coalesce(l.address, c.listen_address) NOT IN ('::1', 'localhost') AND substr(coalesce(l.address, c.listen_address), 1, 4) <> '127.';
