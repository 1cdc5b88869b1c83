-- Metrics of the database in Prometheus' text format, for node_exporter's textfile collector (sql/OPERATIONS.md).
-- https://prometheus.io/docs/instrumenting/exposition_formats/
.mode list
.headers off
WITH label(host, text) AS (
  SELECT name, '{host="' || replace(replace(replace(name, '\', '\\'), '"', '\"'), char(10), '\n') || '"' FROM hosts),
metrics(place, name, type, help) AS (VALUES
  (1, 'virtsql_vms', 'gauge', 'VMs that libvirt has, by state.'),
  (2, 'virtsql_vms_by_sync_status', 'gauge', 'VMs that libvirt has, by whether the rows say what libvirt has.'),
  (3, 'virtsql_managed_vms', 'gauge', 'VMs whose rows are the intent.'),
  (4, 'virtsql_findings', 'gauge', 'Findings, by severity.'),
  (5, 'virtsql_captures', 'gauge', 'Events captured that the database still has.'),
  (6, 'virtsql_capture_errors', 'gauge', 'Events that the database still has and whose document could not be read.'),
  (7, 'virtsql_last_capture_timestamp_seconds', 'gauge', 'When something was last captured.'),
  (8, 'virtsql_last_sync_timestamp_seconds', 'gauge', 'When virtsqld last looked at everything.'),
  (9, 'virtsql_database_bytes', 'gauge', 'Size of the database file.')),
samples(name, labels, value) AS (
  SELECT 'virtsql_vms', l.text || ',state="' || v.state || '"}', count(*) FROM vms AS v JOIN label AS l ON l.host = v.host
  WHERE v.state <> 'undefined' GROUP BY v.host, v.state
  UNION ALL
  SELECT 'virtsql_vms_by_sync_status', l.text || ',sync_status="' || v.sync_status || '"}', count(*) FROM vms AS v JOIN label AS l ON l.host = v.host
  WHERE v.state <> 'undefined' GROUP BY v.host, v.sync_status
  UNION ALL
  SELECT 'virtsql_managed_vms', l.text || '}', coalesce(sum(v.source = 'managed'), 0)
  FROM label AS l LEFT JOIN vms AS v ON v.host = l.host AND v.state <> 'undefined' GROUP BY l.host
  UNION ALL
  -- A number that becomes 0 is said, too: Prometheus takes one that is not for a machine that does not answer.
  SELECT 'virtsql_findings', l.text || ',severity="' || s.severity || '"}', coalesce(f.n, 0)
  FROM label AS l CROSS JOIN (SELECT 'error' AS severity UNION ALL VALUES ('warning'), ('notice')) AS s
    LEFT JOIN (SELECT host, severity, count(*) AS n FROM findings GROUP BY host, severity) AS f ON f.host = l.host AND f.severity = s.severity
  UNION ALL
  SELECT 'virtsql_captures', l.text || '}', count(*) FROM captures AS c JOIN hosts AS h ON h.id = c.host_id JOIN label AS l ON l.host = h.name GROUP BY h.name
  UNION ALL
  SELECT 'virtsql_capture_errors', l.text || '}', sum(c.error IS NOT NULL) FROM captures AS c JOIN hosts AS h ON h.id = c.host_id JOIN label AS l ON l.host = h.name GROUP BY h.name
  UNION ALL
  SELECT 'virtsql_last_capture_timestamp_seconds', l.text || '}', max(c.id) / 1000000 FROM captures AS c JOIN hosts AS h ON h.id = c.host_id JOIN label AS l ON l.host = h.name GROUP BY h.name
  UNION ALL
  -- A sync that finds nothing new makes no capture, but sets last_seen of each VM that libvirt has. On a host without VMs it leaves no trace,
  -- so nothing is said of that: an old time would be no lack of syncs.
  SELECT 'virtsql_last_sync_timestamp_seconds', l.text || '}', max(t.seconds) FROM label AS l JOIN hosts AS h ON h.name = l.host JOIN (
    SELECT host_id, max(id) / 1000000 AS seconds FROM captures WHERE source = 'sync' GROUP BY host_id
    UNION ALL
    SELECT host_id, CAST(strftime('%s', min(last_seen)) AS INTEGER) FROM vm_states WHERE state NOT IN ('undefined', 'unknown') GROUP BY host_id) AS t ON t.host_id = h.id
  WHERE t.seconds IS NOT NULL AND h.id IN (SELECT host_id FROM vm_states WHERE state <> 'undefined') GROUP BY h.name
  UNION ALL
  SELECT 'virtsql_database_bytes', '', (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size)),
lines(place, n, line) AS (
  SELECT place, 0, '# HELP ' || name || ' ' || help || char(10) || '# TYPE ' || name || ' ' || type FROM metrics AS m
  WHERE EXISTS (SELECT 1 FROM samples AS s WHERE s.name = m.name)
  UNION ALL
  SELECT m.place, 1, s.name || s.labels || ' ' || s.value FROM samples AS s JOIN metrics AS m ON m.name = s.name)
SELECT line FROM lines ORDER BY place, n, line;
