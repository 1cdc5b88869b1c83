-- The everyday views: host in every row, one type in a column, read-only, and nothing of VMs that libvirt has no more.
SELECT virtsql_init() > 0;
--> 1
SELECT count(domain_import(readfile('@DOCUMENTS@/' || value || '.xml'), 'alpha')) FROM json_each('["web","db","plain"]');
--> 3
SELECT host, name, title, state, vcpus, memory_mib, machine, firmware, secure_boot, source, sync_status FROM vms ORDER BY name;
--> alpha|db||unknown|4|8192|pc-i440fx-7.2|bios|0|imported|SYNCED
--> alpha|plain||unknown|1|512||bios|0|imported|SYNCED
--> alpha|web|Web front end|unknown|4|2048|pc-q35-7.2|bios|0|imported|SYNCED
-- Every device of every VM, in libvirt's words.
SELECT element, name, model, source, details FROM vm_devices WHERE vm_name = 'db' AND element IN ('disk', 'interface', 'hostdev', 'tpm', 'graphics', 'vsock') ORDER BY table_name, position;
--> graphics||spice|127.0.0.1|autoport=yes
--> disk|vda|virtio|rbd:pool/db-data|device=disk type=raw cache=writeback
--> disk|sda|scsi|/dev/disk/by-id/scsi-360000000000000001|device=lun type=raw shareable
--> hostdev||usb|0x0951:0x1625|managed=yes
--> hostdev||pci|0000:65:00.0|managed=yes
--> hostdev|c2177883-f1bb-47f0-914d-32a22e3a8804|vfio-pci|c2177883-f1bb-47f0-914d-32a22e3a8804|managed=no
--> interface|52:54:00:11:22:33|virtio|br0|type=bridge
--> interface|52:54:00:11:22:34|e1000|eth0|type=direct state=down
--> interface|52:54:00:11:22:35||0000:3b:02.1|type=hostdev
--> tpm||tpm-crb|/dev/tpm0|type=passthrough
--> vsock|77|virtio||auto=no
SELECT (SELECT count(*) FROM vm_devices) = (SELECT count(*) FROM attachment_indices);
--> 1
-- Whole chains: what the volumes of the host say too; a path and a volume are one image.
SELECT pool_import('<pool type="dir"><name>images</name><uuid>11111111-2222-4333-8444-555555555501</uuid><target><path>/var/lib/libvirt/images</path></target></pool>', 'alpha') > 0;
--> 1
SELECT volume_import('<volume><name>' || a || '</name><capacity unit="bytes">7</capacity><target><path>/var/lib/libvirt/images/' || a || '</path></target>' ||
  coalesce('<backingStore><path>/var/lib/libvirt/images/' || b || '</path><format type="qcow2"/></backingStore>', '') || '</volume>', 'alpha') > 0
