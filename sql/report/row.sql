-- The table of the virtual machines, a row each.
SELECT v.uuid AS key, v.name, v.host, v.title, v.state, v.state = 'running' AS is_running, v.vcpus, v.memory_mib,
  CASE WHEN v.memory_mib >= 1024 THEN round(v.memory_mib / 1024.0, 1) || ' GiB' WHEN v.memory_mib IS NOT NULL THEN v.memory_mib || ' MiB' END AS memory,
  coalesce(d.disks, 0) AS disks,
  (SELECT group_concat(DISTINCT coalesce(n.network, n.bridge, n.dev, n.type)) FROM vm_interfaces AS n WHERE n.vm_uuid = v.uuid) AS networks,
  upper(v.firmware) || CASE v.secure_boot WHEN 1 THEN ' + secure boot' ELSE '' END AS firmware, v.machine,
  v.source || ', ' || lower(v.sync_status) AS definition,
  CASE v.sync_status WHEN 'DRIFTED' THEN 'warning' WHEN 'SYNCED' THEN 'ok' ELSE 'notice' END AS definition_class
-- Counted once for all: a subquery for each VM would make SQLite collect the images of all VMs first, also for a page of one.
FROM vms AS v LEFT JOIN (
  SELECT vm_uuid, count(*) AS disks FROM vm_images WHERE depth = 0 AND device IN ('disk', 'lun') AND image IS NOT NULL AND (:vm IS NULL OR vm_uuid = :vm) GROUP BY vm_uuid) AS d ON d.vm_uuid = v.uuid
WHERE v.state <> 'undefined' AND (:host IS NULL OR v.host = :host) AND (:vm IS NULL OR v.uuid = :vm)
ORDER BY v.host, v.name
