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
-- Values have the table's types: numbers are numbers however they are spelled, and what is no number is NULL.
CREATE TEMP TABLE odd AS SELECT '<domain type="kvm"><name>a</name><uuid>4DEA22B31D52D8F32516782E98AB3FA0</uuid><memory>1000000000000000000</memory><vcpu>02</vcpu>'
  || '<devices><disk type="file"><target dev="vda"/><boot order="2"/></disk><disk type="file"><target dev="vdb"/><boot order="two"/></disk>'
  || '<interface type="bridge"><mac address="52:54:00:AB:CD:EF"/><source bridge="br0"/></interface>'
  || '<hostdev mode="subsystem" type="mdev" model="vfio-pci"><source><address uuid="C2177883F1BB47F0914D32A22E3A8804"/></source></hostdev></devices></domain>' AS xml;
SELECT typeof(memory), memory, typeof(vcpus), vcpus, uuid, vm_uuid FROM odd, virtual_machines_in(odd.xml);
--> integer|1000000000000000000|integer|2|4dea22b3-1d52-d8f3-2516-782e98ab3fa0|4dea22b3-1d52-d8f3-2516-782e98ab3fa0
SELECT device_name, typeof(boot_order), boot_order = '2' FROM odd, disk_attachments_in(odd.xml);
--> vda|integer|1
--> vdb|null|
SELECT uuid FROM odd, mediated_device_attachments_in(odd.xml);
--> c2177883-f1bb-47f0-914d-32a22e3a8804
-- MAC addresses and UUIDs compare without case.
SELECT count(*) FROM odd, port_attachments_in(odd.xml) WHERE mac_address = '52:54:00:ab:cd:ef' AND vm_uuid = '4DEA22B3-1D52-D8F3-2516-782E98AB3FA0';
--> 1
SELECT count(*) FROM odd, virtual_machines_in(odd.xml) WHERE uuid = '4DEA22B3-1D52-D8F3-2516-782E98AB3FA0' AND name = 'A';
--> 0
SELECT count(*) FROM odd, virtual_machines_in(odd.xml) WHERE uuid = '4DEA22B3-1D52-D8F3-2516-782E98AB3FA0';
--> 1
-- Every column of every such table has the table's type.
SELECT count(*) > 1000, sum(f.type <> c.type) FROM pragma_table_list AS t JOIN pragma_module_list AS m ON m.name = t.name || '_in'
  JOIN pragma_table_xinfo(t.name) AS c JOIN pragma_table_xinfo(m.name) AS f ON f.name = c.name;
--> 1|0
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
