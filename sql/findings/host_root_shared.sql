-- error: A folder of the host's own system is shared writable with a guest.
-- Why: whoever is root in the guest can take over the host.
-- Do: share a folder of its own, or read-only; give a container ids of its own (<idmap>).
SELECT v.host_id, v.uuid AS vm_uuid, f.source_path || ' as ' || a.target_path AS detail
FROM defined_vms AS v JOIN filesystem_attachments AS a ON a.vm_uuid = v.uuid JOIN filesystems AS f ON f.id = a.filesystem_id
WHERE NOT EXISTS (SELECT 1 FROM id_maps AS i WHERE i.vm_uuid = v.uuid) AND coalesce(a.read_only, 0) = 0 AND f.source_type IN ('mount', 'bind') AND substr(f.source_path, 1, 1) = '/'
  AND rtrim('/' || ltrim(replace(replace(f.source_path || '/', '/./', '/'), '//', '/'), '/'), '/') IN ('', '/etc', '/root', '/usr', '/bin', '/sbin', '/lib', '/boot', '/dev', '/proc', '/sys', '/var', '/run');
