SELECT d.uuid AS parent_key, p.cpu, coalesce(w.who, 'not used by it') AS words,
  CASE WHEN w.who IS NULL THEN '' WHEN w.by_vcpu THEN 'vcpu' ELSE 'other' END AS kind,
  412 * p.cell_place + 10 + 24 * (p.place % 16) AS x, 28 + 25 * (p.place / 16) AS y,
  412 * p.cell_place + 21 + 24 * (p.place % 16) AS text_x, 43 + 25 * (p.place / 16) AS text_y
FROM drawn AS d JOIN processors AS p ON p.host = d.host LEFT JOIN pinned AS w ON w.vm_uuid = d.uuid AND w.cpu = p.cpu
ORDER BY d.uuid, p.cell_place, p.place
