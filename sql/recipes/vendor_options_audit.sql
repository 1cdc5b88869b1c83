-- Which VMs have options that go past libvirt: qemu:commandline, and elements that libvirt does not know?
--
-- Asked before an upgrade of QEMU: nobody checks these options. One row for each argument, environment variable or
-- foreign piece; position is its place among the VM's arguments.
SELECT v.name AS vm, 'argument' AS kind, a.position, a.value
FROM qemu_arguments AS a JOIN virtual_machines AS v ON v.uuid = a.vm_uuid
UNION ALL
SELECT v.name, 'environment', e.position, e.name || '=' || coalesce(e.value, '')
FROM qemu_environments AS e JOIN virtual_machines AS v ON v.uuid = e.vm_uuid
UNION ALL
SELECT v.name, 'foreign ' || o.kind, o.position, o.key
FROM vendor_options AS o JOIN virtual_machines AS v ON v.uuid = o.vm_uuid
ORDER BY 1, 2, 3;
