-- Which VMs start without secure boot?
--
-- Asked in an audit. firmware is bios, or uefi where secure boot is merely off or where nothing says it. Secure boot is on where the loader
-- says secure='yes', or libvirt is to choose a firmware with the feature secure-boot enabled.
SELECT v.host, v.name AS vm, v.firmware
FROM vms AS v
WHERE v.state <> 'undefined' AND v.firmware IS NOT NULL AND coalesce(v.secure_boot, 0) = 0
ORDER BY 1, 2;
