-- Every device of every VM, as virt-manager lists them: one row each, whatever kind it is.
-- Write: the device's own view, vm_<plural>
CREATE VIEW vm_devices (
  host,         -- text: Name of the host.
  vm_name,      -- text: Name of the VM.
  vm_uuid,      -- text: UUID of the VM.
  position,     -- integer: Its place among the VM's devices of its kind, from 0.
  element,      -- text: Its XML element: disk, interface, graphics, hostdev, ...
  name,         -- text: What tells it from others of its kind: target (vda), MAC address, port, index.
  model,        -- text: Its model; if it has none, its bus or type.
  source,       -- text: What of the host is behind it: image, network, socket, PCI address, ...
  details,      -- text: What else says something about it, as name=value.
  pci_address,  -- text: Its PCI address in the guest.
  alias,        -- text: Its alias.
  table_name,   -- text: The table that has its row.
  id            -- integer: Its id there, for device_xml(table_name, id).
) AS
@DEVICES@;
