-- Which things are the same.
-- Companions of one USB controller are told apart by their model.
SELECT change, key, old FROM domain_diff(
  '<domain type="kvm"><name>a</name><devices><controller type="usb" index="0" model="ich9-ehci1"/><controller type="usb" index="0" model="ich9-uhci1"><address type="pci" slot="1"/></controller><controller type="usb" index="0" model="ich9-uhci2"><address type="pci" slot="2"/></controller></devices></domain>',
  '<domain type="kvm"><name>a</name><devices><controller type="usb" index="0" model="ich9-ehci1"/><controller type="usb" index="0" model="ich9-uhci2"><address type="pci" slot="2"/></controller></devices></domain>');
--> removed|usb 0|<controller type='usb' index='0' model='ich9-uhci1'>
-->   <address type='pci' slot='1'/>
--> </controller>
-->
-- Even where the one that stays took the address of the one that went.
SELECT change, old, new FROM domain_diff(
  '<domain type="kvm"><name>a</name><devices><controller type="usb" index="0" model="ich9-uhci1"><address type="pci" slot="1"/></controller><controller type="usb" index="0" model="ich9-uhci2"><address type="pci" slot="2"/></controller></devices></domain>',
  '<domain type="kvm"><name>a</name><devices><controller type="usb" index="0" model="ich9-uhci2"><address type="pci" slot="1"/></controller></devices></domain>');
--> removed|<controller type='usb' index='0' model='ich9-uhci1'>
-->   <address type='pci' slot='1'/>
--> </controller>
--> |
--> changed|2|1
-- A controller alone at its index is the same with another model.
SELECT change, path, old, new FROM domain_diff('<domain type="kvm"><name>a</name><devices><controller type="usb" index="0" model="qemu-xhci"/></devices></domain>',
  '<domain type="kvm"><name>a</name><devices><controller type="usb" index="0" model="nec-xhci"/></devices></domain>');
--> changed|/domain/devices/controller/@model|qemu-xhci|nec-xhci
-- Metadata by namespace: what another application keeps is another thing.
SELECT change, key, old, new FROM domain_diff('<domain type="kvm"><name>a</name><metadata><a:x xmlns:a="urn:1">1</a:x></metadata></domain>',
  '<domain type="kvm"><name>a</name><metadata><b:x xmlns:b="urn:2">1</b:x><c:x xmlns:c="urn:1">2</c:x></metadata></domain>');
--> changed|urn:1|<a:x xmlns:a="urn:1">1</a:x>
--> |<c:x xmlns:c="urn:1">2</c:x>
-->
--> added|urn:2||<b:x xmlns:b="urn:2">1</b:x>
-->
-- A device of the host by its source.
SELECT change, key, path FROM domain_diff('<domain type="kvm"><name>a</name><devices><hostdev mode="subsystem" type="pci" managed="yes"><source><address domain="0x0000" bus="0x01" slot="0x00" function="0x1"/></source></hostdev></devices></domain>',
  '<domain type="kvm"><name>a</name><devices><hostdev mode="subsystem" type="pci" managed="no"><source><address domain="0x0000" bus="0x01" slot="0x00" function="0x1"/></source></hostdev></devices></domain>');
--> changed|pci 0x0000 0x01 0x00 0x1|/domain/devices/hostdev/@managed
-- Of a teaming pair, which has one MAC address, the card that goes is the one that went, in both directions.
CREATE TEMP TABLE pair AS SELECT '<interface type="network"><mac address="52:54:00:11:22:33"/><source network="net"/></interface>' AS nic,
  '<interface type="hostdev" managed="yes"><mac address="52:54:00:11:22:33"/><source><address type="pci" bus="0x03"/></source></interface>' AS vf,
  '<domain type="kvm"><name>pair</name><uuid>00000000-aaaa-4bbb-8ccc-000000000002</uuid><devices>' AS head, '</devices></domain>' AS tail;
