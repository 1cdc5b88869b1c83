-- Which VMs have no random number generator?
--
-- Asked in an audit: guests without one may wait for entropy when they boot.
-- Any model and backend counts.
SELECT v.host, v.name AS vm
FROM defined_vms AS v
WHERE NOT EXISTS (SELECT 1 FROM vm_rng_devices AS d WHERE d.vm_uuid = v.uuid)
ORDER BY 1, 2;
