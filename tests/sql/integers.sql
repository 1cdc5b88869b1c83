-- Numbers are numbers however they are bound, and a spelling that is no canonical integer is kept beside them.
SELECT virtsql_init() > 0;
--> 1
SELECT domain_import('<domain type="kvm"><name>a</name><memory>007</memory><vcpu>0x4</vcpu><iothreads>99999999999999999999</iothreads></domain>') IS NOT NULL;
--> 1
SELECT memory, typeof(memory), vcpus, typeof(vcpus), iothreads FROM virtual_machines;
--> 7|integer|4|integer|
UPDATE virtual_machines SET memory = '4';
SELECT memory, typeof(memory) FROM virtual_machines;
--> 4|integer
UPDATE virtual_machines SET memory = 5.0;
SELECT memory, typeof(memory) FROM virtual_machines WHERE memory > 4 AND memory = 5;
--> 5|integer
UPDATE virtual_machines SET memory = 4.5;
--> Runtime error: cannot store REAL value in INTEGER column virtual_machines.memory (19)
UPDATE virtual_machines SET memory = 'much';
--> Runtime error: cannot store TEXT value in INTEGER column virtual_machines.memory (19)
-- What was edited is written as the number that it is; the other spellings come back.
SELECT value FROM xml_leaves(domain_xml('a')) WHERE path IN ('/domain/memory/text()', '/domain/vcpu/text()', '/domain/iothreads/text()');
--> 5
--> 0x4
--> 99999999999999999999
SELECT count(*) FROM virtsql_catalog AS c JOIN pragma_table_info(c.table_name) AS i ON i.name = c.column_name
  JOIN sqlite_schema AS s ON s.name = c.table_name WHERE c.type = 'integer' AND s.type = 'table' AND i.type <> 'INTEGER';
--> 0
-- A number that libvirt reads as C does: 010 is 8.
SELECT domain_import('<domain type="kvm"><name>c</name><devices><controller type="pci" model="pcie-root-port"><target chassis="010" port="010"/><address type="pci" domain="0" bus="010" slot="10" function="0"/></controller></devices></domain>') IS NOT NULL;
--> 1
SELECT target_chassis, target_port, pci_address FROM vm_controllers WHERE vm_name = 'c';
--> 8|010|0000:08:0a.0
SELECT value FROM xml_leaves(domain_xml('c')) WHERE path LIKE '%/@chassis';
--> 010
