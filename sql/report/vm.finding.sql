-- The findings of each VM.
SELECT vm_uuid AS parent_key, severity, replace(rule, '_', ' ') AS rule, detail FROM findings
WHERE vm_uuid IS NOT NULL AND @SHOWN(host, vm_uuid)@
ORDER BY vm_uuid, @RANK(severity)@, rule
