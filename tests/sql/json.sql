-- The JSON form, reachable with SQLite's own operators.
SELECT xml_json('<a x="1"><b>2</b><b/></a>');
--> {"a":{"@x":"1","b":["2",""]}}
SELECT xml_json('<a x="1"><b>2</b><b/></a>') ->> '$.a.b[0]';
--> 2
SELECT json_xml(xml_json('<a x="1"><b>2</b><b/></a>'));
--> <a x='1'>
-->   <b>2</b>
-->   <b/>
--> </a>
-->
SELECT json_object('doc', xml_json('<a/>'));
--> {"doc":{"a":""}}
SELECT virtsql_init() > 0;
--> 1
SELECT domain_import(readfile('@DOCUMENTS@/web.xml'), 'alpha');
--> 4dea22b3-1d52-d8f3-2516-782e98ab3fa0
SELECT name, namespace, value_json ->> '$."shop:owner"."shop:ticket"' FROM metadata;
--> shop:owner|https://shop.example/ns/1|OPS-17
SELECT driver_json FROM vm_disks WHERE device_name = 'vda';
--> {"name":"qemu","type":"qcow2","cache":"none","io":"native","discard":"unmap"}
SELECT boot_order_json, topology_json FROM boot_configs JOIN cpus USING (vm_uuid);
--> ["hd","network"]|{"sockets":1,"dies":1,"cores":4,"threads":1}
