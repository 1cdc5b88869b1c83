-- error: Two VMs of a host have the same fixed port of VNC or SPICE, be it plain, TLS or WebSocket.
-- Why: the second one to start fails.
-- Do: let libvirt choose: autoport = 'yes', and websocket = -1.
WITH fixed AS NOT MATERIALIZED (
  -- autoport is about the ports, not about the WebSocket.
  SELECT v.host_id, v.uuid, v.name, c.type, c.websocket, CASE WHEN coalesce(c.autoport, 'no') = 'no' THEN c.port END AS port,
    CASE WHEN coalesce(c.autoport, 'no') = 'no' THEN c.tls_port END AS tls_port
  FROM defined_vms AS v JOIN consoles AS c ON c.vm_uuid = v.uuid
  WHERE c.element = 'graphics' AND (c.websocket > 0 OR coalesce(c.autoport, 'no') = 'no' AND (c.port > 0 OR c.tls_port > 0)))
SELECT c.host_id, c.uuid AS vm_uuid, c.type || ' port ' || CASE WHEN c.port > 0 AND c.port IN (d.port, d.tls_port, d.websocket) THEN c.port
    WHEN c.tls_port > 0 AND c.tls_port IN (d.port, d.tls_port, d.websocket) THEN c.tls_port ELSE c.websocket END || ' is also of ' || d.name AS detail
FROM fixed AS c JOIN fixed AS d ON d.host_id = c.host_id AND d.uuid <> c.uuid
WHERE (c.port > 0 AND c.port IN (d.port, d.tls_port, d.websocket)) OR (c.tls_port > 0 AND c.tls_port IN (d.port, d.tls_port, d.websocket))
  OR (c.websocket > 0 AND c.websocket IN (d.port, d.tls_port, d.websocket));
