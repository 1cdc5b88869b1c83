-- JSON columns of the views over rows of other tables, and what node devices say of mediated devices.
.load @VIRTSQL_EXTENSION@
SELECT virtsql_init() > 0;
--> 1
SELECT domain_import('<domain type="kvm"><name>web</name><uuid>5a6b2a62-2a51-4a37-8a6e-07a3c2f9b011</uuid><memory>1024</memory>
  <cpu mode="custom"><model>Skylake-Server</model><topology sockets="1" cores="2" threads="2"/><feature policy="require" name="invtsc"/>
    <feature policy="disable" name="hle"/></cpu><devices>
  <disk type="file" device="disk" snapshot="external"><source file="/a"/><target dev="vda" bus="virtio"/><transient shareBacking="yes"/></disk>
  <disk type="file" device="disk"><source file="/b"/><target dev="vdb" bus="virtio"/></disk>
  <interface type="network"><mac address="52:54:00:00:00:01"/><source network="lan"/><filterref filter="clean-traffic"><parameter name="IP" value="10.0.0.9"/>
    <parameter name="MAC" value="a &quot;b&quot;"/></filterref></interface>
  <interface type="bridge"><mac address="52:54:00:00:00:02"/><source bridge="ovs"/><virtualport type="openvswitch">
    <parameters interfaceid="09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f"/></virtualport></interface>
  <interface type="vhostuser"><mac address="52:54:00:00:00:03"/><source type="unix" path="/run/v.sock" mode="client"/><model type="virtio"/></interface>
  <hostdev mode="subsystem" type="mdev" model="vfio-pci"><source><address uuid="83ce5dc9-2e1e-4bce-9d59-2a2b0f1d8b10"/></source></hostdev>
  <hostdev mode="subsystem" type="mdev" model="vfio-pci"><source><address uuid="83ce5dc9-2e1e-4bce-9d59-2a2b0f1d8b11"/></source></hostdev>
  </devices></domain>', 'alpha') IS NULL;
--> 0
SELECT host, vm_name, model, topology_json, features_json FROM vm_cpus;
--> alpha|web|Skylake-Server|{"sockets":1,"cores":2,"threads":2}|[{"policy":"require","name":"invtsc"},{"policy":"disable","name":"hle"}]
SELECT host, vm_name, name, parameters_json FROM vm_filter_refs;
--> alpha|web|clean-traffic|[{"name":"IP","value":"10.0.0.9"},{"name":"MAC","value":"a \"b\""}]
SELECT filter_ref_json, virtual_port_json, vhost_user_json FROM vm_ports ORDER BY position;
--> {"name":"clean-traffic","parameters":[{"name":"IP","value":"10.0.0.9"},{"name":"MAC","value":"a \"b\""}]}||
--> |{"type":"openvswitch","interface_id":"09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f"}|
--> ||{"type":"unix","path":"/run/v.sock","mode":"client"}
SELECT device_name, snapshot_policy_json FROM vm_disks ORDER BY position;
--> vda|{"snapshot":"external","transient":1,"transient_share_backing":"yes"}
--> vdb|
-- Of a mediated device what the host's node devices say; the same UUID of another host is another thing.
SELECT mdev_type IS NULL, parent IS NULL FROM vm_mediated_devices;
--> 1|1
--> 1|1
SELECT nodedev_import('<device><name>mdev_1</name><parent>pci_0000_3b_00_0</parent><capability type="mdev"><type id="nvidia-11"/>
  <uuid>83CE5DC9-2e1e-4bce-9d59-2a2b0f1d8b10</uuid></capability></device>', 'alpha') IS NULL;
--> 0
SELECT nodedev_import('<device><name>mdev_1</name><parent>pci_0000_02_00_0</parent><capability type="mdev"><type id="i915"/>
  <uuid>83ce5dc9-2e1e-4bce-9d59-2a2b0f1d8b11</uuid></capability></device>', 'beta') IS NULL;
--> 0
SELECT uuid, mdev_type, parent FROM vm_mediated_devices ORDER BY position;
--> 83ce5dc9-2e1e-4bce-9d59-2a2b0f1d8b10|nvidia-11|pci_0000_3b_00_0
--> 83ce5dc9-2e1e-4bce-9d59-2a2b0f1d8b11||
-- They are computed: a write names what can be written.
UPDATE vm_mediated_devices SET parent = 'x';
--> Runtime error: vm_mediated_devices: host, vm_name, vm_uuid, mediated_device_id, id say which row it is and cannot be set (a VM is renamed in virtual_machines); computed: driver_json (set driver_name, driver_model, driver_iommufd), address_json (set address_type, address_domain, address_controller, address_bus, ...), pci_address (set address_domain, address_bus, address_slot, address_function), mdev_type (said in node_mediated_devices), parent (said in node_mediated_devices) (19)
-- They follow the rows that they are made of.
UPDATE cpu_features SET policy = 'force' WHERE name = 'hle';
SELECT features_json ->> '$[1].policy' FROM vm_cpus;
--> force
-- No extension is needed, and no trust.
PRAGMA trusted_schema = OFF;
SELECT count(features_json) FROM vm_cpus;
--> 1
