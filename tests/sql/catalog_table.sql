-- The schema as rows, and where the leaves of a document go.
SELECT table_name, column_name, type FROM virtsql_catalog WHERE xml_path = '/domain/devices/disk/driver/@cache';
--> vm_disks|driver_cache|text
--> disk_attachments|driver_cache|text
SELECT count(*) > 2000, count(*) = count(doc) FROM virtsql_catalog;
--> 1|1
SELECT table_name, column_name FROM virtsql_catalog WHERE coalesce(doc, '') = '';
-- Every column is in the tables, and every column of the tables is here.
SELECT virtsql_init() > 0;
--> 1
SELECT c.table_name, c.column_name FROM virtsql_catalog AS c EXCEPT SELECT m.name, x.name FROM sqlite_master AS m, pragma_table_xinfo(m.name) AS x;
SELECT m.name, x.name FROM sqlite_master AS m, pragma_table_xinfo(m.name) AS x WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite_%'
  EXCEPT SELECT table_name, column_name FROM virtsql_catalog;
SELECT count(*) FROM virtsql_catalog WHERE table_name = 'no such table' OR table_name IS NULL;
--> 0
SELECT name, kind, row_count FROM virtsql_tables WHERE name IN ('vms', 'vm_disks', 'disks', 'defined_vms') ORDER BY 1;
--> defined_vms|internal|0
--> disks|table|0
--> vm_disks|writable view|0
--> vms|everyday|0
SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' EXCEPT SELECT name FROM virtsql_tables;
SELECT name, column_name, rank FROM virtsql_search('uefi') LIMIT 2;
--> vms|firmware|1
--> vms||2
SELECT count(*) FROM virtsql_search('xyzzy');
--> 0
EXPLAIN QUERY PLAN SELECT * FROM virtsql_catalog WHERE table_name = 'disks';
--> QUERY PLAN
--> `--SCAN virtsql_catalog VIRTUAL TABLE INDEX 1:1f
SELECT path, value, kept, table_name, column_name FROM xml_leaves('<domain type="kvm"><name>a</name><metadata><x y="1"/></metadata><new z="2">t</new></domain>');
--> /domain/@type|kvm|column|virtual_machines|domain_type
--> /domain/name/text()|a|column|virtual_machines|name
--> /domain/metadata/x/@y|1|json|metadata|value_json
--> /domain/new/@z|2|vendor|vendor_options|value_json
--> /domain/new/text()|t|vendor|vendor_options|value_json
-- Of everything that has rows; an <interface> with a name is a host's, one without a VM's.
SELECT path, value, kept, table_name, column_name FROM xml_leaves('<network connections="1"><name>n</name><x y="1"/></network>');
--> /network/@connections|1|column|networks|connections
--> /network/name/text()|n|column|networks|name
--> /network/x/@y|1|vendor|vendor_options|value_json
SELECT table_name, column_name FROM xml_leaves('<interface type="bridge" name="br0"/>');
--> host_interfaces|type
--> host_interfaces|name
SELECT table_name, column_name FROM xml_leaves('<interface type="bridge"><source bridge="br0"/></interface>');
--> ports|source_type
--> ports|bridge
-- A VLAN of a host may lack the name.
SELECT path, kept, table_name, column_name FROM xml_leaves('<interface type="vlan"><vlan tag="7"><interface name="eth0"/></vlan></interface>');
--> /interface/@type|column|host_interfaces|type
--> /interface/vlan/@tag|column|host_interfaces|vlan_tag
--> /interface/vlan/interface/@name|column|host_interfaces|vlan_interface
SELECT DISTINCT table_name FROM xml_leaves('<domainsnapshot><name>s</name><domain type="kvm"><name>a</name></domain></domainsnapshot>');
--> vm_snapshots
SELECT kept, table_name FROM xml_leaves('<secret><description>d</description></secret>');
--> column|secrets
SELECT kept, count(*) FROM xml_leaves(readfile('@DOCUMENTS@/db.xml')) GROUP BY 1;
--> column|372
-- In a join, whichever way the tables stand.
CREATE TABLE files (xml);
INSERT INTO files VALUES (readfile('@DOCUMENTS@/test.xml')), (readfile('@DOCUMENTS@/plain.xml'));
SELECT count(*) > 20 FROM xml_leaves AS l JOIN files ON l.xml = files.xml;
--> 1
