-- Which images do two disks write to?
--
-- Asked before the file system in it is ruined. One row for each image: how many disks, and which VMs on which hosts.
-- Disks that are read-only or marked shareable are left out, as are empty drives.
-- reach: 'same host' is certain; 'across hosts' is a danger where the path is on shared storage (NFS, a SAN), and harmless
-- where each host has a file of that name of its own.
SELECT image, count(*) AS disks, CASE WHEN count(DISTINCT host) < count(*) THEN 'same host' ELSE 'across hosts' END AS reach,
  group_concat(vm || '@' || host || ' ' || device, ', ') AS used_by
FROM (SELECT coalesce(d.path, d.pool || '/' || d.volume, d.protocol || ':' || d.name) AS image, coalesce(h.name, '?') AS host, d.vm_name AS vm,
        d.device_name AS device
      FROM vm_disks AS d JOIN virtual_machines AS v ON v.uuid = d.vm_uuid LEFT JOIN hosts AS h ON h.id = v.host_id
      WHERE d.read_only IS NULL AND d.shareable IS NULL ORDER BY 1, 2, 3)
WHERE image IS NOT NULL
GROUP BY image HAVING count(*) > 1
ORDER BY 1;
