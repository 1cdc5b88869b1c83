-- The CPUs of each VM, with its pins.
SELECT v.name AS "VM", v.state AS "State", v.vcpus AS "CPUs", c.topology_sockets AS "Sockets", c.topology_cores AS "Cores p/s", c.topology_threads AS "Threads p/c",
  c.mode AS "Mode", c.model AS "Model",
  (SELECT count(DISTINCT p.cpu) FROM vm_cpu_pins AS p WHERE p.vm_uuid = v.uuid AND p.kind = 'vcpu') AS "Pinned to CPUs", v.host AS "Host", v.uuid AS "VM UUID"
FROM vms AS v LEFT JOIN cpus AS c ON c.vm_uuid = v.uuid
WHERE v.state <> 'undefined'
ORDER BY v.host, v.name
