-- Sizes mean what libvirt reads (virScaleInteger), in the computed columns as in the differences.
SELECT virtsql_init() > 0;
--> 1
SELECT volume_import('<volume><name>a</name><capacity>1</capacity></volume>') > 0;
--> 1
SELECT capacity_bytes FROM volumes;
--> 1
CREATE TEMP TABLE spelled(unit, bytes);
INSERT INTO spelled VALUES (NULL, 1024), ('', 1024), ('b', 1), ('byte', 1), ('BYTES', 1), ('k', 1024), ('K', 1024), ('KiB', 1024), ('kb', 1000), ('KB', 1000), ('M', 1048576), ('MB', 1000000),
  ('MiB', 1048576), ('G', 1073741824), ('T', 1099511627776), ('PB', 1000000000000000), ('E', 1152921504606846976), ('EB', 1000000000000000000), ('Kx', NULL), ('kilo', NULL), ('kibi', NULL), ('x', NULL), ('iB', NULL);
SELECT domain_import('<domain type="kvm"><name>a</name><memory>1</memory></domain>', 'h') IS NOT NULL;
--> 1
CREATE TEMP TABLE got(unit, bytes);
CREATE TEMP TRIGGER spell AFTER INSERT ON got BEGIN
  UPDATE virtual_machines SET memory_unit = new.unit;
  UPDATE got SET bytes = (SELECT memory_bytes FROM virtual_machines) WHERE rowid = new.rowid;
END;
INSERT INTO got(unit) SELECT unit FROM spelled ORDER BY rowid;
SELECT spelled.unit, spelled.bytes, got.bytes FROM spelled JOIN got ON got.rowid = spelled.rowid WHERE spelled.bytes IS NOT got.bytes;
-- The same units where documents are compared: with one that is no unit, only another spelling differs.
SELECT unit FROM spelled WHERE (SELECT count(*) FROM domain_diff('<domain type="kvm"><name>a</name><memory unit="' || coalesce(unit, '') || '">2</memory></domain>',
  '<domain type="kvm"><name>a</name><memory unit="b">' || (2 * coalesce(bytes, 1024)) || '</memory></domain>')) <> (bytes IS NULL);
-- More than 2^63 bytes are no number.
UPDATE virtual_machines SET memory = 8, memory_unit = 'E';
SELECT memory_bytes FROM virtual_machines;
-->
UPDATE virtual_machines SET memory = 7, memory_unit = 'E';
SELECT memory_bytes FROM virtual_machines;
--> 8070450532247928832
-- Bytes where no unit is written.
SELECT s.unit, (SELECT count(*) FROM domain_diff('<domain type="kvm"><name>a</name><devices><shmem name="s"><size>4096</size></shmem></devices></domain>',
  '<domain type="kvm"><name>a</name><devices><shmem name="s"><size unit="KiB">' || s.size || '</size></shmem></devices></domain>')) FROM (SELECT 4096 AS size, 'KiB' AS unit UNION ALL SELECT 4, 'KiB') AS s;
--> KiB|1
--> KiB|0
-- The unit of a file system in memory stands in an attribute of another name.
SELECT count(*) FROM domain_diff('<domain type="lxc"><name>a</name><devices><filesystem type="ram"><source usage="1048576" units="bytes"/><target dir="/a"/></filesystem></devices></domain>',
  '<domain type="lxc"><name>a</name><devices><filesystem type="ram"><source usage="1024" units="KiB"/><target dir="/a"/></filesystem></devices></domain>');
--> 0
SELECT source_usage_bytes FROM filesystem_attachments_in('<domain type="lxc"><name>a</name><devices><filesystem type="ram"><source usage="1024"/><target dir="/a"/></filesystem></devices></domain>');
--> 1048576
