-- Which VMs start without secure boot?
--
-- Asked in an audit. firmware is bios, or it is uefi and secure boot is off or not mentioned. Secure boot is on if the
-- loader has secure='yes', or if libvirt is told to choose a firmware with the feature secure-boot enabled.
SELECT v.host, v.name AS vm, v.firmware
FROM vms AS v
WHERE v.state <> 'undefined' AND v.firmware IS NOT NULL AND coalesce(v.secure_boot, 0) = 0
ORDER BY 1, 2;
