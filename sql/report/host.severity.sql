-- How many findings of each severity a host has, and all hosts.
WITH counted AS MATERIALIZED (SELECT host, severity, count(*) AS times FROM findings WHERE @SHOWN(host)@ GROUP BY host, severity)
SELECT place AS parent_key, severity, times, CASE times WHEN 1 THEN '' ELSE 's' END AS plural
FROM (SELECT 'host ' || host AS place, severity, times FROM counted UNION ALL SELECT 'all', severity, sum(times) FROM counted GROUP BY severity)
ORDER BY place, @RANK(severity)@
