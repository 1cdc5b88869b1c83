-- What an element says by being there is compared as what libvirt makes of it.
SELECT count(virtsql_init());
--> 1
CREATE TEMP TABLE doc AS SELECT '<domain><features><acpi/>' || value || '</features></domain>' AS bare,
  '<domain><features><acpi/>' || replace(value, '/>', ' state="on"/>') || '</features></domain>' AS spelled,
  '<domain><features><acpi/></features></domain>' AS without
  FROM json_each('["<pmu/>","<vmport/>","<pvspinlock/>","<capabilities><mknod/></capabilities>"]');
SELECT path, change, old, new IS NULL, (SELECT count(*) FROM domain_diff(bare, spelled)) + (SELECT count(*) FROM domain_diff(spelled, bare, 'asked')) FROM doc, domain_diff(bare, without);
--> /domain/features/pmu|removed|on|1|0
--> /domain/features/vmport|removed|on|1|0
--> /domain/features/pvspinlock|removed|on|1|0
--> /domain/features/capabilities/mknod|removed|on|1|0
SELECT path, change FROM doc, domain_diff(without, bare);
--> /domain/features/pmu|added
--> /domain/features/vmport|added
--> /domain/features/pvspinlock|added
--> /domain/features/capabilities/mknod|added
SELECT path FROM doc, domain_diff(bare, without, 'asked');
--> /domain/features/pmu
--> /domain/features/vmport
--> /domain/features/pvspinlock
--> /domain/features/capabilities/mknod
SELECT count(*) FROM doc, domain_diff(without, bare, 'asked');
--> 0
SELECT change, path FROM domain_diff('<domain><features><pmu/></features></domain>', '<domain/>', 'asked');
--> removed|/domain/features
SELECT change, path, old, new FROM domain_diff('<domain><features><pmu/></features></domain>', '<domain><features><pmu state="off"/></features></domain>');
--> changed|/domain/features/pmu|on|off
SELECT change, path FROM domain_diff('<domain><os><varstore/></os></domain>', '<domain><os/></domain>', 'asked');
--> removed|/domain/os/varstore
SELECT change, path FROM domain_diff('<domain><genid/></domain>', '<domain/>', 'asked');
--> removed|/domain/genid/text()
SELECT count(*) FROM domain_diff('<domain><genid/></domain>', '<domain><genid>43dc0cf8-809b-4adb-9bea-a9abb5f3d90e</genid></domain>', 'asked');
--> 0
-- An empty text is no text; an attribute beside it is what differs.
SELECT change, path FROM domain_diff('<domain><cpu><model fallback="forbid"/></cpu></domain>', '<domain><cpu><model/></cpu></domain>');
--> removed|/domain/cpu/model/@fallback
SELECT change, path FROM domain_diff('<domain><os><loader/></os></domain>', '<domain><os><loader secure="yes"/></os></domain>');
--> added|/domain/os/loader/@secure
SELECT change, path FROM domain_diff('<domain><title/></domain>', '<domain/>');
--> removed|/domain/title/text()
-- libvirt writes both tags of an empty text where it writes any; of others one.
SELECT domain_xml(domain_import('<domain type=''test''>
  <name>oem</name>
  <uuid>81eef1a6-6ca6-5a2f-b922-404cbdd3a5e0</uuid>
  <title/>
  <sysinfo type=''smbios''>
    <oemStrings>
      <entry>a</entry>
      <entry></entry>
      <entry/>
    </oemStrings>
  </sysinfo>
</domain>
'));
--> <domain type='test'>
-->   <name>oem</name>
-->   <uuid>81eef1a6-6ca6-5a2f-b922-404cbdd3a5e0</uuid>
-->   <title/>
-->   <sysinfo type='smbios'>
-->     <oemStrings>
-->       <entry>a</entry>
-->       <entry></entry>
-->       <entry></entry>
-->     </oemStrings>
-->   </sysinfo>
--> </domain>
-->
CREATE TEMP TABLE card AS SELECT '<domain type=''test''>
  <name>card</name>
  <uuid>81eef1a6-6ca6-5a2f-b922-404cbdd3a5e1</uuid>
  <os>
    <acpi>
      <table type=''slic''></table>
    </acpi>
  </os>
  <devices>
    <smartcard mode=''host-certificates''>
      <certificate></certificate>
      <certificate>two</certificate>
      <certificate> </certificate>
    </smartcard>
  </devices>
</domain>
' AS xml;
SELECT domain_xml(domain_import(xml)) = xml, (SELECT exact FROM captures ORDER BY seq DESC LIMIT 1) FROM card;
--> 1|1
