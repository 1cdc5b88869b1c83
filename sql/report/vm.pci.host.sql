-- The host's side of what is passed through.
SELECT vm_uuid AS parent_key, host_x AS x, y, host_x + 8 AS text_x, y + 17 AS text_y, CASE WHEN missing THEN 'missing' ELSE 'device' END AS kind,
  source || CASE WHEN iommu_group IS NOT NULL THEN ' · IOMMU group ' || iommu_group WHEN missing THEN ' · not on the host' ELSE '' END AS label,
  coalesce(product_name || ', ', '') || source || ' of ' || coalesce(host, 'the host') || CASE WHEN missing THEN ', which has no such device'
    WHEN iommu_group IS NULL THEN ', of an IOMMU group that is not known' WHEN others IS NULL THEN ', alone in IOMMU group ' || iommu_group
    ELSE ', in IOMMU group ' || iommu_group || ' with ' || others END AS words
FROM passed ORDER BY vm_uuid, y
