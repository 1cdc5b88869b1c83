-- How networks, pools, ... are named in functions: by id or name.
SELECT count(virtsql_init());
--> 1
-- An integer is an id first, text either: a network may be named like another's id.
SELECT network_import('<network><name>' || value || '</name></network>') FROM json_each('["a","1"]');
--> 1
--> 2
SELECT network_xml(1);
--> <network>
-->   <name>a</name>
--> </network>
-->
SELECT network_xml(2) LIKE '%<name>1</name>%', network_xml('a') = network_xml(1), network_accept(1);
--> 1|1|1
SELECT network_xml('1');
--> Runtime error: network_xml(): several rows of networks are "1"; give the id as an integer
-- The inactive form is without what libvirt adds while the thing is in use (virNetworkDefFormat of network_conf.c).
SELECT network_import('<network connections="2"><name>pool</name><forward mode="passthrough"><pf dev="eth0"/><interface dev="eth1" connections="2"/></forward></network>') > 0;
--> 1
SELECT network_xml('pool', 'full') = network_xml('pool'), instr(network_xml('pool'), 'eth1') > 0;
--> 1|1
SELECT network_xml('pool', 'inactive');
--> <network>
-->   <name>pool</name>
-->   <forward mode='passthrough'>
-->     <pf dev='eth0'/>
-->   </forward>
--> </network>
-->
SELECT interface_import('<interface type="ethernet" name="eth7"><link speed="1000" state="up"/><mac address="52:54:00:00:00:07"/></interface>') > 0;
--> 1
SELECT interface_xml('eth7', 'inactive');
--> <interface type='ethernet' name='eth7'>
-->   <mac address='52:54:00:00:00:07'/>
--> </interface>
-->
SELECT pool_xml('none', 'running');
--> Runtime error: pool_xml(): no form "running"; it is full or inactive
