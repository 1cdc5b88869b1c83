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
