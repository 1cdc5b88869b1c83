-- The arguments of table-valued functions are columns: whatever a query does with them, they have the values that it gave.
SELECT virtsql_init() > 0;
--> 1
CREATE TEMP TABLE done AS SELECT domain_import(readfile('@DOCUMENTS@/' || value || '.xml'), 'host') FROM json_each('["web","db"]');
SELECT vm, operation FROM domain_history('web');
--> web|import
SELECT vm, operation FROM domain_history WHERE vm = 'web' OR vm = 'db' ORDER BY vm;
--> db|import
--> web|import
SELECT vm, operation FROM domain_history WHERE vm IN ('web', 'db', 'web') ORDER BY vm;
--> db|import
--> web|import
-- Two calls, whose rows SQLite tells apart by the rowid.
SELECT vm, operation FROM domain_history WHERE vm = 'web' OR (vm = 'db' AND operation = 'import') ORDER BY vm;
--> db|import
--> web|import
SELECT count(*) FROM domain_history WHERE (vm = 'web' AND config = 'persistent') OR (vm = 'web' AND operation = 'import');
--> 1
SELECT vm FROM domain_history WHERE vm IS 'web';
--> web
SELECT count(*) FROM domain_history WHERE vm IS (SELECT NULL);
--> 0
-- Several conditions on one argument.
SELECT vm FROM domain_history('web') WHERE vm = 'web' AND vm <> 'db';
--> web
SELECT vm FROM domain_history('web') WHERE vm = 'WEB' COLLATE NOCASE;
--> web
SELECT count(*) FROM domain_history('web') WHERE vm = 'db';
--> 0
SELECT v.name, h.vm FROM virtual_machines AS v JOIN domain_history AS h ON h.vm = v.name ORDER BY 1;
--> db|db
--> web|web
SELECT v.name, h.vm FROM virtual_machines AS v LEFT JOIN domain_history AS h ON h.vm = v.name AND v.name = 'web' ORDER BY 1;
--> db|
--> web|web
SELECT count(*) FROM domain_history('web') AS a JOIN domain_history('web') AS b ON a.vm = b.vm;
--> 1
SELECT count(*) FROM domain_history('web') AS a JOIN domain_history('db') AS b ON a.vm = b.vm;
--> 0
SELECT vm, operation FROM domain_history('web') UNION SELECT vm, operation FROM domain_history('db') ORDER BY 1;
--> db|import
--> web|import
-- An argument that is not given is NULL, and one that needs not be given may be.
SELECT count(*), count(mode), max(a) FROM domain_diff('<domain><name>a</name></domain>', '<domain><name>b</name></domain>');
--> 1|0|<domain><name>a</name></domain>
SELECT mode, count(*) FROM domain_diff('<domain><name>a</name></domain>', '<domain><name>b</name></domain>') WHERE mode IN ('all', 'asked') GROUP BY 1;
--> all|1
--> asked|1
SELECT vm_uuid IS NULL FROM disk_attachments_in WHERE xml = '<domain><name>a</name><devices><disk><target dev="vda"/></disk></devices></domain>' AND xml LIKE '%vda%';
--> 1
SELECT * FROM domain_history WHERE vm <> 'web';
--> Runtime error: domain_history() needs vm: domain_history('web')
-- A condition on a column that the function is told of is used only if it compares as the function does.
CREATE TEMP TABLE columns AS SELECT * FROM virtsql_catalog;
SELECT count(*) > 0, count(*) = (SELECT count(*) FROM columns WHERE table_name = 'disks') FROM virtsql_catalog WHERE table_name = 'DISKS' COLLATE NOCASE;
--> 1|1
SELECT count(*) = (SELECT count(*) FROM columns WHERE table_name = 'disks') FROM virtsql_catalog WHERE table_name = 'disks  ' COLLATE RTRIM;
--> 1
SELECT count(*) = (SELECT count(*) FROM columns WHERE table_name = 'disks') FROM virtsql_catalog WHERE table_name IS 'disks';
--> 1
SELECT count(*) FROM virtsql_catalog WHERE table_name IS (SELECT NULL);
--> 0
SELECT count(*) = (SELECT count(*) FROM columns WHERE table_name IN ('disks', 'hosts')) FROM virtsql_catalog WHERE table_name = 'disks' OR (table_name = 'hosts' AND column_name <> '');
--> 1
UPDATE vm_disks SET serial = 'x' || vm_name;
CREATE TEMP TABLE drift AS SELECT * FROM domain_drift;
SELECT count(*), count(DISTINCT vm_uuid) FROM drift;
--> 4|2
SELECT count(*) FROM domain_drift WHERE vm_uuid = (SELECT uuid FROM virtual_machines WHERE name = 'web') OR (vm_uuid = (SELECT upper(uuid) FROM virtual_machines WHERE name = 'db') AND path <> '');
--> 4
SELECT DISTINCT vm_name FROM domain_drift WHERE vm_uuid = (SELECT upper(uuid) || ' ' FROM virtual_machines WHERE name = 'web') COLLATE RTRIM;
SELECT DISTINCT vm_name FROM domain_drift WHERE vm_uuid = (SELECT uuid || ' ' FROM virtual_machines WHERE name = 'web') COLLATE RTRIM;
--> web
SELECT count(*) FROM domain_history('web') WHERE (config = 'persistent' AND operation = 'import') OR (source = 'import' AND exact = 1);
--> 1
