-- The findings of each VM.
SELECT vm_uuid AS parent_key, severity, replace(rule, '_', ' ') AS rule, detail FROM findings
WHERE vm_uuid IS NOT NULL AND (:host IS NULL OR host = :host) AND (:vm IS NULL OR vm_uuid = :vm)
ORDER BY vm_uuid, CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, rule
