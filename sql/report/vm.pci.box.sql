SELECT vm_uuid AS parent_key, x, y, x + 8 AS text_x, y + 17 AS text_y, kind, words, CASE WHEN length(words) > 36 THEN substr(words, 1, 35) || '…' ELSE words END AS label
FROM (SELECT vm_uuid, place, x, y, CASE WHEN opens IS NOT NULL THEN 'network' WHEN source GLOB '????:??:??.?' THEN 'device' ELSE 'guest' END AS kind,
    address || ' ' || CASE WHEN opens IS NULL THEN heading || coalesce(', ' || model, '') ELSE coalesce(model, heading)
      || CASE WHEN depth > 0 THEN ', bus ' || substr(opens, 6) ELSE '' END END AS words
  FROM boxes)
ORDER BY vm_uuid, place
