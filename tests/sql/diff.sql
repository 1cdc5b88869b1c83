-- domain_diff: typed differences, whatever the order and the spelling.
CREATE TEMP TABLE doc AS SELECT readfile('@DOCUMENTS@/web.xml') AS web;
SELECT count(*) FROM doc, domain_diff(web, web);
--> 0
-- Order alone, another spelling of a number, another unit: no difference.
SELECT count(*) FROM domain_diff('<domain type="kvm"><name>a</name><memory unit="GiB">2</memory><devices><disk type="file"><target dev="vda"/></disk><disk type="file"><target dev="vdb"/></disk><rng model="virtio"><address type="pci" bus="0x01" slot="0x00"/></rng></devices></domain>',
  '<domain type="kvm"><devices><disk type="file"><target dev="vdb"/></disk><rng model="virtio"><address type="pci" bus="1" slot="0"/></rng><disk type="file"><target dev="vda"/></disk></devices><memory unit="KiB">2097152</memory><name>a</name></domain>');
--> 0
SELECT change, device, key, path, old, new FROM doc, domain_diff(web, replace(replace(web, 'cache=''none''', 'cache=''writeback'''), '2097152', '8388608'));
--> changed|||/domain/memory/text()|2097152 KiB|8388608 KiB
--> changed|disk|vda|/domain/devices/disk/driver/@cache|none|writeback
-- A disk that moved is one with another target, not one that went and one that came.
SELECT change, device, key, path, old, new FROM domain_diff('<domain type="kvm"><name>a</name><devices><disk type="file"><source file="/a"/><target dev="vda" bus="virtio"/></disk></devices></domain>',
  '<domain type="kvm"><name>a</name><devices><disk type="file"><source file="/b"/><target dev="vda" bus="virtio"/></disk><disk type="file"><source file="/c"/><target dev="vdb" bus="virtio"/></disk></devices></domain>');
--> changed|disk|vda|/domain/devices/disk/source/@file|/a|/b
--> added|disk|vdb|/domain/devices/disk||<disk type='file'>
-->   <source file='/c'/>
-->   <target dev='vdb' bus='virtio'/>
--> </disk>
-->
SELECT change, device, key, path, old, new FROM domain_diff('<domain type="kvm"><name>a</name><devices><disk type="file"><source file="/a"/><target dev="vda" bus="virtio"/></disk></devices></domain>',
  '<domain type="kvm"><name>a</name><devices><disk type="file"><source file="/a"/><target dev="sda" bus="sata"/></disk></devices></domain>');
--> changed|disk|vda|/domain/devices/disk/target/@dev|vda|sda
--> changed|disk|vda|/domain/devices/disk/target/@bus|virtio|sata
-- Controllers are told apart by type and index; the companions of one index by what they are.
SELECT change, key, path, old, new FROM domain_diff('<domain type="kvm"><name>a</name><devices><controller type="usb" index="0" model="ich9-ehci1"/><controller type="usb" index="0" model="ich9-uhci1"/><controller type="pci" index="0" model="pci-root"/></devices></domain>',
  '<domain type="kvm"><name>a</name><devices><controller type="pci" index="0" model="pcie-root"/><controller type="usb" index="0" model="ich9-uhci1"/><controller type="usb" index="0" model="ich9-ehci1"/></devices></domain>');
--> changed|pci 0|/domain/devices/controller/@model|pci-root|pcie-root
-- Rows in rows, and what has no column.
SELECT change, key, path, old, new FROM domain_diff('<domain type="kvm"><name>a</name><cpu mode="custom"><feature policy="require" name="vmx"/></cpu><new x="1"/></domain>',
  '<domain type="kvm"><name>a</name><cpu mode="custom"><feature policy="disable" name="vmx"/></cpu><new x="2"/></domain>');
--> changed||/domain/new|<new x='1'/>
--> |<new x='2'/>
-->
--> changed|vmx|/domain/cpu/feature/@policy|require|disable
-- What was asked for: what libvirt fills in is no difference, what it did not take over is one.
SELECT count(*) FROM doc, domain_diff('<domain type="qemu"><name>web</name><memory unit="GiB">2</memory><vcpu>4</vcpu><os><type machine="q35">hvm</type></os><devices><disk type="file"><source file="/var/lib/libvirt/images/web.qcow2"/><target dev="vda"/></disk><interface type="user"/></devices></domain>', web, 'asked');
--> 0
SELECT change, path, old, new FROM doc, domain_diff('<domain type="qemu"><name>web</name><memory unit="GiB">6</memory><devices><disk type="file"><driver name="qemu" copy_on_read="on"/><target dev="vda"/></disk><sound model="ich9"/></devices></domain>', web, 'asked');
--> changed|/domain/memory/text()|6 GiB|2097152 KiB
--> removed|/domain/devices/disk/driver/@copy_on_read|on|
--> removed|/domain/devices/sound|<sound model='ich9'/>
--> |
-- The start makes a model of a host-model CPU. Between two definitions that is a difference.
CREATE TEMP TABLE cpus AS SELECT '<cpu mode="host-model"/></domain>' AS asked, '<cpu mode="custom"><model>EPYC</model></cpu></domain>' AS given;
SELECT path FROM cpus, domain_diff('<domain type="kvm"><name>a</name>' || asked, '<domain type="kvm"><name>a</name>' || given, 'asked');
--> /domain/cpu/@mode
SELECT count(*) FROM cpus, domain_diff('<domain type="kvm"><name>a</name>' || asked, '<domain type="kvm" id="1"><name>a</name>' || given, 'asked');
--> 0
SELECT * FROM domain_diff(NULL, '<domain/>');
SELECT * FROM domain_diff('<domain/>');
--> Runtime error: domain_diff() needs a, b: domain_diff(readfile('a.xml'), readfile('b.xml'))
SELECT * FROM domain_diff('<domain', '<domain/>');
--> Runtime error: domain_diff(), a: the XML is not well-formed: line 1: Couldn't find end of Start Tag domain line 1
SELECT * FROM domain_diff('<domain/>', '<domain/>', 'wanted');
--> Runtime error: domain_diff(): no mode "wanted"; it is all (default) or asked
