-- The main way: make a database, import, look, edit, get XML.
SELECT virtsql_init() = virtsql_init();
--> 1
SELECT domain_import(readfile('@DOCUMENTS@/web.xml'), 'alpha');
--> 4dea22b3-1d52-d8f3-2516-782e98ab3fa0
SELECT domain_xml('web') = readfile('@DOCUMENTS@/web.xml'), domain_xml('web') = CAST(readfile('@DOCUMENTS@/web.xml') AS TEXT);
--> 0|1
SELECT name, source, sync_status, memory_bytes FROM virtual_machines;
--> web|imported|SYNCED|2147483648
SELECT vm_name, device_name, path, driver_cache FROM vm_disks ORDER BY 2;
--> web|sda||
--> web|vda|/var/lib/libvirt/images/web.qcow2|none
UPDATE disk_attachments SET driver_cache = 'writeback' WHERE device_name = 'vda';
SELECT device_xml('disk_attachments', id) FROM disk_attachments WHERE device_name = 'vda';
--> <disk type='file' device='disk'>
-->   <driver name='qemu' type='qcow2' cache='writeback' io='native' discard='unmap'/>
-->   <source file='/var/lib/libvirt/images/web.qcow2'/>
-->   <target dev='vda' bus='virtio'/>
-->   <serial>WEB0001</serial>
-->   <address type='pci' domain='0x0000' bus='0x04' slot='0x00' function='0x0'/>
--> </disk>
-->
-- What was captured stays as it was.
SELECT captured_xml(id) = CAST(readfile('@DOCUMENTS@/web.xml') AS TEXT), exact, source, config FROM captures;
--> 1|1|import|persistent
-- The XML comes from the rows, not from the document.
PRAGMA foreign_keys = OFF;
DROP TRIGGER documents_deleted;
DELETE FROM documents;
SELECT instr(domain_xml('web'), 'writeback') > 0;
--> 1
-- Deleting a VM takes its devices, not its history.
PRAGMA foreign_keys = ON;
DELETE FROM virtual_machines;
SELECT (SELECT count(*) FROM disk_attachments), (SELECT count(*) FROM disks), (SELECT count(*) FROM attachment_indices), (SELECT count(*) FROM captures);
--> 0|0|0|1
-- Passwords and cookies are left out before anything is written; that there was one is known.
SELECT domain_import('<domain type="kvm"><name>s</name><devices><graphics type="vnc" passwd="secret" port="-1"/></devices></domain>') <> '';
--> 1
SELECT domain_xml('s') LIKE '%secret%', captured_xml(id) LIKE '%secret%', captured_xml(id) LIKE '%port="-1"%', secrets FROM captures ORDER BY id DESC LIMIT 1;
--> 0|0|1|1
-- Secrets have no column; a domain inside a snapshot has secrets too.
SELECT path, value, kept, quote(table_name) FROM xml_leaves('<domain><name>s</name><devices><disk><source><cookies><cookie name="a">x</cookie></cookies></source></disk><graphics type="vnc" passwd="secret" port="1"/></devices></domain>') WHERE kept = 'secret';
--> /domain/devices/disk/source/cookies/cookie/@name|a|secret|''
--> /domain/devices/disk/source/cookies/cookie/text()|x|secret|''
--> /domain/devices/graphics/@passwd|secret|secret|''
SELECT path, kept, quote(column_name) FROM xml_leaves('<domainsnapshot><name>n</name><domain type="kvm"><name>s</name><devices><graphics type="vnc" passwd="x" port="1"/><graphics type="vnc" port="2"/></devices></domain></domainsnapshot>') WHERE path LIKE '%/graphics/%' ORDER BY path, value;
--> /domainsnapshot/domain/devices/graphics/@passwd|secret|''
--> /domainsnapshot/domain/devices/graphics/@port|json|'domain_json'
--> /domainsnapshot/domain/devices/graphics/@port|json|'domain_json'
--> /domainsnapshot/domain/devices/graphics/@type|json|'domain_json'
--> /domainsnapshot/domain/devices/graphics/@type|json|'domain_json'
SELECT count(*) FROM virtsql_catalog WHERE xml_path LIKE '%passwd' OR xml_path LIKE '%/cookies%';
--> 0
SELECT snapshot_import('<domainsnapshot><name>n</name><domain type="kvm"><name>s</name><uuid>00000000-0000-4000-8000-00000000000a</uuid><devices><graphics type="vnc" passwd="hidden"/></devices></domain><inactiveDomain type="kvm"><name>s</name><devices><graphics type="vnc" passwd="hidden"/></devices></inactiveDomain></domainsnapshot>') > 0;
--> 1
SELECT captured_xml(id) LIKE '%hidden%', secrets FROM captures ORDER BY id DESC LIMIT 1;
--> 0|2
-- The history has nothing that the rules leave out.
SELECT virtsql_redact();
--> 0
