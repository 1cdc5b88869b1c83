-- Where nothing is trusted, the schema is read and every view and computed column works: SQLite refuses functions that it does not
-- call innocuous, JSON's among them.
SELECT virtsql_init() > 0;
--> 1
CREATE TEMP TABLE done AS SELECT domain_import(readfile('@DOCUMENTS@/' || value || '.xml'), 'host') FROM json_each('["web","db","test"]');
.open $SCRATCH/test.db
PRAGMA trusted_schema = OFF;
SELECT count(*) FROM hosts;
--> 1
SELECT driver_json, address_json, pci_address FROM vm_disks WHERE vm_name = 'web' AND device_name = 'vda';
--> {"name":"qemu","type":"qcow2","cache":"none","io":"native","discard":"unmap"}|{"type":"pci","domain":"0x0000","bus":"0x04","slot":"0x00","function":"0x0"}|0000:04:00.0
SELECT boot_order_json FROM boot_configs WHERE vm_uuid = (SELECT uuid FROM virtual_machines WHERE name = 'web');
--> ["hd","network"]
SELECT name, namespace FROM metadata WHERE vm_uuid = (SELECT uuid FROM virtual_machines WHERE name = 'web');
--> shop:owner|https://shop.example/ns/1
-- Numbers are numbers; whatever text is in a value, the JSON is JSON.
UPDATE disk_attachments SET driver_queues = 4, driver_io = 'a"b\c' || char(10) || char(9) || '{' WHERE device_name = 'vda';
SELECT DISTINCT driver_json ->> 'queues', typeof(driver_json ->> 'queues'), driver_json ->> 'io' = driver_io FROM vm_disks WHERE device_name = 'vda';
--> 4|integer|1
SELECT count(*) FROM vm_disks WHERE driver_json IS NOT NULL AND NOT json_valid(driver_json);
--> 0
-- All views, all columns.
SELECT count(*) > 30 FROM sqlite_master WHERE type = 'view';
--> 1
.once $SCRATCH/all.sql
SELECT 'SELECT count(*) FROM (SELECT * FROM "' || name || '") HAVING 0;' FROM sqlite_master WHERE type IN ('view', 'table') AND name NOT LIKE 'sqlite_%';
.read $SCRATCH/all.sql
-- With another LIKE, too, which SQLite does not call innocuous.
PRAGMA case_sensitive_like = ON;
.read $SCRATCH/all.sql
UPDATE virtual_machines SET uuid = replace(uuid, '-', '') WHERE name = 'web';
SELECT length(uuid) FROM virtual_machines WHERE name = 'web';
--> 36
