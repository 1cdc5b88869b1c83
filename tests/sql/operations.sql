-- What administrators do around VMs: the recipes, on what is easily overlooked.
SELECT virtsql_init() > 0;
--> 1
.output /dev/null
.read @DOCUMENTS@/operations/volumes.sql
.output
SELECT count(pool_import(readfile('@DOCUMENTS@/operations/pool.xml'), 'h1')), count(domain_import(readfile('@DOCUMENTS@/operations/vault.xml'), 'h1')),
  count(snapshot_import(readfile('@DOCUMENTS@/operations/snapshot.xml'), 'h1'));
--> 1|1|1
-- Everything that is needed counts: firmware, kernel, TPM state, NVDIMM, file systems, snapshots, chains, volumes by name.
.read @DOCUMENTS@/../../sql/recipes/orphan_volumes.sql
--> h1|really-orphan.qcow2|/srv/vm/really-orphan.qcow2|0.0
.parameter init
INSERT INTO temp.sqlite_parameters VALUES (':image', 'base.qcow2');
.read @DOCUMENTS@/../../sql/recipes/find_by_backing_image.sql
--> h1|vault|vda|/srv/vm/vault.snap1|volume
-- A path and a volume that is that path are one image.
SELECT count(domain_import(replace(replace(replace(readfile('@DOCUMENTS@/plain.xml'), 'default-pool', 'vm'), 'plain.img', 'answer.img'), '<name>plain', '<name>other'), 'h1'));
--> 1
UPDATE temp.sqlite_parameters SET value = '/srv/vm/answer.img';
.read @DOCUMENTS@/../../sql/recipes/find_by_image.sql
--> h1|other|hda|vm/answer.img||0
--> h1|vault|fda|/srv/vm/answer.img|raw|1
-- Disks on the network are found by their name, with or without the protocol.
SELECT count(domain_import(readfile('@DOCUMENTS@/operations/ceph1.xml'), 'h1'));
--> 1
UPDATE temp.sqlite_parameters SET value = 'rbd:vms/6a261a4d-fe9c-4983-a9ce-60ccc66af98f_disk';
.read @DOCUMENTS@/../../sql/recipes/find_by_image.sql
--> h1|ceph1|vda|rbd:vms/6a261a4d-fe9c-4983-a9ce-60ccc66af98f_disk|raw|0
UPDATE temp.sqlite_parameters SET value = 'isos/debian.iso';
.read @DOCUMENTS@/../../sql/recipes/find_by_image.sql
--> h1|ceph1|sda|https:isos/debian.iso|raw|1
-- So are volumes of pools that have no folder of their own.
SELECT pool_import('<pool type="rbd"><name>ceph</name><source><name>vms</name></source></pool>', 'h3')
    + pool_import('<pool type="iscsi"><name>san</name><source><device path="iqn.1"/></source><target><path>/dev/disk/by-path</path></target></pool>', 'h3')
    + volume_import('<volume><name>root</name><key>vms/root</key><target><path>vms/root</path></target></volume>', 'h3')
    + volume_import('<volume><name>unit:0:0:7</name><target><path>/dev/disk/by-path/ip-1-iscsi-iqn.1-lun-7</path></target></volume>', 'h3')
    + domain_import('<domain type="kvm"><name>pooled</name><uuid>0d3c3f4e-9a53-4a58-9f2d-3f7d1a1b2c02</uuid><memory>1024</memory><devices>
      <disk type="volume"><source pool="ceph" volume="root"/><target dev="vda"/></disk>
      <disk type="volume"><source pool="san" volume="unit:0:0:7"/><target dev="vdb"/></disk>
      <disk type="network"><source protocol="rbd" name="vms/root"/><target dev="vdc"/></disk></devices></domain>', 'h3') > 0;
--> 1
UPDATE temp.sqlite_parameters SET value = 'rbd:vms/root';
.read @DOCUMENTS@/../../sql/recipes/find_by_image.sql
--> h3|pooled|vda|ceph/root||0
--> h3|pooled|vdc|rbd:vms/root||0
UPDATE temp.sqlite_parameters SET value = 'root';
.read @DOCUMENTS@/../../sql/recipes/find_by_image.sql
--> h3|pooled|vda|ceph/root||0
--> h3|pooled|vdc|rbd:vms/root||0
UPDATE temp.sqlite_parameters SET value = '/dev/disk/by-path/ip-1-iscsi-iqn.1-lun-7';
.read @DOCUMENTS@/../../sql/recipes/find_by_image.sql
--> h3|pooled|vdb|san/unit:0:0:7||0
DELETE FROM virtual_machines WHERE name = 'pooled';
-- Guest cells that are bound one by one.
.read @DOCUMENTS@/../../sql/recipes/memory_by_numa_cell.sql
--> h1|1|1||4.0|0.0
--> h1|any|2|3|4.5|0.0
-- Devices of the host are NVMe disks and mediated devices, too; options past libvirt are overrides and capabilities, too.
SELECT count(domain_import(readfile('@DOCUMENTS@/operations/disks.xml'), 'h1')), count(domain_import(readfile('@DOCUMENTS@/operations/ignite.xml'), 'h1')),
  count(domain_clone('disks', 'disks2'));
--> 1|1|1
.read @DOCUMENTS@/../../sql/recipes/host_devices_audit.sql
--> h1|0000:01:00.0|disks|disk vda|yes|not seen|
--> h1|0000:01:00.0|disks|disk vdb|yes|not seen|
--> h1|0000:01:00.0|disks2|disk vda|yes|not seen|
--> h1|0000:01:00.0|disks2|disk vdb|yes|not seen|
--> h1|6a1d0a70-9b1c-4f8e-8a35-0d6a01a4f101|ignite|mdev|no||
--> h1|scsi_host0|other|scsi|no||
.read @DOCUMENTS@/../../sql/recipes/vendor_options_audit.sql
--> h1|ignite|argument|0|-fw_cfg
--> h1|ignite|argument|1|name=opt/com.coreos/config,file=/srv/ign/a,,b.ign
--> h1|ignite|argument|2|-set
--> h1|ignite|argument|3|
--> h1|ignite|capability|0|add blockdev
--> h1|ignite|capability|0|del drive
--> h1|ignite|deprecation|0|reject
--> h1|ignite|environment|0|TMPDIR=/srv/tmp
--> h1|ignite|environment|1|EMPTY
--> h1|ignite|override|0|hostdev0.x-vga=true
--> h1|ignite|override|0|scsi0-0-0-0.rotation_rate=1
--> h1|ignite|override|1|hostdev0.x-no-mmap remove
.read @DOCUMENTS@/../../sql/recipes/shared_writable_images.sql
--> /dev/disk/by-id/scsi-a|2|same host|disks@h1 sda, disks2@h1 sda
--> /run/vh.sock|2|same host|disks@h1 vdc, disks2@h1 vdc
--> /srv/img/e.qcow2|2|same host|disks@h1 vde, disks2@h1 vde
--> 0000:01:00.0/1|2|same host|disks@h1 vda, disks2@h1 vda
--> 0000:01:00.0/2|2|same host|disks@h1 vdb, disks2@h1 vdb
--> rbd:volumes/volume-a|2|same host|disks@h1 vdd, disks2@h1 vdd
UPDATE temp.sqlite_parameters SET key = ':from', value = 'h1';
.read @DOCUMENTS@/../../sql/recipes/migration_blockers.sql
--> ceph1|host-model: the other host must have every feature of this processor
--> disks|nvme disk vda 0000:01:00.0
--> disks|nvme disk vdb 0000:01:00.0
--> disks|vhostuser disk vdc /run/vh.sock
--> disks2|nvme disk vda 0000:01:00.0
--> disks2|nvme disk vdb 0000:01:00.0
--> disks2|vhostuser disk vdc /run/vh.sock
--> ignite|host device 6a1d0a70-9b1c-4f8e-8a35-0d6a01a4f101
--> other|host device scsi_host0
--> vault|filesystem /srv/vm/fs.img
SELECT vm_name, count(*) FROM vm_images WHERE vm_name = 'disks' AND depth = 0 AND image IS NOT NULL;
--> disks|7
-- Where the host's networks and pools were never captured, nothing is missing.
SELECT count(domain_import(readfile('@DOCUMENTS@/operations/shop.xml'), 'h2'));
--> 1
.read @DOCUMENTS@/../../sql/recipes/would_not_start.sql
-- As many files as VMs, also for names that differ by capital letters or a slash.
SELECT count(domain_import(readfile('@DOCUMENTS@/operations/same-' || value || '.xml'), 'h1')) FROM json_each('["a","b","c","d"]');
--> 4
.output /dev/null
.read @DOCUMENTS@/../../sql/recipes/export_xml.sql
.output
SELECT (SELECT count(*) FROM fsdir('.') WHERE name LIKE '%.xml') = (SELECT count(*) FROM defined_vms), (SELECT count(*) FROM defined_vms);
--> 1|11
