-- Which VMs name something that is gone, so that they would not start?
--
-- Asked before a host is restarted. One row for each VM and missing thing: a network, a pool, a volume, a
-- machine type, a CPU that it is pinned to. Each is looked for only where the host's were captured at all. How: these are the findings of
-- severity error that are about what is missing; all of them are in the view findings.
SELECT f.host, f.vm_name AS vm, f.rule AS kind, f.detail AS missing
FROM findings AS f
WHERE f.rule IN ('missing_network', 'missing_pool', 'missing_volume', 'machine_type_unknown', 'pin_beyond_host', 'no_iommu_group', 'secure_boot_without_smm', 'native_io_with_cache')
ORDER BY 1, 2, 3, 4;
