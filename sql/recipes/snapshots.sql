-- Which snapshots does each VM have, and how old are they?
--
-- Asked when images grow: a forgotten snapshot keeps every block that was changed since. days is the age at :now, a
-- time in UTC (default: now). creation_time is in seconds since 1970.
SELECT v.host, v.name AS vm, s.name AS snapshot, s.parent_name AS parent, datetime(s.creation_time, 'unixepoch') AS created,
  CAST(julianday(virtsql_time(coalesce(:now, 'now'))) - julianday(s.creation_time, 'unixepoch') AS INTEGER) AS days
FROM vm_snapshots AS s JOIN defined_vms AS v ON v.uuid = s.vm_uuid
ORDER BY s.creation_time;
