-- One picture for each VM with a device on a PCI bus.
SELECT b.vm_uuid AS parent_key, b.vm_uuid AS key, v.name, 248 + 270 * (max(b.deepest) + max(b.is_passed)) AS width, 30 * min(max(b.lines), 200) AS height,
  CASE WHEN max(b.lines) > 200 THEN 'The first 200 of ' || max(b.lines) || ' devices. ' ELSE '' END ||
    coalesce((SELECT 'The guest has an IOMMU of its own: ' || coalesce(i.model, 'its model is not said') || '.' FROM plugged AS i
      WHERE i.vm_uuid = b.vm_uuid AND i.element = 'iommu'), '') AS words
FROM boxes AS b JOIN vms AS v ON v.uuid = b.vm_uuid
GROUP BY b.vm_uuid, v.name
