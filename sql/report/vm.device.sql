-- Every device, in the order of the document.
SELECT d.vm_uuid AS parent_key, d.table_name || ':' || d.id AS key, d.element || coalesce(' ' || d.name, '') AS heading,
  d.model, d.source, d.details, d.pci_address, :full AS has_values
FROM vm_devices AS d
WHERE (:host IS NULL OR d.host = :host) AND (:vm IS NULL OR d.vm_uuid = :vm)
