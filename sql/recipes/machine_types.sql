-- Which VMs have a machine type that is to be retired?
--
-- Asked before QEMU is upgraded: new versions drop old machine types, and such a VM will not start. :oldest is the
-- oldest version that stays (default 5.0); types without a version (q35, pc) follow QEMU and are no risk.
-- How: the version is what follows the last hyphen, compared as major and minor number.
WITH machines AS (
  SELECT vm_uuid, machine, replace(replace(machine, 'pc-i440fx-', ''), 'pc-q35-', '') AS version
  FROM boot_configs WHERE machine GLOB 'pc-i440fx-[0-9]*' OR machine GLOB 'pc-q35-[0-9]*')
SELECT h.name AS host, v.name AS vm, m.machine
FROM machines AS m JOIN virtual_machines AS v ON v.uuid = m.vm_uuid LEFT JOIN hosts AS h ON h.id = v.host_id
WHERE 1000 * CAST(version AS INTEGER) + CAST(substr(version, instr(version, '.') + 1) AS INTEGER)
  < 1000 * CAST(coalesce(:oldest, '5.0') AS INTEGER)
    + CAST(substr(coalesce(:oldest, '5.0'), instr(coalesce(:oldest, '5.0'), '.') + 1) AS INTEGER)
ORDER BY 1, 2;
