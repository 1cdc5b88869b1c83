-- The last change of the definition, line by line.
WITH definitions AS (
  SELECT v.uuid, h.capture_id, row_number() OVER (PARTITION BY v.uuid ORDER BY h.capture_id DESC) AS n
  FROM vms AS v JOIN domain_history(v.uuid) AS h
  WHERE :full AND v.state <> 'undefined' AND h.config = 'persistent' AND h.changed = 1 AND @SHOWN(v.host, v.uuid)@)
SELECT a.uuid AS parent_key, d.kind, d.line
FROM definitions AS a JOIN definitions AS b ON b.uuid = a.uuid AND b.n = 2 JOIN text_diff(captured_xml(b.capture_id), captured_xml(a.capture_id)) AS d
WHERE a.n = 1
