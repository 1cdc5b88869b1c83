-- What changed in the definition, newest first. A page of many VMs has the last 20 of each.
SELECT * FROM (
  SELECT v.uuid AS parent_key, substr(replace(c.captured_at, 'T', ' '), 1, 19) AS captured_at, c.change, c.device, c.key AS key_text, c.path,
    substr(c.old, 1, 2000) AS old, substr(c.new, 1, 2000) AS new,
    row_number() OVER (PARTITION BY v.uuid ORDER BY c.capture_id DESC) AS n
  FROM vms AS v JOIN domain_changes(v.uuid) AS c
  WHERE v.state <> 'undefined' AND @SHOWN(v.host, v.uuid)@)
WHERE n <= CASE WHEN :full THEN 1000 ELSE 20 END
ORDER BY parent_key, n
