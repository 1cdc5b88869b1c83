-- How do I write every VM's XML to a file, for a backup or because I leave?
--
-- One file for each VM in the current folder, HOST-NAME.xml, as `virsh define` takes it: nothing of virtsql is needed
-- to use them. A slash in a name becomes _; where two VMs would have the same file, also on file systems that do not tell capital letters
-- from small ones, the UUID is added. bytes is how long each file is; empty: it could not be written.
WITH files AS (
  SELECT v.host, v.name AS vm, v.uuid, replace(coalesce(v.host || '-', '') || v.name, '/', '_') AS file FROM defined_vms AS v)
SELECT f.host, f.vm, writefile(f.file || CASE WHEN f.same > 1 THEN '-' || f.uuid ELSE '' END || '.xml', domain_xml(f.uuid, 'inactive')) AS bytes
FROM (SELECT host, vm, uuid, file, count(*) OVER (PARTITION BY lower(file)) AS same FROM files) AS f
ORDER BY 1, 2;
