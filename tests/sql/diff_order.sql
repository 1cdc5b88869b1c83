-- Order that has a meaning: the fewest rows that explain it have moved, none that merely shifted.
CREATE TEMP TABLE doc AS SELECT readfile('@DOCUMENTS@/cases/06-redirfilter.before.xml') AS rules, readfile('@DOCUMENTS@/cases/16-fwcfg.before.xml') AS oem,
  readfile('@DOCUMENTS@/cases/01-qemu-namespace.before.xml') AS arguments;
SELECT change, device, path, old, new FROM doc, domain_diff(rules, readfile('@DOCUMENTS@/cases/06g-rules-swapped.xml'));
--> moved|usb_redirection_filter|/domain/devices/redirfilter/usbdev|1|2
SELECT change, path, new FROM doc, domain_diff(rules, readfile('@DOCUMENTS@/cases/06b-rule-in-front.xml'));
--> added|/domain/devices/redirfilter/usbdev|<usbdev class='0x03' allow='no'/>
-->
SELECT change, path, old, new FROM doc, domain_diff(arguments, readfile('@DOCUMENTS@/cases/01f-args-swapped.xml'));
--> moved|/domain/qemu:commandline/qemu:arg|0|2
--> moved|/domain/qemu:commandline/qemu:arg|1|1
SELECT change, path, old, new FROM doc, domain_diff(arguments, readfile('@DOCUMENTS@/cases/01-qemu-namespace.after.xml'));
--> removed|/domain/qemu:commandline/qemu:arg|<qemu:arg value='-set'/>
--> |
--> changed|/domain/qemu:override/qemu:device/qemu:frontend/qemu:property/@value|1|7200
--> added|/domain/qemu:override/qemu:device/qemu:frontend/qemu:property||<qemu:property name='romfile' type='string' value=''/>
-->
SELECT count(*) > 0, min(change), max(change) FROM doc, domain_diff(oem, readfile('@DOCUMENTS@/cases/16b-oem-swapped.xml'));
--> 1|moved|moved
SELECT change, path, old, new FROM domain_diff('<domain type="lxc"><name>a</name><os><initarg>x</initarg><initarg>y</initarg></os></domain>',
  '<domain type="lxc"><name>a</name><os><initarg>y</initarg><initarg>x</initarg></os></domain>');
--> moved|/domain/os/initarg|0|1
-- An option and its value go, one of the same value stays: nothing has moved.
SELECT change, old FROM domain_diff('<domain type="lxc"><name>a</name><os><initarg>-p</initarg><initarg>1</initarg><initarg>-q</initarg><initarg>1</initarg></os></domain>',
  '<domain type="lxc"><name>a</name><os><initarg>-q</initarg><initarg>1</initarg></os></domain>');
--> removed|<initarg>-p</initarg>
-->
--> removed|<initarg>1</initarg>
-->
-- Boot devices are tried in order: one that goes does not change the others.
SELECT change, path, old, new FROM domain_diff('<domain type="kvm"><os><boot dev="network"/><boot dev="cdrom"/><boot dev="hd"/></os></domain>',
  '<domain type="kvm"><os><boot dev="cdrom"/><boot dev="hd"/></os></domain>');
--> removed|/domain/os/boot/@dev|network|
SELECT change, path, old, new FROM domain_diff('<domain type="kvm"><os><boot dev="network"/><boot dev="hd"/></os></domain>',
  '<domain type="kvm"><os><boot dev="hd"/><boot dev="network"/></os></domain>');
--> moved|/domain/os/boot|0|1
SELECT change, path, old, new FROM domain_diff('<domain type="kvm"><os><boot dev="network"/><boot dev="hd"/></os></domain>',
  '<domain type="kvm"><os><boot dev="network"/><boot dev="cdrom"/></os></domain>');
--> changed|/domain/os/boot/@dev|hd|cdrom
-- What was asked in an order and came in another is a difference of what was asked.
SELECT change FROM doc, domain_diff(rules, readfile('@DOCUMENTS@/cases/06g-rules-swapped.xml'), 'asked');
--> moved
-- What libvirt says of a running VM alone nobody asks for.
SELECT count(*) FROM domain_diff('<domain type="kvm" id="3"><name>a</name><devices><sound model="ich9"><alias name="sound0"/></sound></devices></domain>',
  '<domain type="kvm"><name>a</name><devices><sound model="ich9"/></devices></domain>', 'asked');
--> 0
-- Managed rows see it in what is captured.
SELECT virtsql_init() > 0;
--> 1
SELECT domain_import(rules, 'h') = (SELECT uuid FROM virtual_machines) FROM doc;
--> 1
UPDATE virtual_machines SET title = 'mine';
SELECT domain_import(readfile('@DOCUMENTS@/cases/06g-rules-swapped.xml'), 'h') IS NOT NULL;
--> 1
UPDATE virtual_machines SET title = NULL;
SELECT domain_import(readfile('@DOCUMENTS@/cases/06g-rules-swapped.xml'), 'h') IS NOT NULL;
--> 1
SELECT source, sync_status, drift_details FROM virtual_machines;
--> managed|DRIFTED|[{"change":"moved","device":"usb_redirection_filter","key":"0/1","path":"/domain/devices/redirfilter/usbdev","old":"1","new":"2"}]
SELECT change, path FROM domain_drift;
--> moved|/domain/devices/redirfilter/usbdev
-- The order of environment variables of different names has no meaning.
SELECT count(*) FROM domain_diff(
  '<domain xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0"><os><initenv name="A">1</initenv><initenv name="B">2</initenv></os><qemu:commandline><qemu:env name="A" value="1"/><qemu:env name="B" value="2"/></qemu:commandline></domain>',
  '<domain xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0"><os><initenv name="B">2</initenv><initenv name="A">1</initenv></os><qemu:commandline><qemu:env name="B" value="2"/><qemu:env name="A" value="1"/></qemu:commandline></domain>');
--> 0
CREATE TEMP TABLE twice AS SELECT '<domain type=''lxc''>
  <name>twice</name>
  <uuid>81eef1a6-6ca6-5a2f-b922-404cbdd3a5e1</uuid>
  <os>
    <initenv name=''A''>1</initenv>
    <initenv name=''B''>2</initenv>
    <initenv name=''A''>3</initenv>
    <initenv name=''A''>1</initenv>
  </os>
</domain>
' AS xml;
SELECT domain_xml(domain_import(xml)) = xml, (SELECT exact FROM captures ORDER BY seq DESC LIMIT 1) FROM twice;
--> 1|1
