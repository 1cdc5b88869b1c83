-- What the schema costs. The bounds are what is reached: whoever raises one says in the commit what it is needed for.
SELECT virtsql_init() > 0;
--> 1
-- An empty database, in bytes.
SELECT (SELECT page_size FROM pragma_page_size) = 4096, (SELECT page_count FROM pragma_page_count) * 4096 <= 3890000;
--> 1|1
-- What SQLite reads when it opens one: characters for each column of a table, statements for each table. Both stay if the
-- catalog gets a line more.
SELECT sum(length(sql)) / (SELECT count(*) FROM sqlite_master AS m, pragma_table_xinfo(m.name) WHERE m.type = 'table') <= 187.1,
  count(sql) * 1.0 / sum(type = 'table') <= 5.71 FROM sqlite_master;
--> 1|1
-- Entries of indexes for each row that one more VM writes, of those that many VMs are like.
CREATE TEMP VIEW entries AS
  SELECT m.type AS kind, sum(s.ncell) AS n FROM dbstat AS s JOIN main.sqlite_master AS m ON m.name = s.name
  WHERE m.tbl_name NOT IN ('captures', 'documents') AND (m.type = 'index' OR s.pagetype = 'leaf') AND s.pagetype <> 'overflow' GROUP BY 1;
CREATE TEMP TABLE done AS SELECT domain_import(readfile('@DOCUMENTS@/web.xml'), 'host');
CREATE TEMP TABLE before AS SELECT * FROM entries;
INSERT INTO done SELECT domain_import(replace(replace(replace(replace(readfile('@DOCUMENTS@/web.xml'),
  '<name>web<', '<name>web' || value || '<'), '4dea22b3-1d52-d8f3-2516-782e98ab3fa0', format('4dea22b3-1d52-d8f3-2516-%012d', value)),
  '<mac address=''52:54:00', format('<mac address=''52:54:%02d', value)), '/web', '/web' || value), 'host') FROM generate_series(1, 20);
SELECT count(*) FROM virtual_machines;
--> 21
SELECT count(DISTINCT mac_address) > 20, (SELECT count(*) FROM disks WHERE path GLOB '*/web[1-9]*') >= 20 FROM ports;
--> 1|1
CREATE TEMP TABLE added AS SELECT kind, (e.n - b.n) / 20.0 AS n FROM entries AS e JOIN before AS b USING (kind);
SELECT n > 40 FROM added WHERE kind = 'table';
--> 1
SELECT (SELECT n FROM added WHERE kind = 'index') / (SELECT n FROM added WHERE kind = 'table') <= 1.35;
--> 1
-- Nothing but a deletion of hardware models asks who has one: it finds another owner in the first rows.
SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name IN ('video_attachments_resource', 'controller_attachments_resource');
--> 0
-- What analysts look for is found by an index: MAC, image, address, name, the VM's rows, who uses a thing.
CREATE TEMP TABLE question (text);
INSERT INTO question VALUES
  ('SELECT 1 FROM ports WHERE mac_address = ''x'''), ('SELECT 1 FROM disks WHERE path = ''x'''),
  ('SELECT 1 FROM disk_attachments WHERE vm_uuid = ''x'''), ('SELECT 1 FROM disk_attachments WHERE disk_id = 1'),
  ('SELECT 1 FROM disk_attachments WHERE vm_uuid = ''x'' AND device_name = ''vda'''),
  ('SELECT 1 FROM port_attachments WHERE port_id = 1'), ('SELECT 1 FROM host_devices WHERE pci_address = ''x'''),
  ('SELECT 1 FROM host_device_attachments WHERE host_device_id = 1'), ('SELECT 1 FROM virtual_machines WHERE name = ''x'''),
  ('SELECT 1 FROM virtual_machines WHERE uuid = ''x'''), ('SELECT 1 FROM networks WHERE host_id = 1 AND name = ''x'''),
  ('SELECT 1 FROM volumes WHERE path = ''x'''), ('SELECT 1 FROM video_attachments WHERE vm_uuid = ''x'''),
  ('SELECT 1 FROM video_attachments WHERE vm_uuid = ''x'' AND monitor_index = 0'), ('SELECT 1 FROM cpus WHERE vm_uuid = ''x''');
.once $SCRATCH/explain.sql
SELECT 'EXPLAIN QUERY PLAN ' || text || ';' FROM question;
.output $SCRATCH/plans
.read $SCRATCH/explain.sql
.output
SELECT (length(p) - length(replace(p, 'SEARCH', ''))) / 6 = (SELECT count(*) FROM question), instr(p, 'SCAN') FROM (SELECT CAST(readfile('$SCRATCH/plans') AS TEXT) AS p);
--> 1|0
