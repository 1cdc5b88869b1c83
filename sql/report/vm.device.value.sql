-- Every value of every device. A page of many VMs goes without.
SELECT d.table_name || ':' || d.id AS parent_key, replace(substr(l.path, instr(substr(l.path, 2), '/') + 2), '/text()', '') AS path, l.value
FROM vm_devices AS d JOIN xml_leaves(device_xml(d.table_name, d.id)) AS l
WHERE :full AND @SHOWN(d.host, d.vm_uuid)@
