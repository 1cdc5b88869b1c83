-- error: Two VMs of a host have one file of firmware variables.
-- Why: each overwrites the other's boot entries and keys.
-- Do: give one VM a file of its own: clear nvram_path, and libvirt makes one.
SELECT v.host_id, v.uuid AS vm_uuid, c.nvram_path || ' is also of ' || w.name AS detail
FROM defined_vms AS v JOIN boot_configs AS b ON b.vm_uuid = v.uuid LEFT JOIN nvram_sources AS n ON n.boot_config_id = b.id
  JOIN boot_configs AS c ON c.nvram_path = coalesce(b.nvram_path, n.path) AND c.id <> b.id
  JOIN defined_vms AS w ON w.uuid = c.vm_uuid AND +w.host_id = +v.host_id
-- The other VM names the file in a <source>.
UNION ALL
SELECT v.host_id, v.uuid, m.path || ' is also of ' || w.name
FROM defined_vms AS v JOIN boot_configs AS b ON b.vm_uuid = v.uuid LEFT JOIN nvram_sources AS n ON n.boot_config_id = b.id
  JOIN nvram_sources AS m ON m.path = coalesce(b.nvram_path, n.path) JOIN boot_configs AS c ON c.id = m.boot_config_id AND c.id <> b.id
  JOIN defined_vms AS w ON w.uuid = c.vm_uuid AND +w.host_id = +v.host_id
WHERE c.nvram_path IS NULL;
