-- Which VMs have no channel for the guest agent?
--
-- Asked in an audit: without it there are no consistent snapshots, no addresses from the guest, no clean shutdown by agent.
-- The channel's name is org.qemu.guest_agent.0; other channels (SPICE) do not count.
SELECT h.name AS host, v.name AS vm
FROM virtual_machines AS v LEFT JOIN hosts AS h ON h.id = v.host_id
WHERE NOT EXISTS (SELECT 1 FROM vm_channel_devices AS d WHERE d.vm_uuid = v.uuid AND d.target_name = 'org.qemu.guest_agent.0')
ORDER BY 1, 2;