FROM (SELECT column1 AS a, column2 AS b FROM (VALUES ('web.qcow2', 'mid.qcow2'), ('mid.qcow2', 'base.qcow2'), ('base.qcow2', NULL), ('orphan.qcow2', NULL)));
--> 1
--> 1
--> 1
--> 1
SELECT target, depth, format, image, pool, volume, capacity_bytes, read_only FROM vm_images WHERE vm_name = 'web' AND target = 'vda' ORDER BY depth;
--> vda|0|qcow2|/var/lib/libvirt/images/web.qcow2|images|web.qcow2|7|0
--> vda|1|qcow2|/var/lib/libvirt/images/mid.qcow2|images|mid.qcow2|7|1
--> vda|2|qcow2|/var/lib/libvirt/images/base.qcow2|images|base.qcow2|7|1
SELECT o.name FROM volumes AS o WHERE o.path NOT IN (SELECT path FROM host_files WHERE host = 'alpha');
--> orphan.qcow2
SELECT path, role, table_name, column_name FROM host_files WHERE vm_name = 'web' ORDER BY 1, 2;
--> /dev/urandom|rng backend|rng_device_attachments|backend_path
--> /usr/bin/qemu-system-x86_64|emulator|virtual_machines|devices_emulator
--> /var/lib/libvirt/images/base.qcow2|backing store|volumes|backing_path
--> /var/lib/libvirt/images/mid.qcow2|backing store|volumes|backing_path
--> /var/lib/libvirt/images/web.qcow2|disk|disks|path
-- cpusets, one row for each CPU.
UPDATE virtual_machines SET vcpu_cpuset = '0-3,^2,8' WHERE name = 'plain';
SELECT group_concat(cpu) FROM (SELECT cpu FROM vm_cpu_pins WHERE vm_name = 'plain' AND kind = 'cpuset' ORDER BY 1);
--> 0,1,3,8
-- libvirt reads them from left to right: ^1 takes out what stands before it. What is no set has no CPUs.
UPDATE virtual_machines SET vcpu_cpuset = '^1,0-3,^0' WHERE name = 'plain';
SELECT group_concat(cpu) FROM (SELECT cpu FROM vm_cpu_pins WHERE vm_name = 'plain' AND kind = 'cpuset' ORDER BY 1);
--> 1,2,3
UPDATE virtual_machines SET vcpu_cpuset = 'x,-,^,1-,5' WHERE name = 'plain';
SELECT group_concat(cpu) FROM (SELECT cpu FROM vm_cpu_pins WHERE vm_name = 'plain' AND kind = 'cpuset' ORDER BY 1);
--> 5
-- What libvirt has no more is in vms alone.
INSERT OR REPLACE INTO vm_states (vm_uuid, host_id, state) SELECT uuid, host_id, 'undefined' FROM virtual_machines WHERE name = 'plain';
SELECT state FROM vms WHERE name = 'plain';
--> undefined
SELECT (SELECT count(*) FROM vm_devices WHERE vm_name = 'plain') + (SELECT count(*) FROM vm_images WHERE vm_name = 'plain') +
  (SELECT count(*) FROM vm_interfaces WHERE vm_name = 'plain') + (SELECT count(*) FROM vm_graphics WHERE vm_name = 'plain') +
  (SELECT count(*) FROM vm_cpu_pins WHERE vm_name = 'plain') + (SELECT count(*) FROM host_files WHERE vm_name = 'plain') +
  (SELECT count(*) FROM findings WHERE vm_name = 'plain');
