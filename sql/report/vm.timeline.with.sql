-- What a VM's history looks like: from its first capture until now, 1,220 wide.
WITH RECURSIVE shown AS (
  SELECT uuid, name, state FROM vms
  WHERE state <> 'undefined' AND @SHOWN(host, uuid)@),
entries AS (
  SELECT s.uuid, h.capture_id, substr(replace(h.captured_at, 'T', ' '), 1, 16) AS at, h.operation, h.config, h.changed
  FROM shown AS s JOIN domain_history(s.uuid) AS h),
spans AS (
  SELECT uuid, min(capture_id) AS first, max(max(capture_id), CAST(strftime('%s', 'now') AS INTEGER) * 1000000) AS last FROM entries GROUP BY uuid),
placed AS (
  SELECT e.*, 20 + CAST(round(1220.0 * (e.capture_id - s.first) / max(1, s.last - s.first)) AS INTEGER) AS x
  FROM entries AS e JOIN spans AS s ON s.uuid = e.uuid),
-- A run begins with a start, a restore or an incoming migration and ends with its stop.
begun AS (
  SELECT p.uuid, p.x, p.at, p.capture_id,
    (SELECT min(q.capture_id) FROM entries AS q WHERE q.uuid = p.uuid AND q.capture_id > p.capture_id AND q.operation IN ('stopped', 'release')) AS ended
  FROM placed AS p WHERE p.operation = 'started' AND p.config = 'live')
