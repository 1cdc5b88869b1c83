-- Which VMs have options that go past libvirt: qemu:commandline, overrides, and elements that libvirt does not know?
--
-- Asked before an upgrade of QEMU: nobody checks these options. One row for each argument, environment variable,
-- overridden property, capability, deprecation behavior or foreign piece. position counts from 0 within each list.
SELECT v.host, v.name AS vm, o.kind, o.position, o.what
FROM (
    SELECT vm_uuid, 'argument' AS kind, position, value AS what FROM qemu_arguments
    UNION ALL
    SELECT vm_uuid, 'environment', position, name || coalesce('=' || value, '') FROM qemu_environments
    UNION ALL
    SELECT d.vm_uuid, 'override', p.position, d.alias || '.' || p.name || coalesce('=' || p.value, ' ' || p.type)
    FROM qemu_device_properties AS p JOIN qemu_device_overrides AS d ON d.id = p.qemu_device_override_id
    UNION ALL
    SELECT vm_uuid, 'capability', position, 'add ' || capability FROM qemu_capability_additions
    UNION ALL
    SELECT vm_uuid, 'capability', position, 'del ' || capability FROM qemu_capability_removals
    UNION ALL
    SELECT m.uuid, 'deprecation', 0, m.qemu_deprecation_behavior FROM virtual_machines AS m WHERE m.qemu_deprecation_behavior IS NOT NULL
    UNION ALL
    SELECT vm_uuid, 'argument', position, value FROM xen_arguments
    UNION ALL
    SELECT vm_uuid, 'argument', position, value FROM bhyve_arguments
    UNION ALL
    SELECT vm_uuid, 'environment', position, name || coalesce('=' || value, '') FROM bhyve_environments
    UNION ALL
    SELECT f.vm_uuid, 'foreign ' || f.kind, f.position, f.key FROM vendor_options AS f WHERE f.kind IN ('element', 'attribute', 'text')) AS o
  JOIN defined_vms AS v ON v.uuid = o.vm_uuid
ORDER BY 1, 2, 3, 4, 5;
