-- libvirt's own grammar, with words that help.
CREATE TEMP TABLE doc AS SELECT readfile('@DOCUMENTS@/web.xml') AS web;
SELECT domain_validate(web) IS NULL FROM doc;
--> 1
SELECT domain_validate(replace(web, 'cache=', 'cash=')) FROM doc;
--> line 46: <driver> in /domain/devices/disk/driver cannot have cash='none'
SELECT domain_validate(replace(web, '<devices>', '<devices><gizmo/>')) FROM doc;
--> line 43: <gizmo> at /domain/devices/gizmo is not allowed here, is there too often, or lacks something that it must have
SELECT domain_validate(replace(replace(web, 'cache=', 'cash='), '<vcpu placement=', '<vcpu placment=')) FROM doc;
--> line 13: <vcpu> in /domain/vcpu cannot have placment='static'
SELECT domain_validate('<domain type="kvm"><memory>1</memory></domain>');
--> line 1: <domain> has no <name>
SELECT domain_validate('<network/>');
--> line 1: the document is a <network>, not a <domain>
SELECT domain_validate('<domain');
--> Runtime error: the XML is not well-formed: line 1: Couldn't find end of Start Tag domain line 1
SELECT domain_validate('<domain><name>a</name></domain>'), domain_validate('<domain type="kvm"><name>a</name></domain>'),
  domain_validate('<domain type="kvm"><name>a</name><os/></domain>');
--> line 1: <domain> has no type=, the hypervisor: kvm, qemu, ...|line 1: <domain>: an os <type> must be specified|line 1: <os> has no <type>: hvm, exe, ...
-- What libvirt refuses though its grammar takes it, in its own words.
SELECT domain_validate(replace(web, 'listen=''127.0.0.1''', 'listen=''127.0.0.2''')) FROM doc;
--> line 125: <graphics>: graphics 'listen' attribute '127.0.0.2' must match 'address' attribute of first listen element (found '127.0.0.1')
SELECT domain_validate(readfile('@DOCUMENTS@/cases/31-vnc-autoport-no-without-port.xml'));
--> line 2: <graphics>: vnc port must be in range [5900,65535]
SELECT domain_validate(NULL) IS NULL;
--> 1
-- What QEMU's driver alone refuses, it refuses of its own domains: a name of 248 characters, for a clone as well.
SELECT virtsql_init() > 0;
--> 1
SELECT domain_import('<domain type="' || column1 || '"><name>' || column1 || '</name><memory>1</memory></domain>') IS NOT NULL FROM (VALUES ('xen'), ('kvm'));
--> 1
--> 1
SELECT domain_clone('xen', printf('%.248c', 'x')) IS NOT NULL;
--> 1
SELECT domain_clone('kvm', printf('%.248c', 'x'));
--> Runtime error: domain_clone(): libvirt refuses the name "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...": File name too long
