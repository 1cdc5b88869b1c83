-- notice: The guest has a generic or very old CPU model, though it runs on the host's CPU.
-- Why: it lacks what guests need for speed and against known attacks on processors (AES, AVX, PCID, spec-ctrl).
-- Do: use host-model, or a named model that all hosts have.
SELECT v.host_id, v.uuid AS vm_uuid, c.model AS detail
FROM defined_vms AS v JOIN virtual_machines AS m ON m.id = v.id JOIN cpus AS c ON c.vm_uuid = v.uuid
WHERE m.domain_type <> 'qemu' AND c.model IN ('qemu32', 'qemu64', 'kvm32', 'kvm64', 'cpu64-rhel5', 'cpu64-rhel6', '486', 'pentium', 'pentium2', 'pentium3', 'pentiumpro', 'coreduo', 'core2duo', 'n270', 'athlon', 'phenom', 'Conroe', 'Penryn', 'Opteron_G1', 'Opteron_G2', 'Opteron_G3');
