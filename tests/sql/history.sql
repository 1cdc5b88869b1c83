-- What was captured of a VM, what changed, and any table as it was.
SELECT virtsql_init() > 0;
--> 1
CREATE TEMP TABLE doc AS SELECT readfile('@DOCUMENTS@/web.xml') AS web;
CREATE TEMP TABLE done AS SELECT domain_import(web, 'host') FROM doc;
INSERT INTO done SELECT domain_import(web, 'host') FROM doc;
INSERT INTO done SELECT domain_import(replace(web, 'cache=''none''', 'cache=''writeback'''), 'host') FROM doc;
INSERT INTO done SELECT domain_import(web, 'host') FROM doc;
SELECT operation, config, source, host, size, exact, changed FROM domain_history('web');
--> import|persistent|import|host|5574|1|1
--> import|persistent|import|host|5574|1|0
--> import|persistent|import|host|5579|1|1
--> import|persistent|import|host|5574|1|1
-- When did vda's cache mode change, and to what?
SELECT h.changed, d.driver_cache FROM domain_history('web') AS h JOIN disk_attachments_in(captured_xml(h.capture_id)) AS d
  WHERE d.device_name = 'vda' AND h.changed ORDER BY h.capture_id;
--> 1|none
--> 1|writeback
--> 1|none
-- The rows that a table would get: columns of the table, its resource, computed ones; ids join.
SELECT vm_uuid, id, position, device_name, path, driver_json ->> 'cache', pci_address FROM disk_attachments_in((SELECT web FROM doc));
--> 4dea22b3-1d52-d8f3-2516-782e98ab3fa0|1|0|vda|/var/lib/libvirt/images/web.qcow2|none|0000:04:00.0
--> 4dea22b3-1d52-d8f3-2516-782e98ab3fa0|2|1|sda|||
SELECT name, memory_bytes FROM virtual_machines_in('<domain type="kvm"><name>a</name><memory unit="MB">3</memory></domain>');
--> a|3000000
SELECT d.device_name, h.name, h.port FROM disk_attachments_in('<domain type="kvm"><name>a</name><devices><disk type="network"><source protocol="rbd" name="p/i"><host name="c1" port="6789"/><host name="c2"/></source><target dev="vda"/></disk></devices></domain>') AS d
  JOIN disk_hosts_in('<domain type="kvm"><name>a</name><devices><disk type="network"><source protocol="rbd" name="p/i"><host name="c1" port="6789"/><host name="c2"/></source><target dev="vda"/></disk></devices></domain>') AS h ON h.disk_id = d.id;
--> vda|c1|6789
--> vda|c2|
SELECT count(*) FROM disk_attachments_in(NULL);
--> 0
SELECT * FROM disk_attachments_in;
--> Runtime error: disk_attachments_in() needs xml: disk_attachments_in(readfile('vm.xml'))
SELECT * FROM disk_attachments_in('<network/>');
--> Runtime error: the XML is a <network>, not a <domain>
-- The history stays when the VM goes, by its UUID.
DELETE FROM virtual_machines;
SELECT count(*) FROM domain_history('web');
--> Runtime error: domain_history(): no VM "web"; names are in virtual_machines.name, UUIDs in virtual_machines.uuid
SELECT count(*) FROM domain_history('4DEA22B3-1d52-d8f3-2516-782e98ab3fa0');
--> 4
