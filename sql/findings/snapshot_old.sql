-- notice: A snapshot is older than 30 days.
-- Why: it keeps every block that was changed since, the disk gets slower, and merging takes ever longer.
-- Do: delete it, or make a backup of it.
SELECT t.host_id, v.uuid AS vm_uuid, 'snapshot ' || t.name || ' is ' || ((CAST(strftime('%s', 'now') AS INTEGER) - t.creation_time) / 86400) || ' days old' AS detail
FROM defined_vms AS v JOIN vm_snapshots AS t ON t.vm_uuid = v.uuid
WHERE t.creation_time < CAST(strftime('%s', 'now') AS INTEGER) - 30 * 86400;
