-- From a bus to what is plugged into it, and from there to the host.
SELECT c.vm_uuid AS parent_key, 'network' AS kind, b.x + 240 AS x1, b.y + 12 AS y1, b.x + 255 AS middle, c.x AS x2, c.y + 12 AS y2
FROM boxes AS c JOIN boxes AS b ON b.vm_uuid = c.vm_uuid AND b.key = c.above
UNION ALL
SELECT vm_uuid, CASE WHEN missing THEN 'missing' ELSE 'device' END, x + 240, y + 12, host_x - 15, host_x, y + 12 FROM passed
