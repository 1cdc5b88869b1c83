-- Each interface of each VM.
SELECT n.vm_name AS "VM", n.model AS "Adapter", n.network AS "Network", coalesce(n.bridge, n.dev) AS "Switch", n.portgroup AS "Portgroup", n.vlan AS "VLAN", n.type AS "Type",
  n.link AS "Connected", n.mac AS "Mac Address", n.target AS "Target", n.host AS "Host", n.vm_uuid AS "VM UUID"
FROM vm_interfaces AS n
ORDER BY n.host, n.vm_name, n.mac
