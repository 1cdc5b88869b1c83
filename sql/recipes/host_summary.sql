-- What does each host have?
--
-- Asked in planning. One row for each host: VMs, their vCPUs and memory, disks, network cards, and the networks, pools and volumes
-- that were captured there.
SELECT h.name AS host, count(v.uuid) AS vms, sum(v.vcpus) AS vcpus, round(sum(v.memory_bytes) / 1073741824.0, 1) AS gib,
  (SELECT count(*) FROM disk_attachments AS a JOIN virtual_machines AS o ON o.uuid = a.vm_uuid WHERE o.host_id = h.id) AS disks,
  (SELECT count(*) FROM port_attachments AS a JOIN virtual_machines AS o ON o.uuid = a.vm_uuid WHERE o.host_id = h.id) AS cards,
  (SELECT count(*) FROM networks AS n WHERE n.host_id = h.id) AS networks,
  (SELECT count(*) FROM storage_pools AS p WHERE p.host_id = h.id) AS pools,
  (SELECT count(*) FROM volumes AS o WHERE o.host_id = h.id) AS volumes
FROM hosts AS h LEFT JOIN virtual_machines AS v ON v.host_id = h.id
GROUP BY h.id ORDER BY 1;
