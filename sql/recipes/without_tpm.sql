-- Which VMs have no TPM?
--
-- Asked in an audit: Windows 11 and sealed disk keys need one.
-- Any model counts.
SELECT v.host, v.name AS vm
FROM defined_vms AS v
WHERE NOT EXISTS (SELECT 1 FROM vm_tpms AS d WHERE d.vm_uuid = v.uuid)
ORDER BY 1, 2;
