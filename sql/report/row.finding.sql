-- The findings of each VM, one tag for each rule.
SELECT vm_uuid AS parent_key, severity, replace(rule, '_', ' ') || CASE count(*) WHEN 1 THEN ': ' || min(detail) ELSE ' × ' || count(*) END AS words,
  group_concat(detail, char(10)) AS details
FROM findings
WHERE vm_uuid IS NOT NULL AND @SHOWN(host, vm_uuid)@
GROUP BY vm_uuid, severity, rule
ORDER BY vm_uuid, @RANK(severity)@, rule
