-- Only for a page of many VMs.
-- A picture for each host that has VMs, as high as its longest column.
SELECT b.host AS key, b.host, 48 + 34 * max(b.place + 1, coalesce((SELECT max(n.place) + 1 FROM nodes AS n WHERE n.host = b.host), 0)) AS height,
  sum(b.guests) || ' VMs, which the table above has in words' AS words
FROM (SELECT host, max(place) AS place, sum(guests) AS guests FROM bundles GROUP BY host) AS b
GROUP BY b.host
ORDER BY b.host
