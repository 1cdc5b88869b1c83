-- The CPUs of a host by NUMA cell, as its capabilities say them, and which of them each VM may use. 16 CPUs a row; a
-- square is 22 wide, a cell 404.
WITH RECURSIVE processors AS (
  SELECT host, dense_rank() OVER (PARTITION BY host ORDER BY cell) - 1 AS cell_place, cell,
    row_number() OVER (PARTITION BY host, cell ORDER BY cpu) - 1 AS place, cpu
  FROM host_processors),
cells AS (SELECT DISTINCT host, cell_place AS place, cell FROM processors),
shown AS (
  SELECT uuid, name, host FROM vms
  WHERE state <> 'undefined' AND @SHOWN(host, uuid)@),
pins AS (SELECT p.vm_uuid, p.kind, p.vcpu, p.cpu FROM vm_cpu_pins AS p JOIN shown AS s ON s.uuid = p.vm_uuid),
pinned AS (SELECT vm_uuid, cpu, group_concat(who, ', ') AS who, max(kind LIKE 'vcpu%') AS by_vcpu FROM (
    SELECT DISTINCT vm_uuid, cpu, kind, kind || coalesce(' ' || vcpu, '') AS who FROM pins ORDER BY 1, 2, 3) GROUP BY vm_uuid, cpu),
said AS (SELECT vm_uuid, group_concat(what, '; ') AS words FROM (
    SELECT vm_uuid, kind || coalesce(' ' || vcpu, '') || ' on CPU ' || group_concat(cpu, ' ') AS what FROM (SELECT * FROM pins ORDER BY vm_uuid, kind, vcpu, cpu)
    GROUP BY vm_uuid, kind, vcpu) GROUP BY vm_uuid),
-- Only VMs that are pinned have something to show.
drawn AS (SELECT s.uuid, s.name, s.host, d.words FROM shown AS s JOIN said AS d ON d.vm_uuid = s.uuid
  WHERE EXISTS (SELECT 1 FROM processors AS p WHERE p.host = s.host))
