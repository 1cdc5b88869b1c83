-- notice: The VM has a device that newer QEMU or distributions leave out.
-- Why: after an upgrade of the host the VM does not start, or the guest does not find its device.
-- Do: replace it: a virtio card or disk, virtio or vga video, ich9 sound, i6300esb or itco watchdog.
SELECT v.host_id, v.uuid AS vm_uuid, x.what AS detail
FROM defined_vms AS v JOIN virtual_machines AS m ON m.id = v.id JOIN (
    SELECT a.vm_uuid, 'video ' || d.model_name AS what
    FROM video_attachments AS a JOIN videos AS d ON d.id = a.video_id WHERE d.model_name IN ('cirrus', 'qxl', 'vmvga')
    UNION ALL
    SELECT a.vm_uuid, 'network card ' || a.model_name
    FROM port_attachments AS a WHERE a.model_name IN ('ne2k_pci', 'pcnet', 'rtl8139', 'i82551', 'i82557b', 'i82559er')
    UNION ALL
    SELECT a.vm_uuid, 'floppy ' || a.device_name FROM disk_attachments AS a WHERE a.device = 'floppy'
    UNION ALL
    SELECT a.vm_uuid, 'sound ' || d.model_name
    FROM sound_card_attachments AS a JOIN sound_cards AS d ON d.id = a.sound_card_id WHERE d.model_name IN ('es1370', 'sb16', 'ac97')
    UNION ALL
    SELECT a.vm_uuid, 'watchdog ' || d.model_name
    FROM watchdog_attachments AS a JOIN watchdogs AS d ON d.id = a.watchdog_id WHERE d.model_name = 'ib700') AS x ON x.vm_uuid = v.uuid
WHERE m.domain_type IN ('kvm', 'qemu', 'hvf');
