-- The memory of each VM.
SELECT v.name AS "VM", v.state AS "State", v.memory_mib AS "Size MiB", m.current_memory_bytes / 1048576 AS "Current MiB", m.max_memory_bytes / 1048576 AS "Maximum MiB",
  v.host AS "Host", v.uuid AS "VM UUID"
FROM vms AS v JOIN virtual_machines AS m ON m.uuid = v.uuid
WHERE v.state <> 'undefined'
ORDER BY v.host, v.name
