-- Which VMs name something that is gone, so that they would not start?
--
-- Asked before a host is restarted. One row for each VM and missing thing: a network, a pool, a volume, a machine type,
-- a CPU that it is pinned to, an IOMMU group. Also VMs that libvirt refuses: secure boot without SMM, and a disk with
-- io=native and a host cache. Things are looked for only on hosts of which that kind was captured. How: these are
-- findings of severity error. The view findings has all of them.
SELECT f.host, f.vm_name AS vm, f.rule AS kind, f.detail AS missing
FROM findings AS f
WHERE f.rule IN ('missing_network', 'missing_pool', 'missing_volume', 'machine_type_unknown', 'pin_beyond_host', 'no_iommu_group', 'secure_boot_without_smm', 'native_io_with_cache')
ORDER BY 1, 2, 3, 4;
