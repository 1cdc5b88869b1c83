-- Each rule that found something, the gravest first, with where. The findings are named once here: if they were named twice, SQLite
-- would ask all rules about all VMs, also for a page of one.
SELECT severity, replace(rule, '_', ' ') AS rule, sum(times) AS times,
  group_concat(place, ', ') FILTER (WHERE nth <= 12) || CASE WHEN max(nth) > 12 THEN ', …' ELSE '' END AS places
FROM (
  SELECT severity, rule, coalesce(vm_name || CASE WHEN (SELECT count(*) FROM hosts AS h WHERE @SHOWN(h.name)@) > 1 THEN ' (' || host || ')' ELSE '' END, vm_name, host) AS place,
    count(*) AS times, row_number() OVER (PARTITION BY severity, rule ORDER BY coalesce(vm_name, host), host) AS nth
  FROM findings WHERE @SHOWN(host, vm_uuid)@
  GROUP BY severity, rule, host, vm_uuid, vm_name)
GROUP BY severity, rule
ORDER BY @RANK(severity)@, rule
