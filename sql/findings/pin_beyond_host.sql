-- error: A virtual CPU is pinned to a CPU that the host does not have.
-- Why: the VM does not start.
-- Do: pin it to one of the host's CPUs. Looked at only on hosts whose capabilities were captured.
SELECT v.host_id, v.uuid AS vm_uuid, 'vCPU ' || p.vcpu || ' is pinned to ' || p.cpuset || ', the last CPU of the host is '
    || (SELECT max(h.cpu) FROM host_processors AS h WHERE h.host_id = v.host_id) AS detail
FROM defined_vms AS v JOIN cpu_tunes AS t ON t.vm_uuid = v.uuid JOIN vcpu_pins AS p ON p.cpu_tune_id = t.id
WHERE EXISTS (
  WITH RECURSIVE items (item, rest) AS (
    SELECT CAST(NULL AS TEXT), replace(p.cpuset, ' ', '') || ','
    UNION
    SELECT substr(i.rest, 1, instr(i.rest, ',') - 1), substr(i.rest, instr(i.rest, ',') + 1) FROM items AS i WHERE i.rest <> ''),
  -- The last number of each item, unless what stands behind the item takes it out again.
  ends (last) AS (
    SELECT substr(i.item, instr(i.item, '-') + 1) FROM items AS i
    WHERE i.item <> '' AND substr(i.item, 1, 1) <> '^' AND instr(',' || i.rest, ',^' || substr(i.item, instr(i.item, '-') + 1) || ',') = 0)
  -- What is no number is left out, as it would count as CPU 0.
  SELECT 1 FROM ends AS e
  WHERE CASE WHEN e.last <> '' AND trim(e.last, '0123456789') = '' AND length(ltrim(e.last, '0')) < 7 THEN CAST(e.last AS INTEGER) END
    > (SELECT max(h.cpu) FROM host_processors AS h WHERE h.host_id = v.host_id));
