-- The table of the virtual machines, a row each.
SELECT v.uuid AS key, v.name, v.host, v.title, v.state, v.state = 'running' AS is_running, v.vcpus, v.memory_mib,
  @SIZE(v.memory_mib)@ AS memory,
  coalesce(d.disks, 0) AS disks,
  -- SQLite's group_concat(DISTINCT ...) takes no separator. A browser breaks lines at spaces only.
  (SELECT group_concat(w.name, ', ') FROM (SELECT DISTINCT coalesce(n.network, n.bridge, n.dev, n.type) AS name FROM vm_interfaces AS n WHERE n.vm_uuid = v.uuid) AS w) AS networks,
  upper(v.firmware) || CASE v.secure_boot WHEN 1 THEN ' + secure boot' ELSE '' END AS firmware, v.machine,
  v.source || ', ' || lower(v.sync_status) AS definition,
  CASE v.sync_status WHEN 'DRIFTED' THEN 'warning' WHEN 'SYNCED' THEN 'ok' ELSE 'notice' END AS definition_class
-- Counted once for all: a subquery for each VM would make SQLite collect the images of all VMs first, also for a page of one.
FROM vms AS v LEFT JOIN (
  SELECT vm_uuid, count(*) AS disks FROM vm_images WHERE depth = 0 AND device IN ('disk', 'lun') AND image IS NOT NULL AND @SHOWN(host, vm_uuid)@ GROUP BY vm_uuid) AS d ON d.vm_uuid = v.uuid
WHERE v.state <> 'undefined' AND @SHOWN(v.host, v.uuid)@
ORDER BY v.host, v.name
