-- Which definitions changed this week?
--
-- Asked on Monday. :since is a time in UTC, 2026-03-03T12:00:00Z; a week ago where it is not given. One row for each
-- definition that was captured since then and is another document than the VM's definition before it (before is empty
-- where it is new). How: captures are in the order of their ids, which are microseconds since 1970.
WITH definitions AS (
  SELECT id, vm_uuid, captured_at, operation, document_sha256,
    lag(document_sha256) OVER w AS before_sha256, lag(captured_at) OVER w AS before_at
  FROM captures WHERE kind = 'domain' AND config = 'persistent' AND vm_uuid IS NOT NULL WINDOW w AS (PARTITION BY vm_uuid ORDER BY id))
SELECT d.captured_at, h.name AS host, v.name AS vm, CASE WHEN d.before_at IS NULL THEN 'new' ELSE 'changed' END AS what, d.before_at AS before
FROM definitions AS d LEFT JOIN virtual_machines AS v ON v.uuid = d.vm_uuid LEFT JOIN hosts AS h ON h.id = v.host_id
WHERE d.id >= 1000000 * CAST(strftime('%s', coalesce(:since, datetime('now', '-7 days'))) AS INTEGER)
  AND d.document_sha256 IS NOT d.before_sha256
ORDER BY d.id;
