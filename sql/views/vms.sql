-- Every VM with what people ask first, one row each; also those that libvirt no longer has (state undefined).
-- Write: virtual_machines
CREATE VIEW vms (
  host,         -- text: Name of the host.
  name,         -- text: Name of the VM.
  uuid,         -- text: UUID of the VM.
  title,        -- text: Short title for people.
  state,        -- text: What libvirt last said: running, paused, shut off, crashed, pmsuspended; undefined: libvirt no longer has it; unknown.
  autostart,    -- integer: 1: it starts with its host; 0: it does not; NULL: not known.
  persistent,   -- integer: 1: it has a definition that stays; 0: it goes when it stops; NULL: not known.
  vcpus,        -- integer: Highest number of virtual CPUs.
  memory_mib,   -- integer: Memory at boot in MiB.
  machine,      -- text: Machine type: pc-q35-8.2, virt-8.2, ...
  firmware,     -- text: uefi or bios; NULL: neither (containers, other architectures), or left to the hypervisor.
  secure_boot,  -- integer: 1: secure boot is on; 0: it is off; NULL: libvirt is to choose the firmware and nothing says which.
  source,       -- text: imported: the rows follow libvirt; managed: the rows are the intent.
  sync_status,  -- text: SYNCED, DRIFTED (libvirt has something else than the rows) or UNKNOWN (not compared since the rows were edited, or libvirt's definition is not known).
  last_seen     -- text: When libvirt last reported it, in UTC.
) AS
SELECT h.name, v.name, v.uuid, v.title, coalesce(s.state, 'unknown'), s.autostart, s.persistent, CAST(v.vcpus AS INTEGER),
  CAST(v.memory_bytes / 1048576 AS BIGINT), b.machine,
  CASE WHEN b.firmware = 'efi' OR b.loader_type = 'pflash' OR instr(lower(b.loader_path), 'efi') > 0
      OR instr(lower(b.loader_path), 'ovmf') > 0 OR instr(lower(b.loader_path), 'edk2') > 0 OR instr(lower(b.loader_path), 'aavmf') > 0 THEN 'uefi'
    WHEN b.os_type = 'hvm' AND coalesce(b.arch, 'x86_64') IN ('x86_64', 'i686') THEN 'bios' END,
  CASE WHEN b.secure_boot = 'yes' OR EXISTS (SELECT 1 FROM firmware_features AS f
      WHERE f.boot_config_id = b.id AND f.name = 'secure-boot' AND f.enabled = 'yes') THEN 1
    WHEN b.firmware = 'efi' AND b.loader_path IS NULL AND b.secure_boot IS NULL AND NOT EXISTS (SELECT 1 FROM firmware_features AS f
      WHERE f.boot_config_id = b.id AND f.name = 'secure-boot') THEN NULL
    ELSE 0 END,
  v.source, v.sync_status, s.last_seen
FROM virtual_machines AS v LEFT JOIN hosts AS h ON h.id = v.host_id LEFT JOIN boot_configs AS b ON b.vm_uuid = v.uuid
  LEFT JOIN vm_states AS s ON s.vm_uuid = v.uuid AND s.host_id = v.host_id;
