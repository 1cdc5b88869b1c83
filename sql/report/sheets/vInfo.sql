-- A line for each VM. Columns as RVTools names them, as far as libvirt has the thing.
SELECT v.name AS "VM", CASE v.state WHEN 'unknown' THEN NULL WHEN 'running' THEN 'poweredOn' WHEN 'paused' THEN 'suspended' WHEN 'pmsuspended' THEN 'suspended' ELSE 'poweredOff' END AS "Powerstate",
  v.state AS "State", v.vcpus AS "CPUs", v.memory_mib AS "Memory",
  (SELECT count(*) FROM vm_interfaces AS n WHERE n.vm_uuid = v.uuid) AS "NICs",
  (SELECT count(*) FROM vm_images AS i WHERE i.vm_uuid = v.uuid AND i.depth = 0 AND i.device IN ('disk', 'lun')) AS "Disks",
  (SELECT i.network FROM vm_interfaces AS i WHERE i.vm_uuid = v.uuid AND i.network IS NOT NULL LIMIT 1) AS "Network #1",
  (SELECT CASE WHEN count(*) = count(i.capacity_bytes) THEN coalesce(sum(i.capacity_bytes / 1048576), 0) END
    FROM vm_images AS i WHERE i.vm_uuid = v.uuid AND i.depth = 0 AND i.device IN ('disk', 'lun')) AS "Provisioned MiB",
  upper(v.firmware) AS "Firmware", v.secure_boot AS "EFI Secure boot", v.machine AS "HW version", v.title AS "Annotation",
  v.autostart AS "Autostart", v.source AS "Source", v.sync_status AS "Sync status", v.host AS "Host", v.uuid AS "VM UUID", v.last_seen AS "Last seen"
FROM vms AS v
WHERE v.state <> 'undefined'
ORDER BY v.host, v.name
