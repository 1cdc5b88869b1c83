-- Every graphical display of every VM (VNC, SPICE, ...), one row each.
-- Write: vm_consoles
CREATE VIEW vm_graphics (
  host,        -- text: Name of the host.
  vm_name,     -- text: Name of the VM.
  vm_uuid,     -- text: UUID of the VM.
  type,        -- text: vnc, spice, rdp, sdl, dbus, egl-headless, desktop.
  port,        -- integer: TCP port; NULL: libvirt chooses one at each start, or there is none.
  autoport,    -- integer: 1: libvirt chooses the port; 0: it does not; NULL: libvirt's default.
  listen,      -- text: Addresses, networks or sockets where it listens, separated by commas; NULL: as in qemu.conf.
  open_to_all  -- integer: 1: anybody who reaches the host reaches it (VNC, SPICE or RDP on 0.0.0.0, :: and other spellings of them).
) AS
SELECT v.host, v.name, c.vm_uuid, c.type, CAST(nullif(c.port, -1) AS INTEGER), CASE c.autoport WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END,
  coalesce(c.socket, (SELECT group_concat(coalesce(l.address, l.socket, l.network), ',') FROM console_listens AS l WHERE l.console_id = c.id),
    c.listen_address),
  -- 0.0.0.0, 0, ::, ::0 and [0:0:0:0:0:0:0:0] are all the same to whoever listens there.
  CASE WHEN c.type IN ('vnc', 'spice', 'rdp') AND c.socket IS NULL AND (c.listen_address <> '' AND trim(c.listen_address, '0.:[]*') = '' OR EXISTS (SELECT 1 FROM console_listens AS l
      WHERE l.console_id = c.id AND l.address <> '' AND trim(l.address, '0.:[]*') = '')) THEN 1 ELSE 0 END
FROM consoles AS c JOIN defined_vms AS v ON v.uuid = c.vm_uuid
WHERE c.element = 'graphics';