SELECT change, path FROM pair, domain_diff(head || nic || vf || tail, head || vf || tail);
--> removed|/domain/devices/interface
SELECT change, path FROM pair, domain_diff(head || vf || tail, head || nic || vf || tail);
--> added|/domain/devices/interface
SELECT virtsql_init() > 0;
--> 1
-- And the one that stays keeps its id.
SELECT domain_import(head || nic || vf || tail, 'h') > '' FROM pair;
--> 1
CREATE TEMP TABLE before AS SELECT id, source_type FROM vm_ports;
SELECT domain_import(head || vf || tail, 'h') > '' FROM pair;
--> 1
SELECT count(*), before.source_type FROM vm_ports JOIN before USING (id);
--> 1|hostdev
-- Its port is the same one on another network, and in the views as well.
CREATE TEMP TABLE port AS SELECT id FROM ports WHERE source_type = 'hostdev';
SELECT domain_import(head || replace(nic, 'net"/', 'other"/') || vf || tail, 'h') > '' FROM pair;
--> 1
INSERT INTO port SELECT id FROM ports WHERE network = 'other';
SELECT domain_import(head || replace(nic, '"/></', '"/><vlan><tag id="7"/></vlan></') || vf || tail, 'h') > '' FROM pair;
--> 1
SELECT count(*), group_concat(coalesce(network, 'vf')) FROM ports JOIN port USING (id);
--> 2|vf,net
SELECT network, port_id = (SELECT max(id) FROM port) FROM vm_ports WHERE network = 'net';
--> net|1
DELETE FROM virtual_machines;
-- A UUID is the same with dashes and without.
SELECT domain_import('<domain type="kvm"><name>a</name><uuid>00000000AAAA4bbb8ccc000000000001</uuid></domain>', 'h');
--> 00000000-aaaa-4bbb-8ccc-000000000001
SELECT domain_import('<domain type="kvm"><name>a</name><uuid>00000000-aaaa-4bbb-8ccc-000000000001</uuid></domain>', 'h');
--> 00000000-aaaa-4bbb-8ccc-000000000001
SELECT count(*), uuid FROM virtual_machines;
--> 1|00000000-aaaa-4bbb-8ccc-000000000001
SELECT count(*) FROM domain_diff('<domain type="kvm"><name>a</name><uuid>00000000AAAA4bbb8ccc000000000001</uuid></domain>', domain_xml('a'));
--> 0
-- A UUID is the same with and without dashes, whoever writes it.
INSERT INTO virtual_machines (name, uuid) VALUES ('spelled', 'ABCDEF0000004000800000000000000A');
INSERT INTO boot_configs (vm_uuid, os_type) SELECT uuid, 'hvm' FROM virtual_machines WHERE name = 'spelled';
SELECT uuid, domain_xml('abcdef00-0000-4000-8000-00000000000a') LIKE '%<uuid>abcdef00-0000-4000-8000-00000000000a</uuid>%' FROM virtual_machines WHERE name = 'spelled';
--> abcdef00-0000-4000-8000-00000000000a|1
INSERT INTO virtual_machines (name, uuid) VALUES ('again', 'abcdef0000004000800000000000000a');
--> Runtime error: UNIQUE constraint failed: virtual_machines.uuid (19)
UPDATE virtual_machines SET uuid = 'abcdef00000040008000-00000000000b' WHERE name = 'spelled';
SELECT v.uuid, b.os_type FROM virtual_machines AS v JOIN boot_configs AS b ON b.vm_uuid = v.uuid WHERE v.name = 'spelled';
--> abcdef00-0000-4000-8000-00000000000b|hvm
SELECT domain_import('<domain type="kvm"><name>spelled</name><uuid>abcdef0000004000800000000000000b</uuid></domain>');
--> abcdef00-0000-4000-8000-00000000000b
SELECT count(*) FROM virtual_machines WHERE name = 'spelled';
--> 1
DELETE FROM virtual_machines WHERE name = 'spelled';
-- A network port is known by its UUID, which is all that libvirt calls it.
SELECT networkport_import('<networkport><uuid>33333333-3333-4333-8333-333333333333</uuid><owner><name>a</name><uuid>00000000-aaaa-4bbb-8ccc-000000000001</uuid></owner><mac address="52:54:00:00:00:33"/></networkport>', 'h') > 0;
--> 1
SELECT networkport_xml('33333333333343338333333333333333') = networkport_xml((SELECT id FROM port_bindings WHERE mac_address = '52:54:00:00:00:33'));
--> 1
-- A controller is its type and index, whatever its model; of USB, companions at one index have models of their own.
INSERT INTO virtual_machines (name) VALUES ('controllers');
INSERT INTO vm_controllers (vm_name, type, "index", model_name) VALUES ('controllers', 'scsi', 0, 'virtio-scsi'), ('controllers', 'sata', 0, NULL);
INSERT INTO vm_controllers (vm_name, type, "index", model_name) VALUES ('controllers', 'scsi', 0, 'lsilogic');
--> Runtime error: vm_controllers: the VM has a row with this index, type: UPDATE vm_controllers ... WHERE vm_uuid = ... AND "index" = ... AND type = ... (19)
INSERT INTO vm_controllers (vm_name, type, "index") VALUES ('controllers', 'scsi', 0);
--> Runtime error: vm_controllers: the VM has a row with this index, type: UPDATE vm_controllers ... WHERE vm_uuid = ... AND "index" = ... AND type = ... (19)
INSERT INTO vm_controllers (vm_name, type, "index", model_name) VALUES ('controllers', 'scsi', 1, 'lsilogic'),
  ('controllers', 'usb', 0, 'ich9-ehci1'), ('controllers', 'usb', 0, 'ich9-uhci1'), ('controllers', 'usb', 0, 'ich9-uhci2');
