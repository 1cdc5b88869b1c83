-- A box with the way to it from the bus that it is plugged into, and, of what is passed through, the host's side.
, drawn AS (
  SELECT b.*, g.iommu_group, g.product_name, g.host_id,
    b.address || ' ' || CASE WHEN b.opens IS NULL THEN b.heading || coalesce(', ' || b.model, '') ELSE coalesce(b.model, b.heading)
      || CASE WHEN b.depth > 0 THEN ', bus ' || substr(b.opens, 6) ELSE '' END END AS words,
    (SELECT group_concat(o.pci_address, ', ') FROM host_pci_devices AS o JOIN node_devices AS m ON m.id = o.node_device_id
      WHERE m.host_id = g.host_id AND o.iommu_group = g.iommu_group AND o.pci_address <> b.source) AS others,
    g.host_id IS NULL AND EXISTS (SELECT 1 FROM hosts AS h JOIN node_devices AS m ON m.host_id = h.id JOIN host_pci_devices AS o ON o.node_device_id = m.id
      WHERE h.name = b.host) AS missing
  FROM boxes AS b LEFT JOIN (SELECT p.pci_address, p.iommu_group, p.product_name, n.host_id, h.name AS host
      FROM host_pci_devices AS p JOIN node_devices AS n ON n.id = p.node_device_id JOIN hosts AS h ON h.id = n.host_id) AS g
    ON b.is_passed AND g.pci_address = b.source AND g.host = b.host
  WHERE b.line < 200)
SELECT vm_uuid AS parent_key, x, y, y + 12 AS middle_y, x + 8 AS text_x, words, words AS label,
  CASE WHEN opens IS NOT NULL THEN 'network' WHEN is_passed THEN 'device' ELSE 'guest' END AS kind,
  above IS NOT NULL AS has_above, x - 30 AS above_x, x - 15 AS turn_x, above_y + 12 AS above_y,
  is_passed, x + 240 AS end_x, host_x, host_x + 8 AS host_text_x, CASE WHEN missing THEN 'missing' ELSE 'device' END AS host_kind,
  source || CASE WHEN iommu_group IS NOT NULL THEN ' · IOMMU group ' || iommu_group WHEN missing THEN ' · not on the host' ELSE '' END AS host_label,
  coalesce(product_name || ', ', '') || source || ' of ' || coalesce(host, 'the host') || CASE WHEN missing THEN ', which has no such device'
    WHEN iommu_group IS NULL THEN ', of an IOMMU group that is not known' WHEN others IS NULL THEN ', alone in IOMMU group ' || iommu_group
    ELSE ', in IOMMU group ' || iommu_group || ' with ' || others END AS host_words
FROM drawn
ORDER BY vm_uuid, place
