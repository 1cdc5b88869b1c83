-- Which VMs on one host have a CPU or a device that may keep them from migrating to another?
--
-- Asked before a host is emptied. :from and :to are hosts. The hosts' processors are not compared: a named CPU model
-- counts as known on :to if a VM there has it. One row for each VM and reason. A VM that is listed must be looked at. A
-- VM that is not listed has nothing in its definition against a migration, if the networks of :from were captured: only
-- they tell that a card comes from a network of virtual functions.
WITH candidates AS (
  SELECT v.uuid, v.name, v.host_id FROM defined_vms AS v WHERE v.host = coalesce(:from, 'kvm1'))
SELECT v.name AS vm, CASE c.mode WHEN 'host-model' THEN 'host-model: the other host must have every feature of this processor'
    ELSE c.mode || ': needs the same processor' END AS reason
FROM candidates AS v JOIN cpus AS c ON c.vm_uuid = v.uuid WHERE c.mode IN ('host-passthrough', 'host-model', 'maximum')
UNION ALL
SELECT v.name, 'model ' || c.model || ': no VM on the other host has it'
FROM candidates AS v JOIN cpus AS c ON c.vm_uuid = v.uuid
WHERE c.model IS NOT NULL AND coalesce(c.mode, 'custom') = 'custom' AND NOT EXISTS (
  SELECT 1 FROM cpus AS other JOIN defined_vms AS o ON o.uuid = other.vm_uuid
  WHERE o.host = coalesce(:to, 'kvm2') AND other.model = c.model)
UNION ALL
SELECT v.name, 'feature invtsc: the clock of the processor cannot move'
FROM candidates AS v JOIN cpus AS c ON c.vm_uuid = v.uuid JOIN cpu_features AS f ON f.cpu_id = c.id
WHERE f.name = 'invtsc' AND coalesce(f.policy, 'require') IN ('require', 'force')
UNION ALL
SELECT v.name, 'memory encryption ' || l.type
FROM candidates AS v JOIN launch_securities AS l ON l.vm_uuid = v.uuid
UNION ALL
-- Devices and folders of the host, and memory or state that the VM shares with something on the host.
SELECT v.name, CASE d.element WHEN 'hostdev' THEN 'host device ' WHEN 'shmem' THEN 'shared memory ' ELSE d.element || ' ' END || coalesce(d.source, d.name, d.model, '')
FROM candidates AS v JOIN vm_devices AS d ON d.vm_uuid = v.uuid
WHERE d.element IN ('hostdev', 'filesystem') OR (d.element = 'tpm' AND d.details LIKE '%type=passthrough%')
  OR (d.element = 'shmem' AND coalesce(d.details, '') NOT LIKE '%role=master%')
UNION ALL
SELECT v.name, 'virtual function ' || p.source_pci_address
FROM candidates AS v JOIN port_attachments AS a ON a.vm_uuid = v.uuid JOIN ports AS p ON p.id = a.port_id WHERE p.source_type = 'hostdev'
UNION ALL
SELECT v.name, 'virtual function of the network ' || n.name
FROM candidates AS v JOIN port_attachments AS a ON a.vm_uuid = v.uuid JOIN ports AS p ON p.id = a.port_id
  JOIN networks AS n ON n.host_id = v.host_id AND n.name = p.network
WHERE p.source_type = 'network' AND n.mode = 'hostdev'
UNION ALL
SELECT v.name, 'vDPA device ' || p.dev
FROM candidates AS v JOIN port_attachments AS a ON a.vm_uuid = v.uuid JOIN ports AS p ON p.id = a.port_id WHERE p.source_type = 'vdpa'
UNION ALL
SELECT v.name, d.source_type || ' disk ' || a.device_name || ' ' || coalesce(d.source_pci_address, d.path, d.socket_path, '')
FROM candidates AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS d ON d.id = a.disk_id WHERE d.source_type IN ('nvme', 'vhostvdpa', 'vhostuser')
UNION ALL
SELECT v.name, 'transient disk ' || coalesce(a.device_name, '')
FROM candidates AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid WHERE a.transient = 1
ORDER BY 1, 2;
