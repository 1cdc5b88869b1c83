-- error: Two VMs of a host have the same fixed port of VNC or SPICE, be it plain, TLS or WebSocket.
-- Why: the second one to start fails.
-- Do: let libvirt choose: autoport = 'yes', and websocket = -1.
SELECT v.host_id, v.uuid AS vm_uuid, c.type || ' port ' || CASE WHEN c.port > 0 AND c.port IN (d.port, d.tls_port, d.websocket) THEN c.port
    WHEN c.tls_port > 0 AND c.tls_port IN (d.port, d.tls_port, d.websocket) THEN c.tls_port ELSE c.websocket END || ' is also of ' || w.name AS detail
-- autoport is about the ports, not about the WebSocket.
FROM defined_vms AS v
  JOIN (SELECT vm_uuid, type, websocket, CASE WHEN coalesce(autoport, 'no') = 'no' THEN port END AS port,
      CASE WHEN coalesce(autoport, 'no') = 'no' THEN tls_port END AS tls_port FROM consoles WHERE element = 'graphics'
        AND (websocket > 0 OR coalesce(autoport, 'no') = 'no' AND (port > 0 OR tls_port > 0))) AS c ON c.vm_uuid = v.uuid
  JOIN defined_vms AS w ON w.host_id = v.host_id AND w.uuid <> v.uuid
  JOIN (SELECT vm_uuid, type, websocket, CASE WHEN coalesce(autoport, 'no') = 'no' THEN port END AS port,
      CASE WHEN coalesce(autoport, 'no') = 'no' THEN tls_port END AS tls_port FROM consoles WHERE element = 'graphics'
        AND (websocket > 0 OR coalesce(autoport, 'no') = 'no' AND (port > 0 OR tls_port > 0))) AS d ON d.vm_uuid = w.uuid
WHERE (c.port > 0 AND c.port IN (d.port, d.tls_port, d.websocket)) OR (c.tls_port > 0 AND c.tls_port IN (d.port, d.tls_port, d.websocket))
  OR (c.websocket > 0 AND c.websocket IN (d.port, d.tls_port, d.websocket));
