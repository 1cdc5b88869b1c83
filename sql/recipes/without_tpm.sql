-- Which VMs have no TPM?
--
-- Asked in an audit: Windows 11 and sealed disk keys need one.
-- Any model counts.
SELECT h.name AS host, v.name AS vm
FROM virtual_machines AS v LEFT JOIN hosts AS h ON h.id = v.host_id
WHERE NOT EXISTS (SELECT 1 FROM vm_tpms AS d WHERE d.vm_uuid = v.uuid)
ORDER BY 1, 2;
