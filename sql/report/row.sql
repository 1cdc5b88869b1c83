-- The table of the virtual machines, a row each.
SELECT v.uuid AS key, v.name, v.host, v.title, v.state, v.state = 'running' AS is_running, v.vcpus, v.memory_mib,
  CASE WHEN v.memory_mib >= 1024 THEN round(v.memory_mib / 1024.0, 1) || ' GiB' WHEN v.memory_mib IS NOT NULL THEN v.memory_mib || ' MiB' END AS memory,
  (SELECT count(*) FROM vm_images AS i WHERE i.vm_uuid = v.uuid AND i.depth = 0 AND i.image IS NOT NULL) AS disks,
  (SELECT group_concat(DISTINCT coalesce(n.network, n.bridge, n.dev, n.type)) FROM vm_interfaces AS n WHERE n.vm_uuid = v.uuid) AS networks,
  upper(v.firmware) || CASE v.secure_boot WHEN 1 THEN ' + secure boot' ELSE '' END AS firmware, v.machine,
  v.source || ', ' || lower(v.sync_status) AS definition,
  CASE v.sync_status WHEN 'DRIFTED' THEN 'warning' WHEN 'SYNCED' THEN 'ok' ELSE 'notice' END AS definition_class
FROM vms AS v
WHERE v.state <> 'undefined' AND (:host IS NULL OR v.host = :host) AND (:vm IS NULL OR v.uuid = :vm)
ORDER BY v.host, v.name
