-- error: Two VMs of a host have the same fixed port of VNC or SPICE.
-- Why: the second one to start fails.
-- Do: let libvirt choose: autoport = 'yes'.
SELECT v.host_id, v.uuid AS vm_uuid, c.type || ' port ' || c.port || ' is also of ' || w.name AS detail
FROM defined_vms AS v JOIN consoles AS c ON c.vm_uuid = v.uuid JOIN consoles AS d ON d.port = c.port AND d.vm_uuid <> c.vm_uuid
  JOIN defined_vms AS w ON w.uuid = d.vm_uuid AND w.host_id = v.host_id
WHERE c.element = 'graphics' AND d.element = 'graphics' AND c.port > 0 AND coalesce(c.autoport, 'no') = 'no' AND coalesce(d.autoport, 'no') = 'no';
