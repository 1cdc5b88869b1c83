-- Which running VMs were redefined since they started, so that the change waits for a restart?
--
-- Asked before and after maintenance. started_at is when the VM that runs was started, defined_at when its newest
-- definition was captured. How: from the history alone, no XML is compared: a VM runs where its last live event is no
-- end; its definition changed where the newest one is another document than the newest one before the start.
-- A VM that began with a migration or that was running when virtsql was installed counts from that event.
WITH runs AS (
  SELECT vm_uuid, max(id) FILTER (WHERE operation IN ('stopped', 'release')) AS ended, max(id) AS last_event
  FROM captures WHERE vm_uuid IS NOT NULL AND kind = 'domain' AND config = 'live' GROUP BY vm_uuid),
running AS (
  SELECT r.vm_uuid, min(c.id) AS started FROM runs AS r JOIN captures AS c ON c.vm_uuid = r.vm_uuid AND c.kind = 'domain' AND c.config = 'live'
  WHERE c.id > coalesce(r.ended, 0) GROUP BY r.vm_uuid),
definitions AS (
  SELECT r.vm_uuid, r.started, (SELECT max(id) FROM captures AS c WHERE c.vm_uuid = r.vm_uuid AND c.kind = 'domain' AND c.config = 'persistent') AS newest,
    (SELECT max(id) FROM captures AS c WHERE c.vm_uuid = r.vm_uuid AND c.kind = 'domain' AND c.config = 'persistent' AND c.id <= r.started) AS at_start
  FROM running AS r)
SELECT v.name AS vm, s.captured_at AS started_at, n.captured_at AS defined_at
FROM definitions AS d JOIN virtual_machines AS v ON v.uuid = d.vm_uuid
  JOIN captures AS s ON s.id = d.started JOIN captures AS n ON n.id = d.newest JOIN captures AS o ON o.id = d.at_start
WHERE n.document_sha256 <> o.document_sha256
ORDER BY 1;
