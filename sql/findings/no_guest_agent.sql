-- notice: The VM has no channel for the guest agent.
-- Why: no consistent snapshots, no addresses from the guest, no shutdown by agent.
-- Do: add the channel org.qemu.guest_agent.0 and install qemu-guest-agent in the guest.
SELECT v.host_id, v.uuid AS vm_uuid, 'no channel org.qemu.guest_agent.0' AS detail
FROM defined_vms AS v JOIN virtual_machines AS m ON m.id = v.id JOIN boot_configs AS b ON b.vm_uuid = v.uuid
WHERE m.domain_type IN ('kvm', 'qemu') AND b.os_type = 'hvm' AND NOT EXISTS (SELECT 1 FROM channel_device_attachments AS a
  JOIN channel_devices AS d ON d.id = a.channel_device_id WHERE a.vm_uuid = v.uuid AND d.target_name = 'org.qemu.guest_agent.0');
