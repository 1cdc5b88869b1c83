-- Which VMs have no channel for the guest agent?
--
-- Asked in an audit: without it there are no consistent snapshots, no addresses from the guest, no clean shutdown by
-- agent. The channel's name is org.qemu.guest_agent.0; other channels (SPICE) do not count.
SELECT v.host, v.name AS vm
FROM defined_vms AS v
WHERE NOT EXISTS (SELECT 1 FROM vm_channel_devices AS d WHERE d.vm_uuid = v.uuid AND d.target_name = 'org.qemu.guest_agent.0')
ORDER BY 1, 2;
