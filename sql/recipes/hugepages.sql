-- Which VMs take their memory from huge pages, and how many pages do they need?
--
-- Asked before the pages are reserved at boot. page_kib is the size of a page. If the VM takes the host's default size,
-- page_kib and pages are empty: the database does not know that size. locked: the memory is also kept from being
-- swapped. A size with a nodeset is only for those guest cells, and pages is then an upper bound.
SELECT h.host, v.name AS vm, p.size_bytes / 1024 AS page_kib, (v.memory_bytes + p.size_bytes - 1) / p.size_bytes AS pages,
  p.nodeset, CASE WHEN b.locked = 1 THEN 1 ELSE 0 END AS locked
FROM memory_backings AS b JOIN virtual_machines AS v ON v.uuid = b.vm_uuid JOIN defined_vms AS h ON h.uuid = v.uuid
  LEFT JOIN memory_backing_pages AS p ON p.memory_backing_id = b.id
WHERE b.hugepages = 1
ORDER BY 1, 2;
