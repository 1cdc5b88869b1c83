-- Which host CPUs the threads of a VM may run on: one row for each thread and host CPU. VMs that may run anywhere have none.
-- Write: vcpu_pins, iothread_pins, cpu_tunes, virtual_machines
CREATE VIEW vm_cpu_pins (
  host,     -- text: Name of the host.
  vm_name,  -- text: Name of the VM.
  vm_uuid,  -- text: UUID of the VM.
  kind,     -- text: vcpu, emulator, iothread; cpuset: for every thread without a pin of its own.
  vcpu,     -- integer: Number of the virtual CPU, of an iothread its number; NULL: of the others.
  cpu       -- integer: Number of the host's CPU.
) AS
WITH RECURSIVE sets (vm_uuid, kind, vcpu, cpus) AS (
  SELECT v.uuid, 'cpuset', CAST(NULL AS INTEGER), v.vcpu_cpuset FROM virtual_machines AS v WHERE v.vcpu_cpuset IS NOT NULL
  UNION ALL
  SELECT t.vm_uuid, 'emulator', CAST(NULL AS INTEGER), t.emulator_cpuset FROM cpu_tunes AS t WHERE t.emulator_cpuset IS NOT NULL
  UNION ALL
  SELECT t.vm_uuid, 'vcpu', CAST(p.vcpu AS INTEGER), p.cpuset FROM vcpu_pins AS p JOIN cpu_tunes AS t ON t.id = p.cpu_tune_id
  UNION ALL
  SELECT t.vm_uuid, 'iothread', CAST(p.iothread AS INTEGER), p.cpuset FROM iothread_pins AS p JOIN cpu_tunes AS t ON t.id = p.cpu_tune_id),
distinct_sets (cpus) AS (SELECT DISTINCT cpus FROM sets),
items (cpus, place, item, rest) AS (
  SELECT cpus, 0, CAST(NULL AS TEXT), replace(cpus, ' ', '') || ',' FROM distinct_sets
  UNION ALL
  SELECT cpus, place + 1, substr(rest, 1, instr(rest, ',') - 1), substr(rest, instr(rest, ',') + 1) FROM items WHERE rest <> ''),
spelled (cpus, place, without, first, last) AS (
  SELECT cpus, place, CASE WHEN substr(item, 1, 1) = '^' THEN 1 ELSE 0 END,
    replace(CASE WHEN instr(item, '-') > 0 THEN substr(item, 1, instr(item, '-') - 1) ELSE item END, '^', ''),
    replace(CASE WHEN instr(item, '-') > 0 THEN substr(item, instr(item, '-') + 1) ELSE item END, '^', '')
  FROM items WHERE item <> ''),
-- What is no number is left out, as it would count as CPU 0.
ranges (cpus, place, without, first, last) AS (
  SELECT cpus, place, without, CAST(first AS INTEGER), CAST(last AS INTEGER) FROM spelled
  WHERE first <> '' AND last <> '' AND trim(first, '0123456789') = '' AND trim(last, '0123456789') = ''
    AND length(ltrim(first, '0')) < 7 AND length(ltrim(last, '0')) < 7),
numbers (cpus, place, cpu, last) AS (
  SELECT cpus, place, first, last FROM ranges WHERE without = 0 AND last - first BETWEEN 0 AND 65535
  UNION ALL
  SELECT cpus, place, cpu + 1, last FROM numbers WHERE cpu < last),
-- libvirt reads a set from left to right: ^2 takes out what stands before it.
members (cpus, cpu) AS (
  SELECT DISTINCT n.cpus, n.cpu FROM numbers AS n
  WHERE NOT EXISTS (
    SELECT 1 FROM ranges AS r WHERE r.cpus = n.cpus AND r.without = 1 AND r.place > n.place AND n.cpu BETWEEN r.first AND r.last))
SELECT v.host, v.name, s.vm_uuid, s.kind, s.vcpu, m.cpu
FROM sets AS s JOIN members AS m ON m.cpus = s.cpus JOIN defined_vms AS v ON v.uuid = s.vm_uuid;
