-- Rows that were edited, against what was captured.
SELECT virtsql_init() > 0;
--> 1
CREATE TEMP TABLE doc AS SELECT readfile('@DOCUMENTS@/web.xml') AS web;
CREATE TEMP TABLE done AS SELECT domain_import(web, 'host') FROM doc;
SELECT count(*) FROM domain_drift;
--> 0
UPDATE vm_disks SET driver_cache = 'writeback' WHERE vm_name = 'web' AND device_name = 'vda';
SELECT change, device, key, path, old, new, against FROM domain_drift;
--> changed|disk|vda|/domain/devices/disk/driver/@cache|writeback|none|persistent
SELECT vm_name, count(*) FROM domain_drift('web') GROUP BY 1;
--> web|1
SELECT count(*) FROM domain_drift(NULL);
--> 0
SELECT count(*) FROM domain_drift('nobody');
--> Runtime error: domain_drift(): no VM "nobody"; names are in virtual_machines.name, UUIDs in virtual_machines.uuid
SELECT v.name, d.path FROM virtual_machines AS v JOIN domain_drift(v.uuid) AS d WHERE d.vm_uuid = v.uuid;
--> web|/domain/devices/disk/driver/@cache
-- At the next capture the VM turns out to be managed; its rows stay.
INSERT INTO done SELECT domain_import(web, 'host') FROM doc;
SELECT source, sync_status, drift_details FROM virtual_machines;
--> managed|DRIFTED|[{"change":"changed","device":"disk","key":"vda","path":"/domain/devices/disk/driver/@cache","old":"writeback","new":"none"}]
INSERT INTO done SELECT domain_import(replace(web, 'cache=''none''', 'cache=''writeback'''), 'host') FROM doc;
SELECT source, sync_status, drift_details IS NULL FROM virtual_machines;
--> managed|SYNCED|1
SELECT count(*) FROM domain_drift;
--> 0
INSERT INTO done SELECT domain_import(web, 'host') FROM doc;
SELECT domain_accept('web');
--> web
SELECT source, sync_status, (SELECT count(*) FROM domain_drift) FROM virtual_machines;
--> imported|SYNCED|0
-- One VM is asked for by its UUID; the others are not read.
EXPLAIN QUERY PLAN SELECT * FROM domain_drift WHERE vm_uuid = 'x';
--> QUERY PLAN
--> `--SCAN domain_drift VIRTUAL TABLE INDEX 2:1ff
SELECT count(*) FROM domain_drift WHERE vm_uuid = 'no such VM' OR vm_uuid IS NULL;
--> 0
-- A clone has its own identity, no drift (nothing of it was captured), and takes nothing from its origin.
CREATE TEMP TABLE clone AS SELECT domain_clone('web', 'web2') AS uuid;
SELECT name, source, sync_status, uuid = (SELECT uuid FROM clone), uuid GLOB '????????-????-4???-????-????????????' FROM virtual_machines ORDER BY id;
--> web|imported|SYNCED|0|0
--> web2|managed|UNKNOWN|1|1
SELECT path FROM domain_diff(domain_xml('web'), domain_xml('web2')) ORDER BY 1;
--> /domain/devices/interface
--> /domain/devices/interface
--> /domain/name/text()
--> /domain/uuid/text()
SELECT count(DISTINCT mac_address), min(mac_address GLOB '52:54:00:*') FROM vm_ports;
--> 2|1
-- The image is shared; the empty CD drives are each their own.
SELECT count(*), count(DISTINCT disk_id) FROM disk_attachments;
--> 4|3
SELECT domain_clone('web', 'web2');
--> Runtime error: domain_clone(): the host has a VM "web2" already
SELECT domain_clone('nobody', 'x');
--> Runtime error: domain_clone(): no VM "nobody"; names are in virtual_machines.name, UUIDs in virtual_machines.uuid
SELECT domain_clone('web', NULL);
--> Runtime error: domain_clone(): the new name is NULL
SELECT domain_clone('web', '');
--> Runtime error: domain_clone(): the new name is empty
-- Rows that no XML can say are no reason to lose what is captured of the VM.
UPDATE virtual_machines SET title = char(1) WHERE name = 'web';
CREATE TEMP TABLE before AS SELECT count(*) AS captures FROM captures;
INSERT INTO done SELECT domain_import(web, 'host') FROM doc;
SELECT (SELECT count(*) FROM captures) - captures FROM before;
--> 1
SELECT sync_status, drift_details LIKE '%title%U+0001%' FROM virtual_machines WHERE name = 'web';
--> DRIFTED|1
-- The limits of a card that its network's port group says are no change; those that somebody sets while the VM runs are.
SELECT network_import('<network><name>limited</name><portgroup name="slow" default="yes"><bandwidth><inbound average="1000"/></bandwidth></portgroup></network>', 'h') > 0,
       network_import('<network><name>open</name></network>', 'h') > 0;
--> 1|1
CREATE TABLE limits (vm, network, average);
INSERT INTO limits VALUES ('same', 'limited', 1000), ('other', 'limited', 2000), ('set', 'open', 1000), ('unknown', 'elsewhere', 1000);
SELECT count(domain_import('<domain type="kvm"><name>' || vm || '</name><uuid>00000000-0000-4000-8000-00000000000' || rowid || '</uuid><devices><interface type="network"><mac address="52:54:00:00:01:0' || rowid || '"/><source network="' || network || '"/></interface></devices></domain>', 'h')),
       count(domain_import('<domain type="kvm" id="1"><name>' || vm || '</name><uuid>00000000-0000-4000-8000-00000000000' || rowid || '</uuid><devices><interface type="bridge"><mac address="52:54:00:00:01:0' || rowid || '"/><source network="' || network || '" bridge="br0"/><bandwidth><inbound average="' || average || '"/></bandwidth></interface></devices></domain>', 'h'))
  FROM limits;
--> 4|4
SELECT vm_name, change, path, new FROM domain_drift WHERE vm_name IN (SELECT vm FROM limits) ORDER BY vm_name;
--> other|added|/domain/devices/interface/bandwidth/inbound/@average|2000
--> set|added|/domain/devices/interface/bandwidth/inbound/@average|1000
-- Devices that were taken out of the rows are a drift as long as libvirt has them, unless it adds them by itself.
INSERT INTO done SELECT domain_import('<domain type="kvm"><name>parts</name><devices><disk type="file"><source file="/a"/><target dev="sda" bus="scsi"/><address type="drive" controller="0" bus="0" target="0" unit="0"/></disk><controller type="scsi" index="0" model="virtio-scsi"/><controller type="scsi" index="1" model="lsilogic"/><input type="mouse" bus="ps2"/><input type="tablet" bus="usb"/></devices></domain>', 'h');
DELETE FROM vm_controllers WHERE vm_name = 'parts';
DELETE FROM vm_input_devices WHERE vm_name = 'parts';
SELECT change, path, new FROM domain_drift('parts');
--> added|/domain/devices/controller|<controller type='scsi' index='1' model='lsilogic'/>
-->
--> added|/domain/devices/input|<input type='tablet' bus='usb'/>
-->
-- What libvirt adds when it defines a VM and completes when it starts it did not come while the VM ran.
INSERT INTO done SELECT domain_import('<domain type="kvm"><name>shown</name><uuid>00000000-0000-4000-8000-0000000000e1</uuid><devices><graphics type="vnc" port="-1" autoport="yes"/></devices></domain>', 'h');
UPDATE virtual_machines SET title = 'mine' WHERE name = 'shown';
INSERT INTO done SELECT domain_import('<domain type="kvm"><name>shown</name><uuid>00000000-0000-4000-8000-0000000000e1</uuid><devices><graphics type="vnc" port="-1" autoport="yes"><listen type="address"/></graphics></devices></domain>', 'h');
INSERT INTO done SELECT domain_import('<domain type="kvm" id="3"><name>shown</name><uuid>00000000-0000-4000-8000-0000000000e1</uuid><devices><graphics type="vnc" port="5900" autoport="yes" listen="127.0.0.1"><listen type="address" address="127.0.0.1"/></graphics></devices></domain>', 'h');
SELECT against, change, path FROM domain_drift('shown');
--> persistent|removed|/domain/title/text()
--> live|removed|/domain/title/text()
