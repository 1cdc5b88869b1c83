-- What libvirt says twice and refuses to hear in two ways: writing one writes the other, in tables and views.
.load @VIRTSQL_EXTENSION@
SELECT virtsql_init() > 0;
--> 1
SELECT domain_import('<domain type="kvm"><name>web</name><memory>1024</memory><os><type>hvm</type></os><devices>
  <graphics type="vnc" listen="127.0.0.1"><listen type="address" address="127.0.0.1"/><listen type="address" address="10.0.0.1"/></graphics>
  <graphics type="spice"><listen type="network" network="lan"/></graphics>
  <graphics type="rdp"><listen type="address" address="10.0.0.9"/></graphics></devices></domain>') IS NULL;
--> 0
CREATE TEMP VIEW listens AS SELECT c.type, c.listen_address, (SELECT group_concat(said) FROM (
  SELECT coalesce(address, type) AS said FROM console_listens AS l WHERE l.console_id = c.id ORDER BY position)) FROM consoles AS c;
UPDATE vm_consoles SET listen_address = '0.0.0.0' WHERE type = 'vnc';
SELECT * FROM listens WHERE type = 'vnc';
--> vnc|0.0.0.0|0.0.0.0,10.0.0.1
UPDATE consoles SET listen_address = '1.1.1.1' WHERE type = 'vnc';
SELECT * FROM listens WHERE type = 'vnc';
--> vnc|1.1.1.1|1.1.1.1,10.0.0.1
UPDATE console_listens SET address = '2.2.2.2' WHERE address = '1.1.1.1';
SELECT * FROM listens WHERE type = 'vnc';
--> vnc|2.2.2.2|2.2.2.2,10.0.0.1
-- A row without a position is the last one.
INSERT INTO console_listens (console_id, type, address) SELECT id, 'address', '8.8.8.8' FROM consoles WHERE type = 'vnc';
SELECT listen_address FROM consoles WHERE type = 'vnc';
--> 2.2.2.2
SELECT domain_validate(domain_xml('web'));
--> 
DELETE FROM console_listens WHERE address = '8.8.8.8';
-- Only the first row is repeated: another one becomes the first, or is written for itself.
UPDATE console_listens SET address = '3.3.3.3' WHERE address = '10.0.0.1';
DELETE FROM console_listens WHERE address = '2.2.2.2';
SELECT * FROM listens WHERE type = 'vnc';
--> vnc|3.3.3.3|3.3.3.3
UPDATE console_listens SET type = 'none', address = NULL WHERE address = '3.3.3.3';
SELECT * FROM listens WHERE type = 'vnc';
--> vnc||none
-- What nobody would hear is refused.
UPDATE vm_consoles SET listen_address = '4.4.4.4' WHERE type IN ('vnc', 'spice');
--> Runtime error: consoles.listen_address repeats console_listens.address of the first row, which is of another kind: set console_listens.type = 'address' there (19)
-- A row that does not repeat it need not; a new row does not take a value away.
UPDATE console_listens SET address = '5.5.5.5' WHERE address = '10.0.0.9';
SELECT * FROM listens WHERE type = 'rdp';
--> rdp||5.5.5.5
DELETE FROM console_listens;
UPDATE consoles SET listen_address = '6.6.6.6';
INSERT INTO console_listens (console_id, type) SELECT id, 'address' FROM consoles WHERE type = 'vnc';
INSERT INTO console_listens (console_id, type, address) SELECT id, 'address', '7.7.7.7' FROM consoles WHERE type = 'spice';
INSERT INTO console_listens (console_id, type, network) SELECT id, 'network', 'lan' FROM consoles WHERE type = 'rdp';
SELECT * FROM listens;
--> vnc|6.6.6.6|address
--> spice|7.7.7.7|7.7.7.7
--> rdp||network
-- Sockets, and the devices of a network.
SELECT domain_import('<domain type="kvm"><name>sock</name><devices>
  <graphics type="vnc" socket="/run/a"><listen type="socket" socket="/run/a"/></graphics></devices></domain>') IS NULL;
--> 0
UPDATE vm_consoles SET socket = '/run/b' WHERE vm_name = 'sock';
SELECT socket FROM console_listens WHERE type = 'socket';
--> /run/b
SELECT network_import('<network><name>out</name><forward dev="eth0" mode="nat"><interface dev="eth0"/></forward></network>') > 0;
--> 1
UPDATE networks SET forward_device = 'eth1';
SELECT device FROM network_forward_interfaces;
--> eth1
UPDATE network_forward_interfaces SET device = 'eth2';
SELECT forward_device FROM networks;
--> eth2
-- A document is stored as it says it, with what libvirt would refuse.
CREATE TEMP TABLE two AS SELECT '<domain type="kvm"><name>two</name><devices>
  <graphics type="vnc" listen="127.0.0.1"><listen type="address" address="9.9.9.9"/></graphics></devices></domain>' AS xml;
SELECT domain_import(xml) IS NULL FROM two;
--> 0
SELECT domain_import(replace(xml, '9.9.9.9', '8.8.8.8')) IS NULL FROM two;
--> 0
SELECT c.listen_address, l.address FROM consoles AS c JOIN console_listens AS l ON l.console_id = c.id WHERE vm_uuid = (SELECT uuid FROM virtual_machines WHERE name = 'two');
--> 127.0.0.1|8.8.8.8
SELECT domain_import(replace(xml, '<listen type="address" address="9.9.9.9"/>', '')) IS NULL FROM two;
--> 0
SELECT listen_address FROM consoles WHERE vm_uuid = (SELECT uuid FROM virtual_machines WHERE name = 'two');
--> 127.0.0.1
SELECT count(*) FROM virtsql_edit;
--> 0