INSERT INTO vm_controllers (vm_name, type, "index", model_name) VALUES ('controllers', 'usb', 0, 'ich9-uhci1');
--> Runtime error: vm_controllers: the VM has a row with this model_name, type, index: UPDATE vm_controllers ... WHERE vm_uuid = ... AND model_name = ... AND type = ... AND "index" = ... (19)
INSERT INTO vm_controllers (vm_name, type, "index") VALUES ('controllers', 'usb', 0);
--> Runtime error: vm_controllers: the VM has a row with this model_name, type, index: UPDATE vm_controllers ... WHERE vm_uuid = ... AND model_name = ... AND type = ... AND "index" = ... (19)
SELECT group_concat(type || "index" || coalesce(model_name, ''), ' ') FROM (SELECT * FROM vm_controllers WHERE vm_name = 'controllers' ORDER BY position);
--> scsi0virtio-scsi sata0 scsi1lsilogic usb0ich9-ehci1 usb0ich9-uhci1 usb0ich9-uhci2
-- A guestfwd channel is its address and port.
INSERT INTO vm_channel_devices (vm_name, type, target_type, target_address, target_port) VALUES
  ('controllers', 'pty', 'guestfwd', '10.0.2.1', 4600), ('controllers', 'pty', 'guestfwd', '10.0.2.2', 4600);
INSERT INTO vm_channel_devices (vm_name, type, target_type, target_address, target_port) VALUES ('controllers', 'pty', 'guestfwd', '10.0.2.2', 4600);
--> Runtime error: vm_channel_devices: the VM has a row with this target_port, target_address: UPDATE vm_channel_devices ... WHERE vm_uuid = ... AND target_port = ... AND target_address = ... (19)
SELECT change, key, path FROM domain_diff(domain_xml('controllers'), replace(domain_xml('controllers'), '10.0.2.2', '10.0.2.3'));
--> removed|10.0.2.2 4600|/domain/devices/channel
--> added|10.0.2.3 4600|/domain/devices/channel
DELETE FROM virtual_machines WHERE name = 'controllers';
