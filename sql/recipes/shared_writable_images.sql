-- Which images do two disks write to?
--
-- Asked before the file system in an image is ruined. One row for each image, however the disks name it: how many
-- disks, and which VMs on which hosts. Disks that are read-only or transient and empty drives are left out, and so are
-- images that all of their disks mark shareable.
-- reach: 'same host' is certain. 'across hosts' is a danger if the path is on shared storage (NFS, a SAN, Ceph), and
-- harmless if each host has its own file of that name. How: network disks of one name on two servers are two images; the
-- monitors of a Ceph cluster do not count, because a disk need not name all of them.
WITH writable AS MATERIALIZED (
  SELECT image, coalesce(host, '?') AS host, vm_uuid, vm_name, target, shareable FROM vm_images
  WHERE depth = 0 AND image IS NOT NULL AND read_only = 0)
SELECT i.image, count(*) AS disks, CASE WHEN count(DISTINCT i.host) < count(*) THEN 'same host' ELSE 'across hosts' END AS reach,
  group_concat(i.vm_name || '@' || i.host || ' ' || i.target, ', ') AS used_by
FROM (SELECT w.image, w.host, w.vm_name, w.target, w.shareable,
    -- vm_images names a network image without its servers.
    CASE WHEN w.image NOT LIKE 'rbd:%' THEN (SELECT group_concat(s.server, ' ') FROM (
      SELECT coalesce(o.name || coalesce(':' || o.port, ''), o.socket) AS server FROM disk_attachments AS a JOIN disk_hosts AS o ON o.disk_id = a.disk_id
      WHERE a.vm_uuid = w.vm_uuid AND a.device_name = w.target ORDER BY 1) AS s) END AS servers
  FROM writable AS w
  WHERE w.image IN (SELECT t.image FROM writable AS t GROUP BY t.image HAVING count(*) > 1)
    AND NOT EXISTS (SELECT 1 FROM disk_attachments AS a WHERE a.vm_uuid = w.vm_uuid AND a.device_name = w.target AND a.transient = 1) ORDER BY 1, 6, 2, 3, 4) AS i
GROUP BY i.image, i.servers HAVING count(*) > 1 AND min(i.shareable) = 0
ORDER BY 1, 4;
