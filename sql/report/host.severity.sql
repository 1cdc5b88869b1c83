-- How many findings of each severity a host has.
SELECT host AS parent_key, severity, count(*) AS times, CASE count(*) WHEN 1 THEN '' ELSE 's' END AS plural
FROM findings WHERE @SHOWN(host)@
GROUP BY host, severity
ORDER BY host, @RANK(severity)@
