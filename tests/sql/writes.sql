-- Writes to the views: which VM is meant, what an INSERT leaves open, what is there already. (tests/writes goes over all columns.)
SELECT virtsql_init() > 0;
--> 1
SELECT count(domain_import(readfile('@DOCUMENTS@/' || value || '.xml'), 'alpha')) FROM json_each('["web","plain"]');
--> 2
-- A VM by its name, as the functions find it: one that is not there, and a name of several, are refused; host or UUID says which.
INSERT INTO virtual_machines (uuid, name) VALUES ('00000000-0000-4000-8000-00000000000a', 'twin'); -- of the only host
INSERT INTO hosts (name) VALUES ('beta');
INSERT INTO virtual_machines (uuid, name) VALUES ('00000000-0000-4000-8000-00000000000b', 'twin');
INSERT INTO vm_sound_cards (vm_name, model_name) VALUES ('nobody', 'ich9');
--> Runtime error: no VM has this vm_name and host; they are in virtual_machines and hosts (19)
INSERT INTO vm_sound_cards (model_name) VALUES ('ich9');
--> Runtime error: no VM has this vm_name and host; they are in virtual_machines and hosts (19)
INSERT INTO vm_sound_cards (vm_uuid, vm_name, model_name) VALUES ('00000000-0000-4000-8000-00000000000a', 'web', 'ich9');
--> Runtime error: no VM has this vm_uuid, vm_name and host; they are in virtual_machines and hosts (19)
INSERT INTO vm_sound_cards (vm_name, model_name) VALUES ('twin', 'ich9');
--> Runtime error: several VMs have this vm_name; give vm_uuid, from virtual_machines.uuid (19)
INSERT INTO vm_sound_cards (host, vm_name, model_name) VALUES ('alpha', 'twin', 'ich9');
INSERT INTO vm_sound_cards (vm_uuid, model_name) VALUES (upper('00000000-0000-4000-8000-00000000000b'), 'ich9'); -- as it is spelled
SELECT host, vm_name, vm_uuid, model_name FROM vm_sound_cards WHERE vm_name = 'twin' ORDER BY 3;
--> alpha|twin|00000000-0000-4000-8000-00000000000a|ich9
--> |twin|00000000-0000-4000-8000-00000000000b|ich9
-- One of them that libvirt has no more does not count.
INSERT INTO vm_states (vm_uuid, host_id, state) VALUES ('00000000-0000-4000-8000-00000000000a', 1, 'undefined');
INSERT INTO vm_watchdogs (vm_name, model_name) VALUES ('twin', 'i6300esb');
SELECT vm_uuid FROM vm_watchdogs WHERE vm_name = 'twin';
--> 00000000-0000-4000-8000-00000000000b
-- An INSERT fills what libvirt would: UUID and type of a VM, a MAC address of its driver's, the disk's device, the place.
INSERT INTO virtual_machines (name) VALUES ('fresh');
INSERT INTO virtual_machines (name, domain_type) VALUES ('guest', 'xen');
SELECT name, length(uuid), substr(uuid, 15, 1), substr(uuid, 20, 1) IN ('8', '9', 'a', 'b'), domain_type FROM virtual_machines WHERE name IN ('fresh', 'guest');
--> fresh|36|4|1|kvm
--> guest|36|4|1|xen
INSERT INTO vm_ports (vm_name, network) VALUES ('fresh', 'default'), ('fresh', 'default'), ('guest', 'default');
SELECT vm_name, substr(mac_address, 1, 9), length(mac_address), position FROM vm_ports WHERE vm_name IN ('fresh', 'guest') ORDER BY 1, 4;
--> fresh|52:54:00:|17|0
--> fresh|52:54:00:|17|1
--> guest|00:16:3e:|17|0
SELECT count(DISTINCT mac_address) FROM vm_ports WHERE vm_name = 'fresh';
--> 2
INSERT INTO vm_disks (vm_name, path, device_name) VALUES ('fresh', '/images/fresh.qcow2', 'vda');
SELECT device, path FROM vm_disks WHERE vm_name = 'fresh';
--> disk|/images/fresh.qcow2
-- What is there already is named; upserts are for tables.
INSERT INTO vm_disks (vm_name, path, device_name) VALUES ('fresh', '/images/other.qcow2', 'vda');
--> Runtime error: vm_disks: the VM has a row with this device_name: UPDATE vm_disks ... WHERE vm_uuid = ... AND device_name = ... (19)
INSERT INTO vm_ports (vm_name, network, mac_address) SELECT 'fresh', 'default', upper(mac_address) FROM vm_ports WHERE vm_name = 'fresh' LIMIT 1;
--> Runtime error: vm_ports: the VM has a row with this mac_address: UPDATE vm_ports ... WHERE vm_uuid = ... AND mac_address = ... (19)
INSERT INTO vm_disks (vm_name, device_name) VALUES ('fresh', 'vdb') ON CONFLICT DO NOTHING;
--> Parse error: cannot UPSERT a view
-- MAC addresses are found without case, and written as they are spelled.
UPDATE vm_ports SET mac_address = '52:54:00:AB:CD:EF' WHERE vm_name = 'fresh' AND position = 0;
UPDATE vm_ports SET link_state = 'down' WHERE mac_address = '52:54:00:ab:cd:ef';
SELECT mac_address, link_state FROM vm_ports WHERE vm_name = 'fresh' AND position = 0;
--> 52:54:00:AB:CD:EF|down
-- Numbers are numbers, however they are bound; what is none is refused.
UPDATE vm_ports SET driver_queues = '4' WHERE vm_name = 'fresh' AND position = 0;
SELECT driver_queues, typeof(driver_queues) FROM vm_ports WHERE vm_name = 'fresh' AND position = 0;
--> 4|integer
UPDATE vm_ports SET driver_queues = 'many' WHERE vm_name = 'fresh' AND position = 0;
--> Runtime error: cannot store TEXT value in INTEGER column port_attachments.driver_queues (19)
-- A computed column names what to set; what says which row it is cannot be set.
UPDATE vm_sound_cards SET vm_name = 'web' WHERE vm_name = 'twin';
--> Runtime error: vm_sound_cards: host, vm_name, vm_uuid, sound_card_id, id say which row it is and cannot be set (a VM is renamed in virtual_machines); computed: address_json (set address_type, address_domain, address_controller, address_bus, ...), pci_address (set address_domain, address_bus, address_slot, address_function) (19)
-- What XML has no place for.
INSERT INTO vm_consoles (vm_name, type, port, autoport) VALUES ('fresh', 'vnc', -1, 'yes');
--> Runtime error: vm_consoles: element console has no socket, port, tls_port, autoport, websocket, websocket_generated, wait, replace_user, multi_user, listen_address, keymap, default_mode, share_policy, power_control, username, passwd_valid_to, connected_action, display, xauth, full_screen, p2p, address, image_compression, jpeg_compression, zlib_compression, playback_compression, streaming_mode, mouse_mode, clipboard_copypaste, file_transfer, gl, gl_render_node, audio_id; set element = 'graphics' (19)
INSERT INTO vm_consoles (vm_name, element, type, port, autoport) VALUES ('fresh', 'graphics', 'vnc', -1, 'yes');
INSERT INTO vm_mediated_devices (vm_name, uuid) VALUES ('fresh', '00000000-0000-4000-8000-0000000000ff');
SELECT domain_xml('fresh') LIKE '%<graphics type=''vnc'' port=''-1'' autoport=''yes''/>%', domain_xml('fresh') LIKE '%<hostdev mode=''subsystem'' type=''mdev''>%';
--> 1|1
INSERT INTO vm_host_devices (vm_name, type) VALUES ('fresh', 'mdev');
--> Runtime error: vm_host_devices: type cannot be 'mdev' here; for others there is vm_mediated_devices (19)
-- A device of the host can be given to a VM once, and to another VM too.
INSERT INTO vm_host_devices (vm_name, type, host_device_address_domain, host_device_address_bus, host_device_address_slot, host_device_address_function)
  VALUES ('fresh', 'pci', '0x0000', '0x81', '0x00', '0x0'), ('fresh', 'pci', '0x0000', '0x81', '0x00', '0x1');
