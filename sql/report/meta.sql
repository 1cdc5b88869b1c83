-- What the page as a whole says. Its columns are there for page.html itself.
SELECT
  CASE WHEN :vm IS NOT NULL THEN (SELECT name FROM vms WHERE uuid = :vm)
    WHEN :host IS NOT NULL THEN 'report of ' || :host ELSE 'fleet report' END AS title,
  strftime('%Y-%m-%d %H:%M', 'now') || ' UTC' AS made_at,
  :theme AS theme, virtsql_version() AS version, :full AS is_full,
  h.n || CASE h.n WHEN 1 THEN ' host' ELSE ' hosts' END AS hosts_text,
  v.n || CASE v.n WHEN 1 THEN ' VM' ELSE ' VMs' END AS vms_text,
  c.n || CASE c.n WHEN 1 THEN ' capture' ELSE ' captures' END AS captures_text,
  :vm IS NULL AND h.n > 0 AS has_hosts,
  EXISTS (SELECT 1 FROM findings WHERE @SHOWN(host, vm_uuid)@) AS has_findings
FROM (SELECT CASE WHEN :vm IS NULL THEN (SELECT count(*) FROM host_capacity WHERE @SHOWN(host)@) ELSE 1 END AS n) AS h,
  (SELECT count(*) AS n FROM vms WHERE state <> 'undefined' AND @SHOWN(host, uuid)@) AS v,
  (SELECT count(*) AS n FROM captures AS c LEFT JOIN hosts AS h ON h.id = c.host_id
    WHERE @SHOWN(h.name, c.vm_uuid)@) AS c
