-- The views change one VM, with and without the extension.
SELECT virtsql_init() > 0;
--> 1
SELECT count(domain_import(readfile('@DOCUMENTS@/' || value || '.xml'), 'alpha')) FROM json_each('["web","db","plain"]');
--> 3
-- A hardware model is shared; changing it through the view of one VM leaves the others.
INSERT INTO vm_videos (vm_name, model_name, heads) VALUES ('plain', 'virtio', 1);
SELECT count(DISTINCT video_id) FROM vm_videos WHERE model_name = 'virtio' AND heads = 1;
--> 1
UPDATE vm_videos SET heads = 4 WHERE vm_name = 'plain';
SELECT vm_name, monitor_index, model_name, heads FROM vm_videos ORDER BY 1, 2;
--> db|0|qxl|2
--> db|1|virtio|1
--> plain|0|virtio|4
--> web|0|vga|1
-- An image is a real thing of its host: the view moves one VM's disk to another, with the rows below it.
UPDATE vm_disks SET name = 'pool/other' WHERE vm_name = 'db' AND device_name = 'vda';
SELECT d.name, h.name, h.port FROM vm_disks AS d JOIN disk_hosts AS h USING (disk_id) WHERE vm_name = 'db' ORDER BY 2;
--> pool/other|mon1.example.org|6321
--> pool/other|mon2.example.org|6322
INSERT INTO vm_disks (vm_name, source_type, device, path, device_name, bus_type) VALUES ('plain', 'block', 'disk', '/dev/vg/x', 'hdb', 'ide');
SELECT count(*) > 0, min(device_xml('vm_disks', id) = device_xml('disk_attachments', id)) FROM vm_disks;
--> 1|1
SELECT device_xml('disk_attachments', id) FROM vm_disks WHERE vm_name = 'plain' AND device_name = 'hdb';
--> <disk type='block' device='disk'>
-->   <source dev='/dev/vg/x'/>
-->   <target dev='hdb' bus='ide'/>
--> </disk>
-->
DELETE FROM vm_disks WHERE vm_name = 'plain' AND device_name = 'hdb';
SELECT count(*) FROM disks WHERE path = '/dev/vg/x';
--> 0
-- One row of attachment_indices per device, whoever edits.
SELECT (SELECT count(*) FROM attachment_indices WHERE device_type = 'disk'), (SELECT count(*) FROM disk_attachments);
--> 5|5
PRAGMA foreign_key_check;
PRAGMA integrity_check;
--> ok
-- The views work where nothing is trusted.
PRAGMA trusted_schema = OFF;
SELECT count(*) FROM vm_disks;
--> 5
SELECT count(DISTINCT device_type) > 10 FROM device_addresses WHERE pci_address IS NOT NULL;
--> 1
-- Disks that are volumes of a pool.
SELECT volume_import('<volume><name>web.qcow2</name><target><path>/var/lib/libvirt/images/web.qcow2</path></target></volume>', 'alpha') > 0;
--> 1
SELECT device_name, volume_name FROM volume_attachments;
--> vda|web.qcow2
