-- Which VMs on one host have a CPU or a device that may keep them from migrating to another?
--
-- Asked before a host is emptied. :from and :to are hosts. The database does not know the hosts' processors: a named CPU
-- model counts as known on :to where a VM there has it. One row for each VM and reason; what is listed must be looked at,
-- what is not has nothing in its definition against it.
WITH candidates AS (
  SELECT v.uuid, v.name FROM virtual_machines AS v JOIN hosts AS h ON h.id = v.host_id WHERE h.name = coalesce(:from, 'kvm1'))
SELECT v.name AS vm, CASE c.mode WHEN 'host-model' THEN 'host-model: the other host must have every feature of this processor'
    ELSE c.mode || ': needs the same processor' END AS reason
FROM candidates AS v JOIN cpus AS c ON c.vm_uuid = v.uuid WHERE c.mode IN ('host-passthrough', 'host-model', 'maximum')
UNION ALL
SELECT v.name, 'model ' || c.model || ': no VM on the other host has it'
FROM candidates AS v JOIN cpus AS c ON c.vm_uuid = v.uuid
WHERE c.model IS NOT NULL AND coalesce(c.mode, 'custom') = 'custom' AND NOT EXISTS (
  SELECT 1 FROM cpus AS other JOIN virtual_machines AS o ON o.uuid = other.vm_uuid JOIN hosts AS h ON h.id = o.host_id
  WHERE h.name = coalesce(:to, 'kvm2') AND other.model = c.model)
UNION ALL
SELECT v.name, 'feature invtsc: the clock of the processor cannot move'
FROM candidates AS v JOIN cpus AS c ON c.vm_uuid = v.uuid JOIN cpu_features AS f ON f.cpu_id = c.id
WHERE f.name = 'invtsc' AND coalesce(f.policy, 'require') IN ('require', 'force')
UNION ALL
SELECT v.name, 'host device ' || coalesce(d.pci_address, d.name, d.type)
FROM candidates AS v JOIN host_device_attachments AS a ON a.vm_uuid = v.uuid JOIN host_devices AS d ON d.id = a.host_device_id
UNION ALL
SELECT v.name, 'virtual function ' || p.source_pci_address
FROM candidates AS v JOIN vm_ports AS p ON p.vm_uuid = v.uuid WHERE p.source_type = 'hostdev'
ORDER BY 1, 2;
