-- Every device, in the order of the document.
SELECT d.vm_uuid AS parent_key, d.table_name || ':' || d.id AS key, d.element || coalesce(' ' || d.name, '') AS heading,
  d.model, d.source, d.details, d.pci_address, :full AS has_values,
  -- What the host says of a device that is passed through.
  CASE WHEN d.source GLOB '????:??:??.?' THEN (SELECT coalesce(p.product_name || coalesce(', IOMMU group ' || p.iommu_group, ''), 'IOMMU group ' || p.iommu_group) FROM host_pci_devices AS p
    JOIN node_devices AS n ON n.id = p.node_device_id JOIN hosts AS h ON h.id = n.host_id WHERE p.pci_address = d.source AND h.name = d.host) END AS card
FROM vm_devices AS d
WHERE @SHOWN(d.host, d.vm_uuid)@
