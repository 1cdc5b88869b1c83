-- What kind of document is given.
SELECT virtsql_init() > 0;
--> 1
-- Metadata as libxml2 dumps it: text as it is, references in attributes.
SELECT domain_import('<domain type=''kvm''>
  <name>a</name>
  <uuid>00000000-aaaa-4bbb-8ccc-000000000001</uuid>
  <metadata>
    <a xmlns="u" b="&#xE9;">é 世</a>
  </metadata>
</domain>
', 'h') IS NOT NULL;
--> 1
SELECT domain_xml('a');
--> <domain type='kvm'>
-->   <name>a</name>
-->   <uuid>00000000-aaaa-4bbb-8ccc-000000000001</uuid>
-->   <metadata>
-->     <a xmlns="u" b="&#xE9;">é 世</a>
-->   </metadata>
--> </domain>
-->
SELECT exact, config FROM captures;
--> 1|persistent
-- What libvirt keeps of a running VM holds its domain.
SELECT domain_import('<domstatus state="running" reason="booted" pid="7"><vcpus/><domain type="kvm" id="3"><name>b</name><uuid>00000000-aaaa-4bbb-8ccc-000000000002</uuid></domain></domstatus>', 'h');
--> 00000000-aaaa-4bbb-8ccc-000000000002
SELECT v.name, c.config FROM virtual_machines AS v JOIN captures AS c ON c.vm_uuid = v.uuid WHERE v.name = 'b';
--> b|live
-- Inside a statement that writes there is no savepoint: rows that cannot follow refuse the whole statement, so that no
-- half-written rows stay. By itself the import records the capture, and the VM is DRIFTED.
CREATE TABLE mine (x);
CREATE TRIGGER no_b BEFORE INSERT ON disk_attachments WHEN NEW.device_name = 'vdb' BEGIN SELECT RAISE(ABORT, 'no vdb here'); END;
SELECT domain_import('<domain type=''kvm''><name>w</name><uuid>00000000-aaaa-4bbb-8ccc-000000000003</uuid><memory>1024</memory></domain>', 'h');
--> 00000000-aaaa-4bbb-8ccc-000000000003
INSERT INTO mine SELECT domain_import('<domain type=''kvm''><name>w</name><uuid>00000000-aaaa-4bbb-8ccc-000000000003</uuid><memory>2048</memory><devices><disk type=''file''><source file=''/b''/><target dev=''vdb''/></disk></devices></domain>', 'h');
--> Runtime error: no vdb here (19)
SELECT memory, sync_status, (SELECT count(*) FROM mine), (SELECT count(*) FROM captures WHERE vm_uuid = v.uuid) FROM virtual_machines AS v WHERE name = 'w';
--> 1024|SYNCED|0|1
SELECT domain_import('<domain type=''kvm''><name>w</name><uuid>00000000-aaaa-4bbb-8ccc-000000000003</uuid><memory>2048</memory><devices><disk type=''file''><source file=''/b''/><target dev=''vdb''/></disk></devices></domain>', 'h');
--> 00000000-aaaa-4bbb-8ccc-000000000003
SELECT memory, sync_status, (SELECT count(*) FROM captures WHERE vm_uuid = v.uuid) FROM virtual_machines AS v WHERE name = 'w';
--> 1024|DRIFTED|2
