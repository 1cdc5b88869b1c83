-- Which disks have a cache mode that is unsafe or slow, or do not give freed space back?
--
-- Asked in a review of storage. One row for each disk with a finding: 'unsafe' loses data if the host fails,
-- 'slow writes' is cache mode writethrough or directsync, 'default cache' leaves the mode to QEMU (writeback),
-- 'no discard' keeps what the guest deleted (thin images only grow). CD-ROM and floppy drives and read-only disks are
-- left out.
SELECT v.host, vm_name AS vm, device_name AS device, driver_type AS format, driver_cache AS cache, driver_discard AS discard,
  ltrim(CASE driver_cache WHEN 'unsafe' THEN ', unsafe' WHEN 'writethrough' THEN ', slow writes' WHEN 'directsync' THEN ', slow writes' ELSE '' END
    || CASE WHEN driver_cache IS NULL OR driver_cache = 'default' THEN ', default cache' ELSE '' END
    || CASE WHEN driver_discard IS NOT 'unmap' THEN ', no discard' ELSE '' END, ', ') AS finding
FROM vm_disks AS d JOIN defined_vms AS v ON v.uuid = d.vm_uuid
WHERE coalesce(device, 'disk') = 'disk' AND coalesce(read_only, 0) = 0
  AND (coalesce(driver_cache, 'default') IN ('unsafe', 'writethrough', 'directsync', 'default') OR driver_discard IS NOT 'unmap')
ORDER BY 1, 2, 3;
