-- How many findings of each severity a host has.
SELECT host AS parent_key, severity, count(*) AS times, CASE count(*) WHEN 1 THEN '' ELSE 's' END AS plural
FROM findings WHERE (:host IS NULL OR host = :host) AND :vm IS NULL
GROUP BY host, severity
ORDER BY host, CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END
