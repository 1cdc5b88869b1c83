-- A namespace is its URI, whatever prefix a document gives it.
CREATE TEMP TABLE doc AS SELECT CAST(readfile('@DOCUMENTS@/cases/01-qemu-namespace.before.xml') AS TEXT) AS plain, CAST(readfile('@DOCUMENTS@/cases/01c-other-prefix.xml') AS TEXT) AS prefix,
  CAST(readfile('@DOCUMENTS@/cases/01d-default-ns.xml') AS TEXT) AS defaulted, CAST(readfile('@DOCUMENTS@/cases/01b-namespace-on-child.xml') AS TEXT) AS child,
  CAST(readfile('@DOCUMENTS@/cases/01e-foreign-uri.xml') AS TEXT) AS foreign_uri, CAST(readfile('@DOCUMENTS@/cases/01-qemu-namespace.after.xml') AS TEXT) AS after;
SELECT DISTINCT kept FROM doc, xml_leaves(prefix) UNION SELECT DISTINCT kept FROM doc, xml_leaves(defaulted) UNION SELECT kept FROM doc, xml_leaves(child);
--> column
SELECT path, table_name FROM doc, xml_leaves(prefix) WHERE path LIKE '%q:del%' UNION ALL SELECT path, table_name FROM doc, xml_leaves(defaulted) WHERE path LIKE '%/del%';
--> /domain/q:capabilities/q:del/@capability|qemu_capability_removals
--> /domain/capabilities/del/@capability|qemu_capability_removals
SELECT count(*) FROM doc, domain_diff(plain, prefix) UNION ALL SELECT count(*) FROM doc, domain_diff(plain, defaulted) UNION ALL SELECT count(*) FROM doc, domain_diff(child, plain) UNION ALL
  SELECT count(*) FROM doc, domain_diff(child, plain, 'asked') UNION ALL SELECT count(*) FROM doc, domain_diff(defaulted, prefix);
