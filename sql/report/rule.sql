-- Each rule that found something, the gravest first, with where. MATERIALIZED: all rules are asked once.
WITH found AS MATERIALIZED (
  SELECT severity, rule, coalesce(vm_name, host) AS place FROM findings WHERE (:host IS NULL OR host = :host) AND (:vm IS NULL OR vm_uuid = :vm))
SELECT severity, replace(rule, '_', ' ') AS rule, count(*) AS times,
  (SELECT group_concat(place, ', ') FROM (SELECT DISTINCT f.place FROM found AS f WHERE f.rule = found.rule ORDER BY 1 LIMIT 12))
    || CASE WHEN count(DISTINCT place) > 12 THEN ', …' ELSE '' END AS places
FROM found
GROUP BY severity, rule
ORDER BY CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, rule
