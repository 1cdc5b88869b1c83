-- Which disks have no serial number?
--
-- Asked when guests are to find disks by /dev/disk/by-id: a disk without a serial number or WWN has no stable name
-- there. CD-ROM and floppy drives are left out.
SELECT v.host, d.vm_name AS vm, d.device_name AS device, coalesce(d.path, d.pool || '/' || d.volume) AS image
FROM vm_disks AS d JOIN defined_vms AS v ON v.uuid = d.vm_uuid
WHERE d.serial IS NULL AND d.wwn IS NULL AND coalesce(d.device, 'disk') IN ('disk', 'lun')
ORDER BY 1, 2, 3;
