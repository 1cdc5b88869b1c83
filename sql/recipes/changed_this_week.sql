-- Which definitions changed this week?
--
-- Asked on Monday. :since is a time in UTC, 2026-03-03T12:00:00Z, or an age (default: 7 days). One row for each definition
-- that was captured since then and differs in meaning, not only in bytes, from the VM's definition before it. before is
-- when that one was captured; empty: there was none, the VM is new. VMs that libvirt no longer has are left out.
WITH recent AS (
  SELECT DISTINCT c.vm_uuid FROM captures AS c
  WHERE c.config = 'persistent' AND c.kind = 'domain' AND c.id >= 1000000 * CAST(strftime('%s', virtsql_time(coalesce(:since, '7 days'))) AS INTEGER)),
definitions AS (
  SELECT h.capture_id, v.host, v.name, h.captured_at, h.changed, lag(h.captured_at) OVER (PARTITION BY v.uuid ORDER BY h.capture_id) AS before_at
  FROM recent AS r JOIN defined_vms AS v ON v.uuid = r.vm_uuid CROSS JOIN domain_history(v.uuid) AS h WHERE h.config = 'persistent')
SELECT d.captured_at, d.host, d.name AS vm, CASE WHEN d.before_at IS NULL THEN 'new' ELSE 'changed' END AS what, d.before_at AS before
FROM definitions AS d
WHERE d.capture_id >= 1000000 * CAST(strftime('%s', virtsql_time(coalesce(:since, '7 days'))) AS INTEGER)
  AND (d.before_at IS NULL OR d.changed = 1)
ORDER BY d.capture_id;
