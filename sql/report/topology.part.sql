-- The parts of each picture: first the lines, then what they join. Columns at 20, 460 and 1000; a row is 34 high.
SELECT host AS parent_key, 1 AS is_link, side, CASE missing WHEN 1 THEN 'missing' ELSE '' END AS state,
  CASE side WHEN 'network'
    THEN format('M260 %dC360 %d 360 %d 460 %d', 47 + 34 * node_place, 47 + 34 * node_place, 47 + 34 * guest_place, 47 + 34 * guest_place)
    ELSE format('M800 %dC900 %d 900 %d 1000 %d', 47 + 34 * guest_place, 47 + 34 * guest_place, 47 + 34 * node_place, 47 + 34 * node_place) END AS path,
  NULL AS words, NULL AS label, NULL AS note, NULL AS x, NULL AS y, NULL AS width, NULL AS text_x, NULL AS text_y, NULL AS text_width, NULL AS note_x,
  0 AS has_dot, NULL AS dot, NULL AS dot_x, NULL AS middle
FROM links
UNION ALL
-- How much of a label fits, only the browser knows: style.css makes it leave out the beginning of these.
SELECT host, 0, side, CASE missing WHEN 1 THEN 'missing' ELSE '' END, NULL,
  node || CASE missing WHEN 1 THEN ': the host has no such thing' ELSE '' END || ', used by ' || guests || CASE guests WHEN 1 THEN ' VM' ELSE ' VMs' END,
  node || CASE missing WHEN 1 THEN ' (gone)' ELSE '' END, NULL,
  CASE side WHEN 'network' THEN 20 ELSE 1000 END, 34 + 34 * place, 240,
  CASE side WHEN 'network' THEN 30 ELSE 1010 END, 51 + 34 * place, 226, NULL, 0, NULL, NULL, NULL
FROM nodes
UNION ALL
-- Of a long name, both ends are shown. A label ends before its note, also if its letters are wide; a note's letter takes 7 at most.
SELECT host, 0, 'guest', CASE WHEN has_error THEN 'missing' WHEN running > 0 THEN 'on' ELSE '' END, NULL, substr(names, 1, 800),
  CASE WHEN guests > 1 THEN guests || ' VMs: ' || substr(first, 1, 12) || CASE WHEN length(first) > 12 THEN '…' ELSE ', …' END
    WHEN length(first) > 24 THEN substr(first, 1, 13) || '…' || substr(first, -10) ELSE first END,
  note, 460, 34 + 34 * place, 340, 490, 51 + 34 * place, max(60, 292 - 7 * coalesce(length(note), 0)), 790, 1, CASE WHEN running > 0 THEN 'on' ELSE '' END, 475, 47 + 34 * place
FROM (SELECT *, vcpus || ' · ' || @SIZE(memory_mib)@ AS note FROM bundles)
ORDER BY 1, 2 DESC
