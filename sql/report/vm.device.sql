-- Every device, in the order of the document.
SELECT d.vm_uuid AS parent_key, d.table_name || ':' || d.id AS key, d.element || coalesce(' ' || d.name, '') AS heading,
  d.model, d.source, d.details, d.pci_address, :full AS has_values
FROM vm_devices AS d
WHERE @SHOWN(d.host, d.vm_uuid)@
