-- error: A disk has io=native without cache none or directsync.
-- Why: libvirt refuses it: native asynchronous I/O needs to bypass the page cache.
-- Do: set driver_cache = 'none', or io = 'threads'.
SELECT v.host_id, v.uuid AS vm_uuid, a.device_name || ' has io=native and cache=' || coalesce(a.driver_cache, 'default') AS detail
FROM defined_vms AS v JOIN disk_attachments AS a ON a.vm_uuid = v.uuid
WHERE a.driver_io = 'native' AND coalesce(a.driver_cache, 'default') NOT IN ('none', 'directsync');
