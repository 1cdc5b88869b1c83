-- Which VMs start without secure boot?
--
-- Asked in an audit. firmware is 'BIOS', or 'UEFI' where secure boot is merely off. Secure boot is on where the loader
-- says secure='yes', or libvirt is to choose a firmware with the feature secure-boot enabled.
SELECT h.name AS host, v.name AS vm, CASE WHEN b.firmware = 'efi' OR b.loader_type = 'pflash' THEN 'UEFI' ELSE 'BIOS' END AS firmware
FROM virtual_machines AS v LEFT JOIN boot_configs AS b ON b.vm_uuid = v.uuid LEFT JOIN hosts AS h ON h.id = v.host_id
WHERE b.secure_boot IS NOT 'yes' AND NOT EXISTS (
  SELECT 1 FROM firmware_features AS f WHERE f.boot_config_id = b.id AND f.name = 'secure-boot' AND f.enabled = 'yes')
ORDER BY 1, 2;
