-- What is wrong is said in words; nothing is changed by it.
SELECT domain_xml('web');
--> Runtime error: this is no virtsql database; SELECT virtsql_init() makes the schema
SELECT * FROM domain_drift;
--> Runtime error: this is no virtsql database; SELECT virtsql_init() makes the schema
SELECT virtsql_report();
--> Runtime error: this is no virtsql database; SELECT virtsql_init() makes the schema
SELECT virtsql_init() > 0;
--> 1
SELECT domain_xml('web');
--> Runtime error: domain_xml(): no VM "web"; names are in virtual_machines.name, UUIDs in virtual_machines.uuid
SELECT domain_xml('Robert''); DROP TABLE captures; --');
--> Runtime error: domain_xml(): no VM "Robert'); DROP TABLE captures; --"; names are in virtual_machines.name, UUIDs in virtual_machines.uuid
SELECT domain_xml(NULL) IS NULL, captured_xml(NULL) IS NULL, xml_json(NULL) IS NULL, json_xml(NULL) IS NULL;
--> 1|1|1|1
SELECT domain_xml(7);
--> Runtime error: domain_xml(): no VM "7"; names are in virtual_machines.name, UUIDs in virtual_machines.uuid
SELECT domain_import(NULL);
--> Runtime error: domain_import(): the XML is NULL; readfile() gives NULL for a file that does not exist
SELECT domain_import('');
--> Runtime error: domain_import(): the XML is empty
SELECT domain_import(42);
--> Runtime error: domain_import(): the XML is not well-formed: line 1: Start tag expected, '<' not found
SELECT domain_import('web.xml');
--> Runtime error: domain_import(): no XML but a file's name? readfile('web.xml') reads it
SELECT network_import('/etc/libvirt/qemu/networks/default.xml');
--> Runtime error: network_import(): no XML but a file's name? readfile('/etc/libvirt/qemu/networks/default.xml') reads it
SELECT xml_json('web.xml');
--> Runtime error: no XML but a file's name? readfile('web.xml') reads it
SELECT domain_validate('web.xml');
--> Runtime error: no XML but a file's name? readfile('web.xml') reads it
SELECT count(*) FROM xml_leaves('web.xml');
--> Runtime error: no XML but a file's name? readfile('web.xml') reads it
SELECT count(*) FROM domain_diff('<domain/>', 'web.xml');
--> Runtime error: domain_diff(), b: no XML but a file's name? readfile('web.xml') reads it
SELECT domain_import('<domain/>', '');
--> Runtime error: domain_import(): the host's name is empty; give a name, or leave it out for this host's own
SELECT network_import('<network/>', x'00');
--> Runtime error: network_import(): the host's name has what no name has: XML cannot have the character U+0000; give a name, or leave it out for this host's own
SELECT domain_import('<domain><name>a</name></domain>', printf('%.*c', 254, 'h'));
--> Runtime error: domain_import(): the host's name has 254 bytes, but DNS allows 253; give a name, or leave it out for this host's own
BEGIN;
SELECT network_import('<network><name>of a host with a long name</name></network>', printf('%.*c', 253, 'h')) > 0;
--> 1
ROLLBACK;
SELECT domain_import('<domain type=''kvm''><memory>1</memory></domain>');
--> Runtime error: domain_import(): the domain has neither name nor UUID
SELECT domain_import('<domain>');
--> Runtime error: domain_import(): the XML is not well-formed: line 1: Premature end of data in tag domain line 1
SELECT domain_import('<network/>');
--> Runtime error: domain_import(): the XML is a <network>, not a <domain>
SELECT network_import('<domain/>');
--> Runtime error: network_import(): the XML is a <domain>, not a <network>
SELECT domain_import('<domain><uuid></uuid></domain>');
--> Runtime error: domain_import(): the <uuid> is empty
SELECT domain_import(x'3c646f6d61696e3e003c2f646f6d61696e3e');
--> Runtime error: domain_import(): the XML has a NUL byte at offset 8
SELECT domain_import('<domain><name a="1" a="2"/></domain>');
--> Runtime error: domain_import(): the XML is not well-formed: line 1: Attribute a redefined
SELECT domain_import('<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><domain><name>&x;</name></domain>');
--> Runtime error: domain_import(): the XML has a document type declaration, which libvirt's never has
SELECT domain_import(replace(hex(zeroblob(100000)), '00', '<a>'));
--> Runtime error: domain_import(): the XML is nested deeper than 256 levels
SELECT domain_import('<domain><name>' || hex(zeroblob(20000000)) || '</name></domain>');
--> Runtime error: domain_import(): the XML is 40000030 bytes long; the limit is 16777216
SELECT xml_json('<a');
--> Runtime error: the XML is not well-formed: line 1: Couldn't find end of Start Tag a line 1
SELECT json_xml('{"a":');
--> Runtime error: not valid JSON: incomplete JSON
SELECT domain_xml('x', 'fancy');
--> Runtime error: domain_xml(): no form "fancy"; it is full or inactive
SELECT captured_xml(1);
--> Runtime error: captured_xml(): no capture 1; they are in captures.id
SELECT captured_xml('abc');
--> Runtime error: captured_xml(): "abc" is no id; ids are whole numbers, in captures.id
SELECT captured_xml(4.5);
--> Runtime error: captured_xml(): "4.5" is no id; ids are whole numbers, in captures.id
SELECT captured_xml('7');
--> Runtime error: captured_xml(): no capture 7; they are in captures.id
SELECT captured_xml(7.0);
--> Runtime error: captured_xml(): no capture 7; they are in captures.id
SELECT captured_xml(1e300);
--> Runtime error: captured_xml(): "1.0e+300" is no id; ids are whole numbers, in captures.id
SELECT device_xml('disk_attachments', '1st');
--> Runtime error: device_xml(): "1st" is no id; ids are whole numbers, in disk_attachments.id
SELECT device_xml('sqlite_master', 1);
--> Runtime error: device_xml(): "sqlite_master" is no table or view of devices, such as disk_attachments or vm_disks; SELECT DISTINCT table_name FROM vm_devices gives those that VMs have
SELECT device_xml('disk_attachments', 1);
--> Runtime error: device_xml(): disk_attachments has no row with id 1
SELECT count(*) FROM xml_leaves;
--> Runtime error: xml_leaves() needs xml: xml_leaves(readfile('vm.xml'))
SELECT count(*) FROM xml_leaves('<a/>');
--> Runtime error: the XML is a <a>, not a <domain>
SELECT count(*) FROM xml_leaves(NULL);
--> 0
SELECT (SELECT count(*) FROM captures), (SELECT count(*) FROM virtual_machines), (SELECT count(*) FROM hosts);
--> 0|0|0
-- A value that the row's element has no place for is not left out in silence.
SELECT nwfilter_import('<filter name="f"><rule action="accept" direction="in"><tcp dstportstart="443"/></rule></filter>', 'h') > 0;
--> 1
UPDATE nw_filter_matches SET vlanid = '7';
SELECT nwfilter_xml('f');
--> Runtime error: nw_filter_matches, row 1, vlanid: <tcp> at /filter/rule/tcp has no place for it; set it NULL
UPDATE nw_filter_matches SET vlanid = NULL;
SELECT nwfilter_xml('f') LIKE '%<tcp dstportstart=''443''/>%';
--> 1
-- A flag that is off beside what its element has is not ignored.
SELECT count(domain_import('<domain type="kvm"><name>flags</name><features><hyperv><relaxed state="on"/></hyperv></features></domain>', 'h'));
--> 1
UPDATE vm_features SET hyperv = 0;
SELECT domain_xml('flags');
--> Runtime error: vm_features, row 1, hyperv: it is 0, but <hyperv> has content; set what is in it NULL
UPDATE vm_features SET hyperv = NULL, hyperv_relaxed_state = NULL;
SELECT domain_xml('flags') LIKE '%hyperv%';
--> 0
-- A stored JSON column takes any text; whoever reads the row names it, and an import over it is kept and says why it could not compare.
SELECT domain_import('<domain type="kvm"><name>j</name><uuid>11111111-1111-1111-1111-111111111111</uuid><metadata><x:a xmlns:x="u"/></metadata><memory>1</memory><os><type>hvm</type></os></domain>', 'h');
--> 11111111-1111-1111-1111-111111111111
UPDATE metadata SET value_json = '{"a":';
SELECT domain_xml('j');
--> Runtime error: metadata, row 1, value_json: not valid JSON: incomplete JSON
SELECT virtsql_report('{"x": 1}');
--> Runtime error: virtsql_report(): no option "x"; there are host, vm and theme; the options are a JSON object like {"host": "kvm1", "theme": "dark"}
SELECT virtsql_report() LIKE '%<pre>metadata, row 1, value_json: not valid JSON: incomplete JSON</pre>%';
--> 1
SELECT domain_import('<domain type="kvm"><name>j</name><uuid>11111111-1111-1111-1111-111111111111</uuid><memory>2</memory><os><type>hvm</type></os></domain>', 'h');
--> 11111111-1111-1111-1111-111111111111
SELECT sync_status, drift_details ->> '$[0].new' FROM virtual_machines WHERE name = 'j';
--> DRIFTED|metadata, row 1, value_json: not valid JSON: incomplete JSON
SELECT change, path, new FROM domain_drift('j');
--> changed|/domain/metadata/*/.|metadata, row 1, value_json: not valid JSON: incomplete JSON
SELECT drift_details ->> '$[0].change', drift_details ->> '$[0].path' FROM virtual_machines WHERE name = 'j';
--> changed|/domain/metadata/*/.
SELECT domain_clone('j', 'j2');
--> Runtime error: metadata, row 1, value_json: not valid JSON: incomplete JSON
SELECT count(*) FROM virtual_machines WHERE name = 'j2';
--> 0
-- A temporary table of the same name would be read and written in place of ours.
CREATE TEMP TABLE disk_attachments AS SELECT * FROM main.disk_attachments;
SELECT domain_xml('j');
--> Runtime error: this connection has a temporary table disk_attachments, which hides virtsql's: DROP TABLE temp.disk_attachments, and give yours another name
SELECT domain_import('<domain type="kvm"><name>k</name></domain>', 'h');
--> Runtime error: this connection has a temporary table disk_attachments, which hides virtsql's: DROP TABLE temp.disk_attachments, and give yours another name
DROP TABLE temp.disk_attachments;
CREATE TEMP VIEW Captures AS SELECT 1 AS id;
SELECT count(*) FROM domain_history('j');
--> Runtime error: this connection has a temporary view captures, which hides virtsql's: DROP VIEW temp.captures, and give yours another name
DROP VIEW temp.Captures;
CREATE TEMP TABLE defined_vms (x);
SELECT domain_xml('j');
--> Runtime error: this connection has a temporary table defined_vms, which hides virtsql's: DROP TABLE temp.defined_vms, and give yours another name
DROP TABLE temp.defined_vms;
SELECT count(*) > 0 FROM domain_history('j');
--> 1
