-- The snapshots of each VM as a tree: those without a parent first, each followed by what was made on top of it.
WITH RECURSIVE tree AS (
  SELECT s.id, s.vm_uuid, s.name, 0 AS depth, format('%020d', coalesce(s.creation_time, 0)) || s.name AS place, 1 AS level
  FROM vm_snapshots AS s JOIN vms AS v ON v.uuid = s.vm_uuid
  WHERE v.state <> 'undefined' AND @SHOWN(v.host, v.uuid)@
    AND NOT EXISTS (SELECT 1 FROM vm_snapshots AS p WHERE p.vm_uuid = s.vm_uuid AND p.name = s.parent_name)
  UNION ALL
  SELECT s.id, s.vm_uuid, s.name, min(t.depth + 1, 8), t.place || '/' || format('%020d', coalesce(s.creation_time, 0)) || s.name, t.level + 1
  FROM tree AS t JOIN vm_snapshots AS s ON s.vm_uuid = t.vm_uuid AND s.parent_name = t.name
  WHERE t.level < 500)
SELECT t.vm_uuid AS parent_key, t.depth, t.depth > 0 AS is_child, s.name, s.active = 1 AS is_current,
  strftime('%Y-%m-%d %H:%M', s.creation_time, 'unixepoch') AS created, s.state, s.description
FROM tree AS t JOIN vm_snapshots AS s ON s.id = t.id
ORDER BY t.vm_uuid, t.place
