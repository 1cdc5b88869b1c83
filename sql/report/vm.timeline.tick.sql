SELECT s.uuid AS parent_key, 20 + 244 * t.n AS x, CASE t.n WHEN 0 THEN 'start' WHEN 5 THEN 'end' ELSE 'middle' END AS side,
  strftime(CASE WHEN s.last - s.first > 5 * 86400000000 THEN '%Y-%m-%d' WHEN s.last - s.first < 600000000 THEN '%m-%d %H:%M:%S' ELSE '%m-%d %H:%M' END, (s.first + (s.last - s.first) / 5 * t.n) / 1000000, 'unixepoch') AS label
FROM spans AS s, (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5) AS t
ORDER BY s.uuid, t.n
