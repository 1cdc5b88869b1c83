-- What VMs are there?
--
-- Asked every day. One row for each VM that libvirt has: host, title, state, vCPUs, memory in GiB, how many disks
-- (drives without a medium do not count) and network cards it has, its machine type, and the last event of it that the
-- hook captured (empty: none, it was only imported).
SELECT v.host, v.name AS vm, v.title, v.state, v.vcpus, round(v.memory_mib / 1024.0, 1) AS gib,
  (SELECT count(*) FROM disk_attachments AS a JOIN disks AS d ON d.id = a.disk_id
    WHERE a.vm_uuid = v.uuid AND coalesce(d.path, d.volume, d.name, d.socket_path, d.source_pci_address) IS NOT NULL) AS disks,
  (SELECT count(*) FROM port_attachments AS p WHERE p.vm_uuid = v.uuid) AS cards,
  v.machine,
  (SELECT c.operation FROM captures AS c WHERE c.vm_uuid = v.uuid AND c.config = 'live' AND c.source = 'hook' ORDER BY c.seq DESC LIMIT 1) AS last_event
FROM vms AS v
WHERE v.state <> 'undefined'
ORDER BY 1, 2;
