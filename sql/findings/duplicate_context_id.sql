-- error: Two VMs of a host have the same fixed context id of a virtio socket.
-- Why: the second one to start fails.
-- Do: let libvirt choose: cid_auto = 'yes'.
SELECT v.host_id, v.uuid AS vm_uuid, 'context id ' || s.guest_cid || ' is also of ' || w.name AS detail
FROM defined_vms AS v JOIN vsock_attachments AS a ON a.vm_uuid = v.uuid JOIN vsocks AS s ON s.id = a.vsock_id
  JOIN vsocks AS t ON t.guest_cid = s.guest_cid JOIN vsock_attachments AS b ON b.vsock_id = t.id AND b.vm_uuid <> a.vm_uuid
  JOIN defined_vms AS w ON w.uuid = b.vm_uuid AND +w.host_id = +v.host_id
WHERE coalesce(a.cid_auto, 'no') = 'no' AND coalesce(b.cid_auto, 'no') = 'no';
