-- What does each host have?
--
-- Asked in planning. One row for each host: VMs, their vCPUs and memory, disks, network cards, and the networks, pools
-- and volumes that were captured there.
SELECT h.name AS host, c.vms, c.vcpus_defined AS vcpus, round(c.memory_mib_defined / 1024.0, 1) AS gib,
  (SELECT count(*) FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid WHERE v.host_id = h.id) AS disks,
  (SELECT count(*) FROM defined_vms AS v JOIN port_attachments AS a ON a.vm_uuid = v.uuid WHERE v.host_id = h.id) AS cards,
  (SELECT count(*) FROM networks AS n WHERE n.host_id = h.id) AS networks,
  (SELECT count(*) FROM storage_pools AS p WHERE p.host_id = h.id) AS pools,
  (SELECT count(*) FROM volumes AS o WHERE o.host_id = h.id) AS volumes
FROM hosts AS h JOIN host_capacity AS c ON c.host = h.name
ORDER BY 1;
