-- The CPUs of a host by NUMA cell, as its capabilities say them, and which of them each VM may use. 16 CPUs a row; a
-- square is 22 wide, a cell 404.
WITH RECURSIVE cells AS (
  SELECT h.name AS host, CAST(c.key AS INTEGER) AS place, json_extract(c.value, '$."@id"') AS cell, json_extract(c.value, '$.cpus.cpu') AS cpus
  FROM (SELECT name, json_extract(capabilities_json, '$.capabilities.host.topology.cells.cell') AS list FROM hosts WHERE capabilities_json IS NOT NULL) AS h,
    json_each(CASE json_type(h.list) WHEN 'array' THEN h.list WHEN 'object' THEN json_array(json(h.list)) ELSE '[]' END) AS c),
processors AS (
  SELECT c.host, c.place AS cell_place, c.cell, CAST(p.key AS INTEGER) AS place, CAST(json_extract(p.value, '$."@id"') AS INTEGER) AS cpu
  FROM cells AS c, json_each(CASE json_type(c.cpus) WHEN 'array' THEN c.cpus WHEN 'object' THEN json_array(json(c.cpus)) ELSE '[]' END) AS p),
shown AS (
  SELECT uuid, name, host FROM vms
  WHERE state <> 'undefined' AND (:host IS NULL OR host = :host) AND (:vm IS NULL OR uuid = :vm)),
pins AS (SELECT p.vm_uuid, p.kind, p.vcpu, p.cpu FROM vm_cpu_pins AS p JOIN shown AS s ON s.uuid = p.vm_uuid),
pinned AS (SELECT vm_uuid, cpu, group_concat(who, ', ') AS who, max(kind LIKE 'vcpu%') AS by_vcpu FROM (
    SELECT DISTINCT vm_uuid, cpu, kind, kind || coalesce(' ' || vcpu, '') AS who FROM pins ORDER BY 1, 2, 3) GROUP BY vm_uuid, cpu),
said AS (SELECT vm_uuid, group_concat(what, '; ') AS words FROM (
    SELECT vm_uuid, kind || coalesce(' ' || vcpu, '') || ' on CPU ' || group_concat(cpu, ' ') AS what FROM (SELECT * FROM pins ORDER BY vm_uuid, kind, vcpu, cpu)
    GROUP BY vm_uuid, kind, vcpu) GROUP BY vm_uuid),
-- Only VMs that are pinned have something to show.
drawn AS (SELECT s.uuid, s.name, s.host, d.words FROM shown AS s JOIN said AS d ON d.vm_uuid = s.uuid
  WHERE EXISTS (SELECT 1 FROM processors AS p WHERE p.host = s.host))
