-- Which VMs have a machine type that is to be retired?
--
-- Asked before QEMU is upgraded: new versions drop old machine types, and a VM with a dropped type does not start.
-- :oldest is the oldest major version that stays (default 5). reason: old (its version is below that), deprecated (the
-- host's QEMU says so), a distribution's (its version means nothing outside of that distribution), unknown (the host
-- does not offer it). Types without a version (q35, pc) follow QEMU and are no risk. How: the version is what follows
-- the last hyphen.
WITH machines AS (
  SELECT b.vm_uuid, b.arch, b.machine, replace(b.machine, rtrim(b.machine, replace(b.machine, '-', '')), '') AS version FROM boot_configs AS b WHERE b.machine IS NOT NULL),
judged AS (
  SELECT v.host, v.name AS vm, m.machine,
    CASE
      WHEN EXISTS (SELECT 1 FROM host_machines AS o WHERE o.host = v.host AND o.machine = m.machine AND o.deprecated = 1) THEN 'deprecated'
      WHEN EXISTS (SELECT 1 FROM host_machines AS o WHERE o.host = v.host AND o.arch = m.arch)
        AND NOT EXISTS (SELECT 1 FROM host_machines AS o WHERE o.host = v.host AND o.arch = m.arch AND m.machine IN (o.machine, o.canonical)) THEN 'unknown'
      WHEN substr(m.version, 1, 1) BETWEEN '0' AND '9'
        AND CAST(substr(m.version, 1, instr(m.version || '.', '.') - 1) AS INTEGER) < CAST(coalesce(:oldest, '5') AS INTEGER) THEN 'old'
      WHEN m.version LIKE 'rhel%' OR (m.machine LIKE 'pc-%-%' AND substr(m.version, 1, 1) NOT BETWEEN '0' AND '9') THEN 'a distribution''s'
    END AS reason
  FROM machines AS m JOIN defined_vms AS v ON v.uuid = m.vm_uuid)
SELECT host, vm, machine, reason FROM judged WHERE reason IS NOT NULL ORDER BY 1, 2;
