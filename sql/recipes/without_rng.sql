-- Which VMs have no random number generator?
--
-- Asked in an audit: guests without one may wait for entropy when they boot.
-- Any model and backend counts.
SELECT h.name AS host, v.name AS vm
FROM virtual_machines AS v LEFT JOIN hosts AS h ON h.id = v.host_id
WHERE NOT EXISTS (SELECT 1 FROM vm_rng_devices AS d WHERE d.vm_uuid = v.uuid)
ORDER BY 1, 2;
