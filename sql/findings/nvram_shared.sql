-- error: Two VMs of a host have one file of firmware variables.
-- Why: each overwrites the other's boot entries and keys.
-- Do: give one VM a file of its own: clear nvram_path, and libvirt makes one.
SELECT v.host_id, v.uuid AS vm_uuid, b.nvram_path || ' is also of ' || w.name AS detail
FROM defined_vms AS v JOIN boot_configs AS b ON b.vm_uuid = v.uuid JOIN boot_configs AS c ON c.nvram_path = b.nvram_path AND c.id <> b.id
  JOIN defined_vms AS w ON w.uuid = c.vm_uuid AND +w.host_id = +v.host_id;