INSERT INTO vm_host_devices (vm_name, type, managed, host_device_address_domain, host_device_address_bus, host_device_address_slot, host_device_address_function)
  VALUES ('fresh', 'pci', 'yes', '0x0000', '0x81', '0x00', '0x1');
--> Runtime error: vm_host_devices: the VM has this device already: UPDATE vm_host_devices ... WHERE vm_uuid = ... AND host_device_id = ... (19)
SELECT count(*), count(managed) FROM vm_host_devices WHERE vm_name = 'fresh' AND host_device_address_bus = '0x81';
--> 2|0
DELETE FROM vm_host_devices WHERE vm_name = 'fresh';
-- libvirt takes one memory balloon.
INSERT INTO vm_memory_balloons (vm_name, model_name) VALUES ('fresh', 'virtio');
INSERT INTO vm_memory_balloons (vm_name, model_name) VALUES ('fresh', 'none');
--> Runtime error: vm_memory_balloons: the VM has one already: UPDATE vm_memory_balloons ... WHERE vm_uuid = ... (19)
DELETE FROM vm_memory_balloons WHERE vm_name = 'fresh';
-- A second source needs a first one, but that may be empty: an edit beside it is an edit like any other.
SELECT domain_import('<domain type="kvm"><name>udp</name><devices><console type="udp"><source/><source mode="connect" host="a" service="5"/></console></devices></domain>', 'alpha') > '';
--> 1
UPDATE vm_consoles SET log_file = '/log', source2_service = '6' WHERE vm_name = 'udp';
SELECT domain_xml('udp') LIKE '%<source/>%<source mode=''connect'' host=''a'' service=''6''/>%<log file=''/log''/>%';
--> 1
UPDATE vm_consoles SET source_host = 'b' WHERE vm_name = 'udp';
UPDATE vm_consoles SET source_host = NULL WHERE vm_name = 'udp';
--> Runtime error: vm_consoles: source2_mode, source2_host, source2_service need one of source_mode, source_path, source_append, source_master, source_slave, source_host, source_service, source_tls, source_tls_from_config, source_channel, source_clipboard_copypaste, source_mouse_mode, source_reconnect_enabled, source_reconnect_timeout, source_reconnect_delay (19)
INSERT INTO vm_smartcards (vm_name, mode, certificate_2) VALUES ('udp', 'host-certificates', 'two');
--> Runtime error: vm_smartcards: certificate_2 needs certificate_1 (19)
-- An edit through a view says that nobody knows whether libvirt has it; a refused one says nothing.
SELECT sync_status FROM virtual_machines WHERE name = 'web';
--> SYNCED
UPDATE vm_disks SET serial = 'a' || char(1) WHERE vm_name = 'web';
--> Runtime error: vm_disks: a text has a character that XML cannot have: a control character, U+FFFE, U+FFFF, or bytes that are not UTF-8 (19)
SELECT sync_status FROM virtual_machines WHERE name = 'web';
--> SYNCED
UPDATE vm_disks SET serial = 'a' WHERE vm_name = 'web';
SELECT sync_status FROM virtual_machines WHERE name = 'web';
--> UNKNOWN
-- The type of a card that names a network follows from it, as the port of a display that libvirt chooses.
SAVEPOINT type;
INSERT INTO vm_ports (vm_name, mac_address, network) VALUES ('fresh', '52:54:00:00:00:aa', 'lan');
INSERT INTO vm_ports (vm_name, mac_address, source_type, bridge) VALUES ('fresh', '52:54:00:00:00:ab', 'bridge', 'br0');
SELECT source_type FROM vm_ports WHERE vm_name = 'fresh' AND mac_address IN ('52:54:00:00:00:aa', '52:54:00:00:00:ab') ORDER BY position;
--> network
--> bridge
SELECT domain_xml('fresh') LIKE '%<interface type=''network''>%<source network=''lan''/>%';
--> 1
DELETE FROM vm_ports WHERE vm_name = 'fresh';
-- So follows that of other cards, of disks and of filesystems from their source, unless it is given.
INSERT INTO vm_ports (vm_name, bridge) VALUES ('fresh', 'br0');
INSERT INTO vm_ports (vm_name, dev) VALUES ('fresh', 'eth0'), ('fresh', '/dev/vhost-vdpa-0');
INSERT INTO vm_ports (vm_name, source_type, dev) VALUES ('fresh', 'ethernet', 'tap0');
INSERT INTO vm_ports (vm_name, mac_address) VALUES ('fresh', '52:54:00:00:00:ac');
SELECT group_concat(source_type) FROM (SELECT source_type FROM vm_ports WHERE vm_name = 'fresh' ORDER BY position);
--> bridge,direct,vdpa,ethernet,user
INSERT INTO vm_disks (vm_name, device_name, path) VALUES ('fresh', 'vdq', '/images/q.qcow2'), ('fresh', 'vdr', '/dev/vg/r');
INSERT INTO vm_disks (vm_name, device_name, pool, volume) VALUES ('fresh', 'vds', 'images', 's.qcow2');
INSERT INTO vm_disks (vm_name, device_name, protocol, name) VALUES ('fresh', 'vdt', 'rbd', 'pool/t');
INSERT INTO vm_disks (vm_name, device_name, device) VALUES ('fresh', 'sdu', 'cdrom');
SELECT group_concat(source_type) FROM (SELECT source_type FROM vm_disks WHERE vm_name = 'fresh' AND device_name IN ('vdq', 'vdr', 'vds', 'vdt', 'sdu') ORDER BY position);
--> file,block,volume,network,file
SELECT domain_xml('fresh') LIKE '%<source dev=''/dev/vg/r''/>%';
--> 1
INSERT INTO vm_filesystems (vm_name, source_path, target_path) VALUES ('fresh', '/srv', 'srv');
SELECT domain_xml('fresh') LIKE '%<filesystem type=''mount''>%<source dir=''/srv''/>%';
--> 1
ROLLBACK TO type;
RELEASE type;
-- A table that is written itself takes any text; generation names the row.
SAVEPOINT text;
UPDATE virtual_machines SET title = 'x' || char(0) WHERE name = 'fresh';
SELECT domain_xml('fresh');
--> Runtime error: virtual_machines, row 5, title: XML cannot have the character U+0000
ROLLBACK TO text;
RELEASE text;
-- Other views are read.
UPDATE device_addresses SET bus = '0x01';
--> Parse error: cannot modify device_addresses because it is a view
PRAGMA foreign_key_check;
-- An element is written while something is in it, also if its flag is set to NULL.
SAVEPOINT element;
SELECT domain_import('<domain type="kvm"><name>h</name><uuid>22222222-1111-1111-1111-111111111111</uuid><memory>1</memory><memoryBacking><hugepages><page size="2048"/></hugepages></memoryBacking><os><type>hvm</type></os></domain>', 'h');
--> 22222222-1111-1111-1111-111111111111
UPDATE memory_backings SET hugepages = NULL WHERE vm_uuid = '22222222-1111-1111-1111-111111111111';
SELECT domain_xml('h') LIKE '%<page size=''2048''/>%';
--> 1
ROLLBACK TO element;
RELEASE element;
-- OR IGNORE and OR REPLACE reach into triggers: what is there already is refused all the same, of whatever VM it is.
INSERT INTO virtual_machines (uuid, name) VALUES ('00000000-0000-4000-8000-0000000000c1', 'one'), ('00000000-0000-4000-8000-0000000000c2', 'two');
INSERT INTO vm_videos (vm_name, model_name) VALUES ('one', 'qxl'), ('two', 'qxl');
INSERT OR IGNORE INTO vm_videos (vm_name, monitor_index, model_name) VALUES ('two', 0, 'virtio');
--> Runtime error: vm_videos: the VM has a row with this monitor_index (19)
INSERT OR REPLACE INTO vm_videos (id, vm_name, model_name) SELECT id, 'two', 'virtio' FROM vm_videos WHERE vm_name = 'one';
--> Runtime error: vm_videos: host, vm_name, vm_uuid, video_id, id say which row it is and cannot be set (a VM is renamed in virtual_machines); computed: driver_json (set driver_iommu, driver_ats, driver_packed, driver_page_per_vq, ...), address_json (set address_type, address_domain, address_controller, address_bus, ...), pci_address (set address_domain, address_bus, address_slot, address_function), ram_bytes (set ram), vram_bytes (set vram), vram64_bytes (set vram64), vgamem_bytes (set vgamem) (19)
SELECT vm_name, monitor_index, model_name FROM vm_videos WHERE vm_name IN ('one', 'two') ORDER BY 1;
--> one|0|qxl
--> two|0|qxl
INSERT INTO vm_disks (vm_name, path, device_name) VALUES ('one', '/1', 'vda'), ('one', '/2', 'vdb');
UPDATE OR REPLACE vm_disks SET device_name = 'vdb' WHERE vm_name = 'one' AND device_name = 'vda';
--> Runtime error: vm_disks: the VM has another row with this device_name (19)
UPDATE OR IGNORE vm_ports SET device_name = 'tap0' WHERE vm_name = 'fresh';
--> Runtime error: vm_ports: the VM has another row with this device_name (19)
SELECT device_name, path FROM vm_disks WHERE vm_name = 'one' ORDER BY 1;
--> vda|/1
--> vdb|/2
-- Two halves of a character in two columns are not text.
UPDATE vm_disks SET serial = CAST(x'61C3' AS TEXT), wwn = CAST(x'A962' AS TEXT) WHERE vm_name = 'one' AND device_name = 'vda';
--> Runtime error: vm_disks: a text has a character that XML cannot have: a control character, U+FFFE, U+FFFF, or bytes that are not UTF-8 (19)
-- What the catalog does not know below a resource stays when the resource is changed through the view.
SELECT domain_import('<domain type=''kvm''><name>v</name><uuid>00000000-0000-4000-8000-0000000000c3</uuid><devices><disk type=''network''><source protocol=''rbd'' name=''p/i''><host name=''m1'' zone=''z1''/><host name=''m2'' zone=''z2''/></source><target dev=''vda''/></disk><interface type=''bridge''><mac address=''52:54:00:00:00:01''/><source bridge=''b''/><virtualport type=''openvswitch'' zork=''1''/><filterref filter=''f''><parameter name=''IP'' value=''1.2.3.4'' zz=''1''/></filterref></interface></devices></domain>', 'alpha') IS NOT NULL;
--> 1
UPDATE vm_disks SET name = 'p/j' WHERE vm_name = 'v';
UPDATE vm_ports SET mac_address = '52:54:00:00:00:02' WHERE vm_name = 'v';
SELECT domain_xml('v');
--> <domain type='kvm'>
-->   <name>v</name>
-->   <uuid>00000000-0000-4000-8000-0000000000c3</uuid>
-->   <devices>
-->     <disk type='network'>
-->       <source protocol='rbd' name='p/j'>
-->         <host name='m1' zone='z1'/>
-->         <host name='m2' zone='z2'/>
-->       </source>
-->       <target dev='vda'/>
-->     </disk>
-->     <interface type='bridge'>
-->       <mac address='52:54:00:00:00:02'/>
-->       <source bridge='b'/>
-->       <virtualport type='openvswitch' zork='1'/>
-->       <filterref filter='f'>
-->         <parameter name='IP' value='1.2.3.4' zz='1'/>
-->       </filterref>
-->     </interface>
-->   </devices>
--> </domain>
-->
-- A source of another type than the card has would be passed over by libvirt: the type must be set, too.
SELECT domain_import('<domain type="kvm"><name>sources</name><devices><interface type="user"><mac address="52:54:00:00:aa:01"/></interface>
  <disk type="file" device="cdrom"><target dev="sda" bus="sata"/></disk></devices></domain>', 'alpha') IS NULL;
--> 0
UPDATE vm_ports SET bridge = 'br5' WHERE vm_name = 'sources';
--> Runtime error: vm_ports: bridge is of source_type bridge; set source_type = 'bridge' (19)
UPDATE vm_ports SET dev = 'eth0' WHERE vm_name = 'sources';
--> Runtime error: vm_ports: dev is of source_type direct; set source_type = 'direct' (19)
UPDATE vm_disks SET pool = 'p', volume = 'v' WHERE vm_name = 'sources';
--> Runtime error: vm_disks: volume is of source_type volume; set source_type = 'volume' (19)
UPDATE vm_disks SET path = '/dev/vg/iso' WHERE vm_name = 'sources';
UPDATE vm_ports SET source_type = 'bridge', bridge = 'br5' WHERE vm_name = 'sources';
-- Without a type libvirt would take it for a card of type user, and drop the bridge.
UPDATE vm_ports SET source_type = NULL WHERE vm_name = 'sources';
--> Runtime error: vm_ports: bridge is of source_type bridge; set bridge = NULL (19)
UPDATE vm_disks SET source_type = NULL WHERE vm_name = 'sources';
--> Runtime error: vm_disks: path is of source_type file; set path = NULL (19)
UPDATE vm_ports SET bridge = 'br6' WHERE vm_name = 'sources';
SELECT device_xml('vm_ports', id) FROM vm_ports WHERE vm_name = 'sources';
--> <interface type='bridge'>
-->   <mac address='52:54:00:00:aa:01'/>
-->   <source bridge='br6'/>
--> </interface>
-->
-- The old source must go when the type changes: libvirt refuses two of them.
UPDATE vm_ports SET source_type = 'network', network = 'lan' WHERE vm_name = 'sources';
--> Runtime error: vm_ports: bridge is of source_type bridge; set bridge = NULL (19)
UPDATE vm_ports SET source_type = 'network', network = 'lan', port_group = 'web', bridge = NULL WHERE vm_name = 'sources';
UPDATE vm_ports SET source_type = 'user', network = NULL WHERE vm_name = 'sources';
--> Runtime error: vm_ports: port_group is of source_type network; set port_group = NULL (19)
UPDATE vm_ports SET source_type = 'direct', dev = 'eth0', mode = 'bridge', network = NULL, port_group = NULL WHERE vm_name = 'sources';
UPDATE vm_ports SET source_type = 'user', mode = NULL, dev = NULL WHERE vm_name = 'sources';
SELECT device_xml('vm_ports', id) FROM vm_ports WHERE vm_name = 'sources';
--> <interface type='user'>
-->   <mac address='52:54:00:00:aa:01'/>
--> </interface>
-->
UPDATE vm_disks SET source_type = 'volume', pool = 'p', volume = 'v' WHERE vm_name = 'sources';
--> Runtime error: vm_disks: path is of source_type file; set path = NULL (19)
UPDATE vm_disks SET source_type = 'network', protocol = 'rbd', name = 'p/v', path = NULL WHERE vm_name = 'sources';
INSERT INTO disk_hosts (disk_id, name) SELECT disk_id, 'mon1' FROM vm_disks WHERE vm_name = 'sources';
UPDATE vm_disks SET name = 'p/w' WHERE vm_name = 'sources';
SELECT device_xml('vm_disks', id) FROM vm_disks WHERE vm_name = 'sources';
--> <disk type='network' device='cdrom'>
-->   <source protocol='rbd' name='p/w'>
-->     <host name='mon1'/>
-->   </source>
-->   <target dev='sda' bus='sata'/>
--> </disk>
-->
UPDATE vm_disks SET source_type = 'file', path = '/a.iso' WHERE vm_name = 'sources';
--> Runtime error: vm_disks: protocol is of source_type network; set protocol = NULL (19)
UPDATE vm_disks SET source_type = 'file', path = '/a.iso', protocol = NULL, name = NULL WHERE vm_name = 'sources';
SELECT device_xml('vm_disks', id) FROM vm_disks WHERE vm_name = 'sources';
--> <disk type='file' device='cdrom'>
-->   <source file='/a.iso'/>
-->   <target dev='sda' bus='sata'/>
--> </disk>
-->
UPDATE vm_disks SET source_type = 'block' WHERE vm_name = 'sources';
SELECT source_type, path FROM vm_disks WHERE vm_name = 'sources';
--> block|/a.iso
-- So it is with file systems, and with the paths of character devices.
INSERT INTO vm_filesystems (vm_name, target_path, source_path) VALUES ('sources', 'share', '/srv');
UPDATE vm_filesystems SET source_type = 'ram', source_usage = 1024 WHERE vm_name = 'sources';
--> Runtime error: vm_filesystems: source_path is of source_type mount; set source_path = NULL (19)
UPDATE vm_filesystems SET source_type = 'ram', source_usage = 1024, source_path = NULL WHERE vm_name = 'sources';
UPDATE vm_filesystems SET source_path = '/srv' WHERE vm_name = 'sources';
--> Runtime error: vm_filesystems: source_path is of source_type mount; set source_type = 'mount' (19)
UPDATE vm_filesystems SET source_type = 'block', source_path = '/dev/x', source_usage = NULL WHERE vm_name = 'sources';
INSERT INTO vm_filesystems (vm_name, target_path, source_path, source_pool, source_volume) VALUES ('sources', 'other', '/srv', 'p', 'v');
--> Runtime error: vm_filesystems: source_path is of source_type mount; set source_type = 'mount' (19)
INSERT INTO vm_serial_devices (vm_name, type, source_path) VALUES ('sources', 'tcp', '/run/a.sock');
--> Runtime error: vm_serial_devices: source_path is of type unix; set type = 'unix' (19)
INSERT INTO vm_serial_devices (vm_name, type, source_mode, source_path) VALUES ('sources', 'unix', 'bind', '/run/a.sock');
UPDATE vm_serial_devices SET type = 'tcp', source_host = 'a', source_service = '5' WHERE vm_name = 'sources';
--> Runtime error: vm_serial_devices: source_path is of type unix; set source_path = NULL (19)
UPDATE vm_serial_devices SET type = 'tcp', source_host = 'a', source_service = '5', source_path = NULL WHERE vm_name = 'sources';
INSERT INTO vm_rng_devices (vm_name, model_name, backend_type, backend_source_type, backend_source_path) VALUES ('sources', 'virtio', 'egd', 'udp', '/run/egd');
--> Runtime error: vm_rng_devices: backend_source_path is of backend_source_type unix; set backend_source_type = 'unix' (19)
SELECT device_xml('vm_serial_devices', id) FROM vm_serial_devices WHERE vm_name = 'sources';
--> <serial type='tcp'>
-->   <source mode='bind' host='a' service='5'/>
--> </serial>
-->
-- A new device has one source, of its type.
INSERT INTO vm_ports (vm_name, source_type, bridge) VALUES ('sources', 'user', 'br0');
--> Runtime error: vm_ports: bridge is of source_type bridge; set source_type = 'bridge' (19)
INSERT INTO vm_ports (vm_name, source_type, network) VALUES ('sources', 'bridge', 'n');
--> Runtime error: vm_ports: network is of source_type network; set source_type = 'network' (19)
INSERT INTO vm_ports (vm_name, bridge, dev) VALUES ('sources', 'br0', 'eth0');
--> Runtime error: vm_ports: dev is of source_type direct; set source_type = 'direct' (19)
INSERT INTO vm_disks (vm_name, device_name, path, pool, volume) VALUES ('sources', 'vdq', '/x', 'p', 'v');
--> Runtime error: vm_disks: path is of source_type file; set source_type = 'file' (19)
INSERT INTO vm_disks (vm_name, device_name, path, protocol, name) VALUES ('sources', 'vdq', '/x', 'rbd', 'p/v');
--> Runtime error: vm_disks: path is of source_type file; set source_type = 'file' (19)
INSERT INTO vm_disks (vm_name, device_name, pool, path) VALUES ('sources', 'vdq', 'p', '/x');
--> Runtime error: vm_disks: path is of source_type file; set source_type = 'file' (19)
-- libvirt says a network's bridge with the card of a running VM, so a copy of that card may say it, too.
INSERT INTO vm_ports (vm_name, network, bridge) VALUES ('sources', 'lan', 'virbr0');