--> 0
SELECT host, vms FROM host_capacity;
--> alpha|2
-- Two VMs that are larger than any host are no error for the others.
SELECT count(domain_import('<domain type="test"><name>huge' || n || '</name><memory>9007199254740991</memory><vcpu>9223372036854775807</vcpu></domain>', 'beta'))
FROM (SELECT 1 AS n UNION ALL SELECT 2);
--> 2
UPDATE vm_states SET state = 'running' WHERE vm_uuid IN (SELECT uuid FROM virtual_machines WHERE name LIKE 'huge%');
SELECT host, vms, memory_mib_defined, memory_mib_running FROM host_capacity WHERE host = 'beta';
--> beta|2|17592186044414|17592186044414
SELECT count(*) FROM findings WHERE host = 'beta' AND rule IN ('memory_overcommitted', 'cpus_overcommitted');
--> 0
SELECT length(virtsql_report()) > 0;
--> 1
DELETE FROM virtual_machines WHERE name LIKE 'huge%';
-- A USB device by its place, a SCSI device by its unit.
SELECT domain_import('<domain type="kvm"><name>given</name><memory>1024</memory><devices>
  <hostdev mode="subsystem" type="usb"><source><address bus="1" device="3"/></source></hostdev>
  <hostdev mode="subsystem" type="scsi"><source><adapter name="scsi_host0"/><address bus="0" target="2" unit="7"/></source></hostdev>
  <interface type="internal"><mac address="52:54:00:00:00:07"/><source name="lan7"/></interface>
  <interface type="vdpa"><mac address="52:54:00:00:00:08"/><source dev="/dev/vhost-vdpa-0"/></interface></devices></domain>', 'alpha') IS NOT NULL;
--> 1
SELECT source, details FROM vm_devices WHERE vm_name = 'given' AND element IN ('hostdev', 'interface') ORDER BY element, position;
--> 1:3|
--> scsi_host0|target=2 unit=7
--> lan7|type=internal
--> /dev/vhost-vdpa-0|type=vdpa
SELECT path, role FROM host_files WHERE vm_name = 'given';
--> /dev/vhost-vdpa-0|interface
DELETE FROM virtual_machines WHERE name = 'given';
-- A write names what can be written.
UPDATE vms SET title = 'x' WHERE name = 'web';
--> Runtime error: vms is read-only; to write: virtual_machines (19)
DELETE FROM vm_images WHERE vm_name = 'web';
--> Runtime error: vm_images is read-only; to write: vm_disks, disk_layers (19)
INSERT INTO vm_interfaces (vm_name, mac) VALUES ('web', '52:54:00:00:00:01');
--> Runtime error: vm_interfaces is read-only; to write: vm_ports (19)
-- They work where nothing is trusted; every column has one type in all rows.
PRAGMA trusted_schema = OFF;
SELECT count(*) > 0 FROM vm_devices;
--> 1
SELECT count(*) >= 0 FROM host_machines;
--> 1
SELECT DISTINCT typeof(vcpus), typeof(memory_mib), typeof(secure_boot) FROM vms;
--> integer|integer|integer
SELECT count(*) FROM vm_interfaces WHERE vlan = 42;
--> 0
-- A card's VLANs are its own, else those of its port group (the default one, if it names none), else its network's.
SELECT network_import('<network><name>ovs</name><uuid>2f7b1c3e-6a1e-4d55-9a0e-0c9d8a7b6c51</uuid><forward mode="bridge"/><bridge name="ovsbr"/>
  <virtualport type="openvswitch"/><vlan trunk="yes"><tag id="7"/><tag id="8"/></vlan><portgroup name="blue"><vlan><tag id="10"/></vlan></portgroup>
  <portgroup name="plain" default="yes"/></network>', 'alpha') IS NULL;
--> 0
SELECT network_import('<network><name>grouped</name><uuid>2f7b1c3e-6a1e-4d55-9a0e-0c9d8a7b6c52</uuid><forward mode="bridge"/><bridge name="ovsbr"/>
  <virtualport type="openvswitch"/><portgroup name="red" default="yes"><vlan><tag id="20"/></vlan></portgroup></network>', 'alpha') IS NULL;
--> 0
SELECT domain_import('<domain type="kvm"><name>tagged</name><uuid>0d3c3f4e-9a53-4a58-9f2d-3f7d1a1b2c01</uuid><memory>1024</memory><devices>
  <interface type="network"><mac address="52:54:00:00:00:b1"/><source network="ovs" portgroup="blue"/><vlan><tag id="42"/></vlan></interface>
  <interface type="network"><mac address="52:54:00:00:00:b2"/><source network="ovs" portgroup="blue"/></interface>
  <interface type="network"><mac address="52:54:00:00:00:b3"/><source network="ovs"/></interface>
  <interface type="network"><mac address="52:54:00:00:00:b4"/><source network="grouped"/></interface>
  <interface type="network"><mac address="52:54:00:00:00:b5"/><source network="elsewhere"/></interface></devices></domain>', 'alpha') IS NULL;
--> 0
SELECT mac, vlan FROM vm_interfaces WHERE vm_name = 'tagged' ORDER BY mac;
--> 52:54:00:00:00:b1|42
--> 52:54:00:00:00:b2|10
--> 52:54:00:00:00:b3|7,8
--> 52:54:00:00:00:b4|20
--> 52:54:00:00:00:b5|
-- A volume is looked for in its own pool: RBD's and iSCSI's are where the pool's source says, whatever a volume of another pool is called.
SELECT pool_import('<pool type="rbd"><name>ceph</name><source><host name="mon"/><name>vms</name></source></pool>', 'alpha') IS NULL;
--> 0
SELECT pool_import('<pool type="iscsi"><name>san' || value || '</name><source><host name="10.0.0.' || value || '"/><device path="iqn.2020-01.san:' || value ||
  '"/></source><target><path>/dev/disk/by-path</path></target></pool>', 'alpha') IS NULL FROM json_each('[1, 2]');
--> 0
--> 0
SELECT volume_import('<volume type="block"><name>unit:0:0:1</name><key>k' || value || '</key><capacity unit="bytes">' || value ||
  '</capacity><target><path>/dev/disk/by-path/ip-10.0.0.' || value || ':3260-iscsi-iqn.2020-01.san:' || value || '-lun-1</path></target></volume>', 'alpha') IS NULL
FROM json_each('[1, 2]');
--> 0
--> 0
SELECT volume_import('<volume type="network"><name>orphan.qcow2</name><key>vms/orphan.qcow2</key><capacity unit="bytes">9</capacity><target>
  <path>vms/orphan.qcow2</path></target></volume>', 'alpha') IS NULL;
--> 0
SELECT domain_import('<domain type="kvm"><name>stored</name><uuid>0d3c3f4e-9a53-4a58-9f2d-3f7d1a1b2c02</uuid><memory>1024</memory><devices>
  <disk type="volume"><source pool="ceph" volume="orphan.qcow2"/><target dev="vda"/></disk>
  <disk type="volume"><source pool="san2" volume="unit:0:0:1"/><target dev="vdb"/></disk>
  <disk type="network"><source protocol="rbd" name="vms/orphan.qcow2"/><target dev="vdc"/></disk>
  <disk type="volume"><source pool="unknown" volume="orphan.qcow2"/><target dev="vdd"/></disk></devices></domain>', 'alpha') IS NULL;
--> 0
SELECT target, image, pool, volume, capacity_bytes FROM vm_images WHERE vm_name = 'stored' ORDER BY target;
--> vda|rbd:vms/orphan.qcow2|ceph|orphan.qcow2|9
--> vdb|/dev/disk/by-path/ip-10.0.0.2:3260-iscsi-iqn.2020-01.san:2-lun-1|san2|unit:0:0:1|2
--> vdc|rbd:vms/orphan.qcow2|ceph|orphan.qcow2|9
--> vdd|unknown/orphan.qcow2|unknown|orphan.qcow2|
-- A pool that was not captured may be any: host_files rather has a file too many.
SELECT DISTINCT path FROM host_files WHERE vm_name = 'stored' ORDER BY 1;
--> /dev/disk/by-path/ip-10.0.0.2:3260-iscsi-iqn.2020-01.san:2-lun-1
--> /var/lib/libvirt/images/orphan.qcow2
-- A network disk without a name of its own is no empty drive.
SELECT domain_import('<domain type="kvm"><name>served</name><uuid>0d3c3f4e-9a53-4a58-9f2d-3f7d1a1b2c03</uuid><memory>1024</memory><devices>
  <disk type="network"><source protocol="nbd"><host name="server" port="10810"/></source><target dev="vda"/></disk>
  <disk type="network"><source protocol="nbd"><host name="server"/></source><target dev="vdb"/></disk>
  <disk type="network"><source protocol="nbd"><host transport="unix" socket="/run/nbd.sock"/></source><target dev="vdc"/></disk>
  <disk type="network"><source protocol="nbd" name="export"><host name="server"/></source><target dev="vdd"/></disk>
  <disk type="file" device="cdrom"><target dev="sda"/></disk>
  <disk type="file"><source file="/i/top"/><backingStore type="network"><format type="raw"/><source protocol="nbd"><host name="below"/></source><backingStore/></backingStore>
    <target dev="vde"/></disk></devices></domain>', 'alpha') IS NULL;
--> 0
SELECT name, source FROM vm_devices WHERE vm_name = 'served' AND element = 'disk' ORDER BY 1;
--> sda|
--> vda|nbd://server:10810
--> vdb|nbd://server
--> vdc|nbd:///run/nbd.sock
--> vdd|nbd:export
--> vde|/i/top
SELECT target, depth, image FROM vm_images WHERE vm_name = 'served' ORDER BY 1, 2;
--> sda|0|
--> vda|0|nbd://server:10810
--> vdb|0|nbd://server
--> vdc|0|nbd:///run/nbd.sock
--> vdd|0|nbd:export
--> vde|0|/i/top
--> vde|1|nbd://below
-- What is below an image is found by its path, its volume's name, and the name of a network image.
SELECT domain_import('<domain type="kvm"><name>above</name><uuid>0d3c3f4e-9a53-4a58-9f2d-3f7d1a1b2c04</uuid><memory>1024</memory><devices>
  <disk type="file"><source file="/i/one"/><backingStore type="network"><source protocol="rbd" name="vms/orphan.qcow2"/></backingStore><target dev="vda"/></disk>
  <disk type="file"><source file="/i/two"/><backingStore type="volume"><source pool="images" volume="orphan.qcow2"/></backingStore><target dev="vdb"/></disk>
  </devices></domain>', 'alpha') IS NULL;
--> 0
.parameter init
INSERT INTO temp.sqlite_parameters VALUES (':image', 'rbd:vms/orphan.qcow2');
.read @RECIPES@/find_by_backing_image.sql
--> alpha|above|vda|/i/one|VM
UPDATE temp.sqlite_parameters SET value = '/var/lib/libvirt/images/orphan.qcow2';
.read @RECIPES@/find_by_backing_image.sql
--> alpha|above|vdb|/i/two|VM
UPDATE temp.sqlite_parameters SET value = 'orphan.qcow2';
.read @RECIPES@/find_by_backing_image.sql
--> alpha|above|vda|/i/one|VM
--> alpha|above|vdb|/i/two|VM
-- What is below an image is not written to; the file with the data of the disk's own image is.
SELECT domain_import('<domain type="kvm"><name>split</name><uuid>0d3c3f4e-9a53-4a58-9f2d-3f7d1a1b2c05</uuid><memory>1024</memory><devices>
  <disk type="file"><source file="/i/top"><dataStore type="file"><format type="raw"/><source file="/i/data"/></dataStore></source>
    <backingStore type="file"><format type="qcow2"/><source file="/i/low"><dataStore type="file"><format type="raw"/><source file="/i/low-data"/></dataStore></source></backingStore>
    <target dev="vda"/></disk></devices></domain>', 'alpha') IS NULL;
--> 0
SELECT image, depth, read_only FROM vm_images WHERE vm_name = 'split' ORDER BY 1;
--> /i/data|1|0
--> /i/low|1|1
--> /i/low-data|2|1
--> /i/top|0|0
-- A copy's mirror, which a running VM has, is no part of the disk's chain, nor is what is below it.
SELECT domain_import('<domain type="kvm" id="1"><name>copied</name><uuid>0d3c3f4e-9a53-4a58-9f2d-3f7d1a1b2c06</uuid><memory>1024</memory><devices>
  <disk type="file"><source file="/i/copied"/><backingStore/><mirror type="file" job="copy"><format type="qcow2"/><source file="/i/mirror"/>
    <backingStore type="file"><format type="raw"/><source file="/i/below-mirror"/><backingStore/></backingStore></mirror>
    <target dev="vda"/></disk></devices></domain>', 'alpha') IS NULL;
--> 0
SELECT image, depth FROM vm_images WHERE vm_name = 'copied';
--> /i/copied|0
-- Volumes that are their own backing image, and two of one path, end.
INSERT INTO volumes (host_id, name, path, backing_path) SELECT id, 'loop' || n, '/i/copied', '/i/copied' FROM hosts, (SELECT 1 AS n UNION ALL SELECT 2) WHERE hosts.name = 'alpha';
SELECT count(*) > 1 FROM vm_images WHERE vm_name = 'copied';
--> 1
DELETE FROM volumes WHERE name LIKE 'loop%' AND path = '/i/copied';
-- A Sheepdog pool has no folder, and its volumes tell their name alone.
SELECT pool_import('<pool type="sheepdog"><name>sheep</name><source><name>sd</name></source></pool>', 'sheep') > 0,
  volume_import('<volume><name>shp</name><key>shp</key><target><path>shp</path></target></volume>', 'sheep') > 0;
--> 1|1
SELECT pool, volume, path FROM pool_volumes WHERE pool = 'sheep';
--> sheep|shp|shp
-- A disk is the volume of its own pool, not one of that name elsewhere; an RBD image is known by its name. If no pool
-- is known to have the volume, the name alone tells.
SELECT pool_import('<pool type="dir"><name>first</name><target><path>/v/first</path></target></pool>', 'vol') > 0,
  pool_import('<pool type="dir"><name>second</name><target><path>/v/second</path></target></pool>', 'vol') > 0,
  volume_import('<volume><name>same</name><key>/v/first/same</key><target><path>/v/first/same</path></target></volume>', 'vol') > 0,
  volume_import('<volume><name>same</name><key>/v/second/same</key><target><path>/v/second/same</path></target></volume>', 'vol') > 0,
  volume_import('<volume><name>img</name><key>ceph/img</key><target><path>ceph/img</path></target></volume>', 'vol') > 0,
  pool_import('<pool type="mpath"><name>paths</name><target><path>/dev/mapper</path></target></pool>', 'vol') > 0,
  volume_import('<volume type="block"><name>dm-4</name><key>36005</key><target><path>/dev/mapper/mpatha</path></target></volume>', 'vol') > 0;
--> 1|1|1|1|1|1|1
SELECT length(domain_import('<domain type="kvm"><name>volumes</name><uuid>6f000000-0000-4000-8000-0000000000a1</uuid><memory>1</memory>
  <os><type>hvm</type></os><devices>
  <disk type="volume"><source pool="second" volume="same"/><target dev="vda" bus="virtio"/></disk>
  <disk type="file"><source file="/v/first/same"/><target dev="vdb" bus="virtio"/></disk>
  <disk type="network"><source protocol="rbd" name="ceph/img"/><target dev="vdc" bus="virtio"/></disk>
  <disk type="network"><source protocol="iscsi" name="ceph/img"/><target dev="vdd" bus="virtio"/></disk>
  <disk type="volume"><source pool="unseen" volume="img"/><target dev="vde" bus="virtio"/></disk>
  <disk type="volume"><source pool="paths" volume="dm-4"/><target dev="vdf" bus="virtio"/></disk>
  <disk type="volume"><source pool="unseen" volume="same"/><target dev="vdg" bus="virtio"/></disk></devices></domain>', 'vol'));
--> 36
SELECT device_name, path FROM volume_attachments WHERE vm_uuid = '6f000000-0000-4000-8000-0000000000a1' ORDER BY 1;
--> vda|/v/second/same
--> vdb|/v/first/same
--> vdc|ceph/img
--> vde|ceph/img
--> vdf|/dev/mapper/mpatha
-- Only a display that others can connect to is open to all.
SELECT length(domain_import('<domain type="kvm"><name>screens</name><uuid>6f000000-0000-4000-8000-0000000000b1</uuid><memory>1</memory>
  <os><type>hvm</type></os><devices><graphics type="vnc" listen="0.0.0.0"/><graphics type="sdl" listen="0.0.0.0"/></devices></domain>', 'screens'));
--> 36
SELECT type, open_to_all FROM vm_graphics WHERE vm_name = 'screens' ORDER BY 1;
--> sdl|0
--> vnc|1
