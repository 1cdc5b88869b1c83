-- warning: A disk has the cache mode unsafe.
-- Why: what the guest believes to be written is lost when the host fails; the file system may be beyond repair.
-- Do: use none or writeback.
SELECT v.host_id, v.uuid AS vm_uuid, a.device_name || ' has cache=unsafe' AS detail
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid
WHERE a.driver_cache = 'unsafe';
