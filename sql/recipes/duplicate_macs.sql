-- Which MAC addresses are there twice?
--
-- Asked when a guest loses its network now and then, as it does if a VM was copied with its XML. One row for each
-- address: how many cards have it, and which VMs on which hosts. A VM that has the same address twice counts too.
SELECT p.mac, count(*) AS cards, group_concat(p.vm, ', ') AS vms
-- Sorted by what is grouped, too: PostgreSQL may sort anew before it groups, and loses the order of the VMs.
FROM (SELECT lower(p.mac_address) AS mac, p.vm_name || '@' || coalesce(v.host, '?') AS vm
      FROM vm_ports AS p JOIN defined_vms AS v ON v.uuid = p.vm_uuid
      WHERE p.mac_address IS NOT NULL ORDER BY 1, 2) AS p
GROUP BY p.mac HAVING count(*) > 1
ORDER BY 1;
