SELECT b.uuid AS parent_key, b.x, max(2, coalesce(e.x, 1240) - b.x) AS width,
  'ran from ' || b.at || CASE WHEN e.at IS NULL THEN ' and runs' ELSE ' to ' || e.at END AS words
FROM begun AS b LEFT JOIN placed AS e ON e.uuid = b.uuid AND e.capture_id = b.ended
JOIN shown AS s ON s.uuid = b.uuid
WHERE b.ended IS NOT NULL OR s.state = 'running'
ORDER BY b.uuid, b.x
