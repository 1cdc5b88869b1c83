-- A dot for each change of the definition; smaller ones for what else happened.
SELECT uuid AS parent_key, x, CASE WHEN changed = 1 AND config = 'persistent' THEN 'changed' ELSE 'event' END AS kind,
  CASE WHEN changed = 1 AND config = 'persistent' THEN 6 ELSE 3 END AS radius, at || ': ' || operation || CASE WHEN changed = 1 AND config = 'persistent' THEN ', the definition changed' ELSE '' END AS words
FROM placed
WHERE :full OR changed = 1
ORDER BY uuid, changed = 1, x
