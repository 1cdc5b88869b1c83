-- notice: The VM has arguments for QEMU that libvirt does not look at.
-- Why: an upgrade of QEMU may refuse them, and the VM is marked as tainted.
-- Do: look whether libvirt has an element for it by now.
SELECT v.host_id, v.uuid AS vm_uuid, a.value AS detail
FROM defined_vms AS v JOIN qemu_arguments AS a ON a.vm_uuid = v.uuid
WHERE substr(a.value, 1, 1) = '-';
