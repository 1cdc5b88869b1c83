-- Which images do two disks write to?
--
-- Asked before the file system in an image is ruined. One row for each image, however the disks name it: how many
-- disks, and which VMs on which hosts. Disks that are read-only or transient, snapshots of network images and empty
-- drives are left out, and so are images that all of their disks mark shareable.
-- reach: 'same host' is certain. 'across hosts' is a danger if the path is on shared storage (NFS, a SAN, Ceph), and
-- harmless if each host has its own file of that name. How: network disks of one name on two servers are two images; the
-- monitors of a Ceph cluster do not count, because a disk need not name all of them.
WITH images AS MATERIALIZED (
  SELECT image, coalesce(host, '?') AS host, vm_uuid, vm_name, target, shareable FROM vm_images WHERE depth = 0 AND image IS NOT NULL)
SELECT i.image, count(*) AS disks, CASE WHEN count(DISTINCT i.host) < count(*) THEN 'same host' ELSE 'across hosts' END AS reach,
  group_concat(i.vm_name || '@' || i.host || ' ' || i.target, ', ') AS used_by
FROM (SELECT m.image, m.host, m.vm_name, m.target, m.shareable,
    -- vm_images names a network image without its servers.
    CASE WHEN m.image NOT LIKE 'rbd:%' THEN (SELECT group_concat(s.server, ' ') FROM (
      SELECT coalesce(o.name || coalesce(':' || o.port, ''), o.socket) AS server FROM disk_attachments AS a JOIN disk_hosts AS o ON o.disk_id = a.disk_id
      WHERE a.vm_uuid = m.vm_uuid AND a.device_name = m.target ORDER BY 1) AS s) END AS servers
  FROM images AS m
  WHERE m.image IN (SELECT t.image FROM images AS t GROUP BY t.image HAVING count(*) > 1)
    AND EXISTS (SELECT 1 FROM image_writers AS w WHERE w.vm_uuid = m.vm_uuid AND w.device_name = m.target) ORDER BY 1, 2, 3, 4) AS i
GROUP BY i.image, i.servers HAVING count(*) > 1 AND min(i.shareable) = 0
ORDER BY 1, 4;
