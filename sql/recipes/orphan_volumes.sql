-- Which volumes does nothing need?
--
-- Asked when a pool is full. One row for each volume whose path is not in host_files of its host: no VM names it as
-- disk, firmware, kernel, TPM state or anything else, no snapshot needs it, no image that is used has it below, and no
-- running VM has it in what only it has until it stops (an attached disk, a block copy), as far as drift_details tells:
-- not if the VM's rows were edited since (sync_status UNKNOWN). gib is the space that it takes. Look before you delete:
-- VMs that were never captured are unknown here, and VMs of another host that has the pool's folder mounted do not
-- count. Volumes that are no files or devices of the host (RBD, gluster), and those of iscsi, scsi and mpath pools, are
-- left out: their paths do not tell which disk uses them.
WITH drifted AS MATERIALIZED (
  SELECT v.host_id, v.drift_details FROM virtual_machines AS v WHERE v.sync_status = 'DRIFTED' AND v.drift_details IS NOT NULL)
SELECT h.name AS host, o.name AS volume, o.path, round(o.allocation_bytes / 1073741824.0, 1) AS gib
FROM volumes AS o LEFT JOIN hosts AS h ON h.id = o.host_id
  LEFT JOIN (SELECT DISTINCT f.host, f.path FROM host_files AS f) AS n ON n.path = o.path AND n.host = h.name
WHERE n.path IS NULL AND substr(o.path, 1, 1) = '/'
  -- In the details a value stands in quotes: in those of XML's attributes, or in those of JSON.
  AND NOT EXISTS (SELECT 1 FROM drifted AS d WHERE d.host_id = o.host_id AND (instr(d.drift_details, '''' || o.path || '''') > 0
    OR instr(d.drift_details, '"' || o.path || '"') > 0 OR instr(d.drift_details, 'volume=''' || o.name || '''') > 0)) AND NOT EXISTS (
  SELECT 1 FROM pool_places AS p
  WHERE p.host_id = o.host_id AND p.type IN ('iscsi', 'iscsi-direct', 'scsi', 'mpath')
    AND p.folder = rtrim(o.path, replace(o.path, '/', '')))
ORDER BY 1, 2;
