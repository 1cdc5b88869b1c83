-- How do I write every VM's XML to a file, for a backup or because I leave?
--
-- One file for each VM in the current folder, HOST-NAME.xml, as `virsh define` takes it: nothing of virtsql is needed
-- to use them. bytes is how long each file is; empty: it could not be written. A slash in a name becomes _.
SELECT h.name AS host, v.name AS vm,
  writefile(replace(coalesce(h.name || '-', '') || v.name, '/', '_') || '.xml', domain_xml(v.uuid, 'inactive')) AS bytes
FROM virtual_machines AS v LEFT JOIN hosts AS h ON h.id = v.host_id
ORDER BY 1, 2;
