-- What VMs are there?
--
-- Asked every day. One row for each VM: host, title, vCPUs, memory in GiB, how many disks (drives without a medium not
-- counted) and network cards, its machine type, and the last event that the hook saw of it (empty: none, it was only imported).
SELECT h.name AS host, v.name AS vm, v.title, v.vcpus, round(v.memory_bytes / 1073741824.0, 1) AS gib,
  (SELECT count(*) FROM vm_disks AS d WHERE d.vm_uuid = v.uuid AND coalesce(d.path, d.volume, d.name) IS NOT NULL) AS disks,
  (SELECT count(*) FROM port_attachments AS p WHERE p.vm_uuid = v.uuid) AS cards,
  b.machine,
  (SELECT c.operation FROM captures AS c WHERE c.vm_uuid = v.uuid AND c.kind = 'domain' AND c.source = 'hook' ORDER BY c.seq DESC LIMIT 1) AS last_event
FROM virtual_machines AS v LEFT JOIN hosts AS h ON h.id = v.host_id LEFT JOIN boot_configs AS b ON b.vm_uuid = v.uuid
ORDER BY 1, 2;
