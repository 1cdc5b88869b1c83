-- How much memory and how many vCPUs are bound to each NUMA cell of each host?
--
-- Asked when one cell is full while another is free. One row for each host and set of cells (nodeset as in the XML);
-- 'any' are the VMs that are not bound. huge_gib is the part that comes from huge pages.
SELECT h.name AS host, coalesce(n.memory_nodeset, 'any') AS nodeset, count(*) AS vms, sum(v.vcpus) AS vcpus,
  round(sum(v.memory_bytes) / 1073741824.0, 1) AS gib,
  round(sum(CASE WHEN b.hugepages IS NOT NULL THEN v.memory_bytes ELSE 0 END) / 1073741824.0, 1) AS huge_gib
FROM virtual_machines AS v JOIN hosts AS h ON h.id = v.host_id
  LEFT JOIN numa_tunes AS n ON n.vm_uuid = v.uuid
  LEFT JOIN memory_backings AS b ON b.vm_uuid = v.uuid
GROUP BY h.id, coalesce(n.memory_nodeset, 'any') ORDER BY 1, 2;
