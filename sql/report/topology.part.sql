-- The parts of each picture: first the lines, then what they join. Columns at 20, 490 and 1000; a row is 34 high.
SELECT host AS parent_key, 1 AS is_link, side, CASE missing WHEN 1 THEN 'missing' ELSE '' END AS state,
  CASE side WHEN 'network'
    THEN format('M260 %dC375 %d 375 %d 490 %d', 47 + 34 * node_place, 47 + 34 * node_place, 47 + 34 * guest_place, 47 + 34 * guest_place)
    ELSE format('M770 %dC885 %d 885 %d 1000 %d', 47 + 34 * guest_place, 47 + 34 * guest_place, 47 + 34 * node_place, 47 + 34 * node_place) END AS path,
  NULL AS words, NULL AS label, NULL AS note, NULL AS x, NULL AS y, NULL AS width, NULL AS text_x, NULL AS text_y, NULL AS note_x,
  0 AS has_dot, NULL AS dot_x, NULL AS middle
FROM links
UNION ALL
SELECT host, 0, side, CASE missing WHEN 1 THEN 'missing' ELSE '' END, NULL,
  node || CASE missing WHEN 1 THEN ': the host has no such thing' ELSE '' END || ', used by ' || guests || CASE guests WHEN 1 THEN ' VM' ELSE ' VMs' END,
  CASE WHEN length(node) > 30 THEN '…' || substr(node, -29) ELSE node END || CASE missing WHEN 1 THEN ' (gone)' ELSE '' END, NULL,
  CASE side WHEN 'network' THEN 20 ELSE 1000 END, 34 + 34 * place, 240,
  CASE side WHEN 'network' THEN 30 ELSE 1010 END, 51 + 34 * place, NULL, 0, NULL, NULL
FROM nodes
UNION ALL
SELECT host, 0, 'guest', CASE WHEN has_error THEN 'missing' WHEN running > 0 THEN 'on' ELSE '' END, NULL, substr(names, 1, 800),
  CASE guests WHEN 1 THEN substr(first, 1, 24) ELSE guests || ' VMs: ' || substr(first, 1, 14) || ', …' END,
  vcpus || ' · ' || @SIZE(memory_mib)@,
  490, 34 + 34 * place, 280, 520, 51 + 34 * place, 760, 1, 505, 47 + 34 * place
FROM bundles
ORDER BY 1, 2 DESC
