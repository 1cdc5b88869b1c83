-- Edits of the tables themselves: what belongs to a row goes with it, also in a shell that has foreign keys off.
SELECT virtsql_init() > 0;
--> 1
INSERT INTO hosts (name) VALUES ('alpha'), ('beta');
CREATE TEMP TABLE vm AS SELECT '<domain type="kvm"><name>mover</name><uuid>00000000-0000-4000-8000-00000000000a</uuid><devices>
<disk type="file" device="disk"><source file="/images/a"/><backingStore type="file"><format type="raw"/><source file="/images/below"/></backingStore><target dev="vda"/></disk>
<disk type="network" device="disk" made="here"><source protocol="rbd" name="pool/image"><host name="one"/><host name="two"/></source><target dev="vdb"/></disk>
<disk type="file" device="cdrom"><target dev="sda"/></disk>
<filesystem type="mount"><source dir="/srv"/><target dir="srv"/></filesystem>
<interface type="network"><mac address="52:54:00:00:00:01"/><source network="lan"/><virtualport type="openvswitch"><parameters profileid="p"/></virtualport></interface>
<hostdev mode="subsystem" type="pci"><source><address domain="0x0000" bus="0x01" slot="0x00" function="0x0"/></source></hostdev>
<hostdev mode="subsystem" type="mdev" model="vfio-pci"><source><address uuid="00000000-0000-4000-8000-0000000000dd"/></source></hostdev>
<vsock><cid auto="no" address="3"/></vsock><shmem name="shared"/></devices></domain>' AS xml;
SELECT domain_import(xml, 'alpha') FROM vm;
--> 00000000-0000-4000-8000-00000000000a
-- Another VM of the host shares the first image; it stays.
SELECT domain_import('<domain type="kvm"><name>stays</name><uuid>00000000-0000-4000-8000-00000000000b</uuid><devices>
<disk type="file" device="disk"><source file="/images/a"/><target dev="vda"/></disk></devices></domain>', 'alpha') IS NULL;
--> 0
CREATE TEMP VIEW things AS
  SELECT v.name AS vm, 'disk' AS kind, r.host_id FROM virtual_machines AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid JOIN disks AS r ON r.id = a.disk_id
  UNION ALL SELECT v.name, 'filesystem', r.host_id FROM virtual_machines AS v JOIN filesystem_attachments AS a ON a.vm_uuid = v.uuid JOIN filesystems AS r ON r.id = a.filesystem_id
  UNION ALL SELECT v.name, 'port', r.host_id FROM virtual_machines AS v JOIN port_attachments AS a ON a.vm_uuid = v.uuid JOIN ports AS r ON r.id = a.port_id
  UNION ALL SELECT v.name, 'host device', r.host_id FROM virtual_machines AS v JOIN host_device_attachments AS a ON a.vm_uuid = v.uuid JOIN host_devices AS r ON r.id = a.host_device_id
  UNION ALL SELECT v.name, 'mdev', r.host_id FROM virtual_machines AS v JOIN mediated_device_attachments AS a ON a.vm_uuid = v.uuid JOIN mediated_devices AS r ON r.id = a.mediated_device_id
  UNION ALL SELECT v.name, 'vsock', r.host_id FROM virtual_machines AS v JOIN vsock_attachments AS a ON a.vm_uuid = v.uuid JOIN vsocks AS r ON r.id = a.vsock_id
  UNION ALL SELECT v.name, 'shmem', r.host_id FROM virtual_machines AS v JOIN shmem_device_attachments AS a ON a.vm_uuid = v.uuid JOIN shmem_devices AS r ON r.id = a.shmem_device_id;
CREATE TEMP TABLE before AS SELECT domain_xml('mover') AS xml;
-- What belongs to a host follows its VM to another one, to none, and back.
UPDATE virtual_machines SET host_id = 2 WHERE name = 'mover';
SELECT vm, group_concat(DISTINCT host_id), count(*) FROM things GROUP BY 1;
--> mover|2|9
--> stays|1|1
SELECT xml = domain_xml('mover') FROM before;
--> 1
SELECT host_id, count(*) FROM disks GROUP BY 1;
--> 1|1
--> 2|3
UPDATE virtual_machines SET host_id = NULL WHERE name = 'mover';
SELECT count(host_id), count(*) FROM things WHERE vm = 'mover';
--> 0|9
UPDATE OR IGNORE virtual_machines SET host_id = 1;
SELECT group_concat(DISTINCT host_id), count(*) FROM things;
--> 1|10
SELECT xml = domain_xml('mover') FROM before;
--> 1
SELECT count(*), count(DISTINCT id) FROM (SELECT disk_id AS id FROM disk_attachments JOIN disks AS d ON d.id = disk_id WHERE path = '/images/a');
--> 2|1
-- A capture from another host moves them as before, and says the same.
SELECT domain_import(xml, 'beta') IS NULL FROM vm;
--> 0
SELECT vm, group_concat(DISTINCT host_id), count(*) FROM things GROUP BY 1;
--> mover|2|9
--> stays|1|1
SELECT sync_status, source FROM virtual_machines WHERE name = 'mover';
--> SYNCED|imported
-- What has no column follows a device that gets another id or goes to another VM.
SELECT domain_import('<domain type="kvm"><name>giver</name><uuid>00000000-0000-4000-8000-00000000000c</uuid><devices>
<disk a="1" type="network"><driver b="2"/><source protocol="rbd" name="x"><host name="one"/></source><target dev="vdx"/></disk>
<console type="pty" f="5"/></devices></domain>', 'alpha') IS NULL;
--> 0
CREATE TEMP TABLE given AS SELECT device_xml('vm_disks', id) AS disk, (SELECT device_xml('consoles', id) FROM consoles WHERE vm_uuid = '00000000-0000-4000-8000-00000000000c') AS console
  FROM vm_disks WHERE vm_name = 'giver';
SELECT count(*) FROM vendor_options WHERE vm_uuid = '00000000-0000-4000-8000-00000000000c';
--> 3
UPDATE disk_attachments SET id = 1000 WHERE device_name = 'vdx';
SELECT instr(domain_xml('giver'), 'a=''1''') > 0, device_xml('vm_disks', 1000) = disk FROM given;
--> 1|1
UPDATE disk_attachments SET vm_uuid = '00000000-0000-4000-8000-00000000000b', position = 9 WHERE device_name = 'vdx';
UPDATE consoles SET vm_uuid = '00000000-0000-4000-8000-00000000000b';
SELECT count(*), min(vm_uuid) FROM vendor_options WHERE vm_uuid IN ('00000000-0000-4000-8000-00000000000b', '00000000-0000-4000-8000-00000000000c');
--> 3|00000000-0000-4000-8000-00000000000b
SELECT device_xml('vm_disks', 1000) = disk, instr(domain_xml('stays'), replace('    ' || rtrim(disk, char(10)), char(10), char(10) || '    ')) > 0,
  instr(domain_xml('stays'), 'f=''5''') > 0 FROM given;
--> 1|1|1
UPDATE virtual_machines SET uuid = '00000000-0000-4000-8000-0000000000bb' WHERE name = 'stays';
SELECT count(*), device_xml('vm_disks', 1000) = disk FROM given, vendor_options WHERE vm_uuid = '00000000-0000-4000-8000-0000000000bb';
--> 3|1
-- Without foreign keys, too, a VM's UUID is changed with all that it has.
PRAGMA foreign_keys = OFF;
UPDATE virtual_machines SET uuid = '00000000-0000-4000-8000-0000000000cc' WHERE name = 'stays';
PRAGMA foreign_key_check;
SELECT count(*), device_xml('vm_disks', 1000) = disk FROM given, vendor_options WHERE vm_uuid = '00000000-0000-4000-8000-0000000000cc';
--> 3|1
-- Nor does it lose any if the UUID is written without dashes.
UPDATE virtual_machines SET uuid = '000000000000400080000000000000CD' WHERE name = 'stays';
PRAGMA foreign_key_check;
SELECT count(*), device_xml('vm_disks', 1000) = disk FROM given, vendor_options WHERE vm_uuid = '00000000-0000-4000-8000-0000000000cd';
--> 3|1
PRAGMA foreign_keys = ON;
-- Without foreign keys a deleted VM leaves nothing behind but its history, and is imported again as if it were new.
PRAGMA foreign_keys = OFF;
DELETE FROM virtual_machines WHERE name = 'mover';
SELECT count(*) FROM things WHERE vm = 'mover';
--> 0
DELETE FROM virtual_machines;
PRAGMA foreign_key_check;
SELECT count(*) FROM vendor_options;
--> 0
SELECT count(*) FROM disks;
--> 0
SELECT domain_import(xml, 'alpha') FROM vm;
--> 00000000-0000-4000-8000-00000000000a
SELECT xml = domain_xml('mover') FROM before;
--> 1
-- A deleted device, and a deleted thing of the host, leave nothing to the one that gets the id.
DELETE FROM vm_disks WHERE device_name IN ('vda', 'vdb');
SELECT (SELECT count(*) FROM disk_layers), (SELECT count(*) FROM disk_hosts);
--> 0|0
PRAGMA foreign_key_check;
PRAGMA foreign_keys = ON;
