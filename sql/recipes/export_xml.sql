-- How do I write every VM's XML to a file, for a backup or because I leave?
--
-- Writes one file for each VM into the current folder, HOST-NAME.xml, as `virsh define` takes it: nothing of virtsql is
-- needed to use the files. A slash in a name becomes _. If two VMs would have the same file name, or names that differ
-- only in case, the UUID is appended. bytes is the length of the file; empty: it could not be written, or no XML can
-- express the VM's edited rows (domain_xml() says why).
WITH files AS (
  SELECT v.host, v.name AS vm, v.uuid, replace(coalesce(v.host || '-', '') || v.name, '/', '_') AS file FROM defined_vms AS v)
SELECT f.host, f.vm, writefile(f.file || CASE WHEN f.same > 1 THEN '-' || f.uuid ELSE '' END || '.xml', try_domain_xml(f.uuid, 'inactive')) AS bytes
FROM (SELECT host, vm, uuid, file, count(*) OVER (PARTITION BY lower(file)) AS same FROM files) AS f
ORDER BY 1, 2;