--> 0
--> 0
--> 0
--> 0
--> 0
-- The paths of differences are those of the document.
SELECT change, path FROM doc, domain_diff(prefix, after) UNION ALL SELECT change, path FROM doc, domain_diff(after, defaulted);
--> removed|/domain/q:commandline/q:arg
--> changed|/domain/q:override/q:device/q:frontend/q:property/@value
--> added|/domain/qemu:override/qemu:device/qemu:frontend/qemu:property
--> added|/domain/commandline/arg
--> changed|/domain/qemu:override/qemu:device/qemu:frontend/qemu:property/@value
--> removed|/domain/qemu:override/qemu:device/qemu:frontend/qemu:property
-- Another URI behind libvirt's prefix is foreign.
SELECT DISTINCT kept FROM doc, xml_leaves(foreign_uri) WHERE path LIKE '%qemu:%';
--> vendor
-- What was imported comes back as it was spelled, and nothing of it is a vendor option.
SELECT virtsql_init() > 0;
--> 1
SELECT domain_xml(domain_import(prefix, 'h')) = prefix, domain_xml('ignite', 'inactive') = prefix FROM doc;
--> 1|1
SELECT domain_xml(domain_import(defaulted, 'h')) = defaulted, domain_xml('ignite', 'inactive') = defaulted FROM doc;
--> 1|1
SELECT domain_xml(domain_import(child, 'h')) = child, domain_xml('ignite', 'inactive') = child FROM doc;
--> 1|1
SELECT count(*) FROM vendor_options;
--> 0
-- Rows put into a table of a namespace make the root declare it.
SELECT domain_import('<domain type="kvm"><name>bare</name></domain>', 'h') IS NOT NULL;
--> 1
INSERT INTO qemu_arguments(vm_uuid, position, value) SELECT uuid, 0, '-snapshot' FROM virtual_machines WHERE name = 'bare';
UPDATE virtual_machines SET uuid = '00000000-aaaa-4bbb-8ccc-00000000beef' WHERE name = 'bare';
SELECT domain_xml('bare');
--> <domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
-->   <name>bare</name>
-->   <uuid>00000000-aaaa-4bbb-8ccc-00000000beef</uuid>
-->   <qemu:commandline>
-->     <qemu:arg value='-snapshot'/>
-->   </qemu:commandline>
--> </domain>
-->
DELETE FROM qemu_arguments WHERE vm_uuid = '00000000-aaaa-4bbb-8ccc-00000000beef';
INSERT INTO bhyve_environments(vm_uuid, position, name) VALUES ('00000000-aaaa-4bbb-8ccc-00000000beef', 0, 'A');
UPDATE virtual_machines SET vmware_datacenterpath = 'dc' WHERE name = 'bare';
SELECT domain_xml('bare');
--> <domain type='kvm' xmlns:bhyve='http://libvirt.org/schemas/domain/bhyve/1.0' xmlns:vmware='http://libvirt.org/schemas/domain/vmware/1.0'>
-->   <name>bare</name>
-->   <uuid>00000000-aaaa-4bbb-8ccc-00000000beef</uuid>
-->   <bhyve:commandline>
-->     <bhyve:env name='A'/>
-->   </bhyve:commandline>
-->   <vmware:datacenterpath>dc</vmware:datacenterpath>
--> </domain>
-->
-- Where the document spells the namespace in a way of its own, rows do as well; where libvirt's prefix is taken, they get another.
SELECT domain_import(defaulted, 'h') IS NOT NULL FROM doc;
--> 1
INSERT INTO qemu_arguments(vm_uuid, position, value) SELECT uuid, 9, '-snapshot' FROM virtual_machines WHERE name = 'ignite';
SELECT count(*) FROM qemu_arguments_in(domain_xml('ignite')) WHERE value = '-snapshot';
--> 1
SELECT domain_xml('ignite') LIKE '%<arg value=''-snapshot''/>%', domain_xml('ignite') LIKE '%xmlns:qemu%';
--> 1|0
SELECT domain_import('<domain type="kvm" xmlns:qemu="urn:other"><name>taken</name><qemu:x/></domain>', 'h') IS NOT NULL;
--> 1
INSERT INTO qemu_arguments(vm_uuid, position, value) SELECT uuid, 0, '-snapshot' FROM virtual_machines WHERE name = 'taken';
UPDATE virtual_machines SET uuid = '00000000-aaaa-4bbb-8ccc-00000000beee' WHERE name = 'taken';
SELECT domain_xml('taken');
--> <domain type='kvm' xmlns:qemu='urn:other' xmlns:qemu_='http://libvirt.org/schemas/domain/qemu/1.0'>
-->   <name>taken</name>
-->   <uuid>00000000-aaaa-4bbb-8ccc-00000000beee</uuid>
-->   <qemu:x/>
-->   <qemu_:commandline>
-->     <qemu_:arg value='-snapshot'/>
-->   </qemu_:commandline>
--> </domain>
-->
-- An element that has nothing but its declaration comes back.
SELECT domain_xml(domain_import('<domain type="kvm"><name>e</name><q:commandline xmlns:q="http://libvirt.org/schemas/domain/qemu/1.0"/></domain>')) LIKE
  '%<q:commandline xmlns:q=''http://libvirt.org/schemas/domain/qemu/1.0''/>%';
--> 1
-- Networks and pools as domains.
SELECT network_import('<network><name>n</name></network>', 'h') IS NOT NULL, pool_import('<pool type="rbd"><name>p</name></pool>', 'h') IS NOT NULL;
--> 1|1
INSERT INTO network_dnsmasq_options(network_id, position, value) SELECT id, 0, 'log-queries' FROM networks;
INSERT INTO storage_pool_rbd_options(storage_pool_id, position, name, value) SELECT id, 0, 'a', 'b' FROM storage_pools;
SELECT network_xml('n');
--> <network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'>
-->   <name>n</name>
-->   <dnsmasq:options>
-->     <dnsmasq:option value='log-queries'/>
-->   </dnsmasq:options>
--> </network>
-->
SELECT pool_xml('p') LIKE '<pool type=''rbd'' xmlns:rbd=''http://libvirt.org/schemas/storagepool/rbd/1.0''>%';
--> 1
