-- The images of each VM, each chain from its top down. A VM without images has no row.
SELECT vm_uuid AS parent_key, min(depth, 8) AS depth, depth = 0 AS is_top, target, device, bus, coalesce(image, 'no medium') AS image, format, pool, volume,
  CASE WHEN capacity_bytes >= 1073741824 THEN round(capacity_bytes / 1073741824.0, 1) || ' GiB' WHEN capacity_bytes IS NOT NULL THEN round(capacity_bytes / 1048576.0, 1) || ' MiB' END AS capacity,
  nullif(trim(CASE read_only WHEN 1 THEN 'read-only ' ELSE '' END || CASE shareable WHEN 1 THEN 'shareable' ELSE '' END), '') AS flags
FROM vm_images
WHERE @SHOWN(host, vm_uuid)@
ORDER BY vm_uuid, target, depth
