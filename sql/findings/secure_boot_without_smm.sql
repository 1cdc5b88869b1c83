-- error: Secure boot is asked for, but System Management Mode is not on.
-- Why: libvirt refuses to start the VM, as without SMM the guest could change the keys.
-- Do: set smm_state = 'on' in vm_features.
SELECT v.host_id, v.uuid AS vm_uuid, 'loader has secure=yes, smm is not on' AS detail
FROM defined_vms AS v JOIN boot_configs AS b ON b.vm_uuid = v.uuid
WHERE b.secure_boot = 'yes' AND coalesce(b.arch, 'x86_64') = 'x86_64'
  AND NOT EXISTS (SELECT 1 FROM vm_features AS f WHERE f.vm_uuid = v.uuid AND f.smm = 1 AND coalesce(f.smm_state, 'on') = 'on')
  -- If libvirt chooses the firmware, it switches SMM on by itself.
  AND (coalesce(b.firmware, '') <> 'efi' OR EXISTS (SELECT 1 FROM vm_features AS f WHERE f.vm_uuid = v.uuid AND f.smm_state = 'off'));
