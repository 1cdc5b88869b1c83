-- Each rule that found something, the gravest first, with where.
SELECT severity, replace(rule, '_', ' ') AS rule, count(*) AS times,
  (SELECT group_concat(place, ', ') FROM (SELECT DISTINCT coalesce(f.vm_name, f.host) AS place FROM findings AS f
    WHERE f.rule = findings.rule AND (:host IS NULL OR f.host = :host) AND (:vm IS NULL OR f.vm_uuid = :vm) ORDER BY 1 LIMIT 12))
    || CASE WHEN count(DISTINCT coalesce(vm_name, host)) > 12 THEN ', …' ELSE '' END AS places
FROM findings
WHERE (:host IS NULL OR host = :host) AND (:vm IS NULL OR vm_uuid = :vm)
GROUP BY severity, rule
ORDER BY CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, rule
