-- How much memory and how many vCPUs are bound to each NUMA cell of each host?
--
-- Asked when one cell is full while another is free. One row for each host and set of cells (nodeset as in the XML);
-- 'any' is what is not bound. If a VM's guest cells are bound one by one (memnode), the memory of each guest cell
-- counts where that cell is bound, and the VM's vCPUs are not counted. A guest cell without a memnode is bound as the
-- rest of the VM. huge_gib is the part that comes from huge pages.
WITH parts (vm_uuid, nodeset, bytes, vcpus) AS (
  SELECT t.vm_uuid, coalesce(m.nodeset, t.memory_nodeset, 'any'), g.memory_bytes, NULL
  FROM numa_tunes AS t JOIN cpus AS c ON c.vm_uuid = t.vm_uuid JOIN numa_cells AS g ON g.cpu_id = c.id
    LEFT JOIN numa_tune_cells AS m ON m.numa_tune_id = t.id AND m.cellid = coalesce(g.cell, g.position)
  WHERE EXISTS (SELECT 1 FROM numa_tune_cells AS o WHERE o.numa_tune_id = t.id)
  UNION ALL
  SELECT v.uuid, coalesce(t.memory_nodeset, 'any'), v.memory_bytes, v.vcpus
  FROM virtual_machines AS v LEFT JOIN numa_tunes AS t ON t.vm_uuid = v.uuid
  WHERE NOT EXISTS (SELECT 1 FROM numa_tune_cells AS m WHERE m.numa_tune_id = t.id))
SELECT v.host, p.nodeset, count(DISTINCT v.uuid) AS vms, sum(CASE WHEN p.vcpus BETWEEN 0 AND 999999 THEN p.vcpus END) AS vcpus, round(sum(p.bytes / 1073741824.0), 1) AS gib,
  round(sum(CASE WHEN b.hugepages = 1 THEN p.bytes ELSE 0 END / 1073741824.0), 1) AS huge_gib
FROM parts AS p JOIN defined_vms AS v ON v.uuid = p.vm_uuid LEFT JOIN memory_backings AS b ON b.vm_uuid = v.uuid
GROUP BY v.host, p.nodeset ORDER BY 1, 2;
