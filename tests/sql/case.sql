-- MAC addresses and UUIDs are the same in capitals, in every column that has one; they come back as they were spelled.
SELECT virtsql_init() > 0;
--> 1
SELECT domain_import('<domain type="kvm"><name>a</name><uuid>00000000-aaaa-4bbb-8ccc-000000000001</uuid><devices><interface type="network"><mac address="52:54:00:AB:cd:01"/><source network="default"/></interface></devices></domain>', 'h');
--> 00000000-aaaa-4bbb-8ccc-000000000001
SELECT network_import('<network><name>default</name><uuid>AAAAAAAA-0000-4000-8000-000000000001</uuid><ip address="192.0.2.1"><dhcp><host mac="52:54:00:ab:CD:01" ip="192.0.2.7"/></dhcp></ip></network>', 'h') IS NOT NULL;
--> 1
SELECT vm_name, mac_address FROM vm_ports WHERE mac_address = '52:54:00:ab:cd:01';
--> a|52:54:00:AB:cd:01
SELECT i.vm_name, mac FROM vm_interfaces AS i JOIN vm_ports AS p ON p.mac_address = i.mac WHERE i.vm_uuid = upper(i.vm_uuid);
--> a|52:54:00:AB:cd:01
SELECT name FROM networks WHERE uuid = 'aaaaaaaa-0000-4000-8000-000000000001';
--> default
-- The reserved address of a VM's interface, whoever spelled it how.
CREATE TEMP TABLE reserved AS SELECT p.vm_name, h.ip_address FROM vm_ports AS p JOIN network_ip_dhcp_hosts AS h ON h.mac_address = p.mac_address;
SELECT * FROM reserved;
--> a|192.0.2.7
EXPLAIN QUERY PLAN SELECT 1 FROM ports WHERE mac_address = '52:54:00:ab:cd:01';
--> QUERY PLAN
--> `--SEARCH ports USING COVERING INDEX ports_mac_address (mac_address=?)
-- Every column of the kind, in every table.
SELECT DISTINCT c.table_name, c.column_name FROM virtsql_catalog AS c JOIN sqlite_master AS m ON m.type = 'table' AND m.name = c.table_name
WHERE c.type IN ('mac', 'uuid') AND instr(m.sql, '"' || c.column_name || '" TEXT COLLATE NOCASE') = 0 AND instr(m.sql, '"' || c.column_name || '" TEXT NOT NULL COLLATE NOCASE') = 0
  AND instr(m.sql, char(10) || '  ' || c.column_name || ' TEXT COLLATE NOCASE') = 0 AND instr(m.sql, char(10) || '  ' || c.column_name || ' TEXT NOT NULL COLLATE NOCASE') = 0;
SELECT instr(domain_xml('a'), '52:54:00:AB:cd:01') > 0;
--> 1
