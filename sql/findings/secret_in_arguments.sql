-- error: A QEMU argument or environment variable of the VM holds a password.
-- Why: it is in the host's process list, in libvirt's files and in every backup of them.
-- Do: use libvirt's secrets, or QEMU's secret object with a file.
SELECT v.host_id, v.uuid AS vm_uuid, 'argument ' || a.position AS detail
FROM defined_vms AS v JOIN qemu_arguments AS a ON a.vm_uuid = v.uuid
-- password=on only says that one is asked for. An object may be written as JSON too.
WHERE instr(replace(replace(lower(a.value) || ',', 'password=on,', ''), 'password=off,', ''), 'password=') > 0 OR instr(lower(a.value), 'passwd=') > 0
  OR substr(lower(a.value), 1, 7) = 'secret,' AND instr(lower(a.value), 'data=') > 0
  OR instr(lower(a.value), '"qom-type"') > 0 AND instr(lower(a.value), '"secret"') > 0 AND instr(lower(a.value), '"data"') > 0
UNION ALL
SELECT v.host_id, v.uuid, 'environment variable ' || e.name
FROM defined_vms AS v JOIN qemu_environments AS e ON e.vm_uuid = v.uuid
WHERE coalesce(e.value, '') <> '' AND (instr(lower(e.name), 'password') > 0 OR instr(lower(e.name), 'passwd') > 0 OR instr(lower(e.name), 'secret') > 0);
