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
