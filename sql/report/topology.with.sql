-- What the picture of a host is made of; stands before each query of topology*.sql. MATERIALIZED: each step is made once;
-- SQLite 3.46 else makes the first ones again for each row of the later ones.
WITH guests AS MATERIALIZED (
  SELECT v.host, v.uuid, v.name, v.state, v.vcpus, v.memory_mib,
    v.uuid IN (SELECT vm_uuid FROM findings WHERE severity = 'error' AND vm_uuid IS NOT NULL AND @SHOWN(host)@) AS has_error
  FROM vms AS v WHERE v.state <> 'undefined' AND @SHOWN(v.host)@),
-- Who uses what: networks and bridges on one side; pools, folders, servers and the host's devices on the other.
named AS MATERIALIZED (
  SELECT DISTINCT g.host, g.uuid, 'network' AS side,
    CASE WHEN n.network IS NOT NULL THEN n.network WHEN n.bridge IS NOT NULL THEN 'bridge ' || n.bridge
      WHEN n.dev IS NOT NULL THEN n.dev ELSE n.type END AS node,
    n.network IS NOT NULL AND EXISTS (SELECT 1 FROM networks AS w JOIN hosts AS h ON h.id = w.host_id WHERE h.name = g.host)
      AND NOT EXISTS (SELECT 1 FROM networks AS w JOIN hosts AS h ON h.id = w.host_id WHERE h.name = g.host AND w.name = n.network) AS missing
  FROM guests AS g JOIN vm_interfaces AS n ON n.vm_uuid = g.uuid
  UNION ALL
  SELECT DISTINCT g.host, g.uuid, 'storage',
    CASE WHEN i.pool IS NOT NULL THEN 'pool ' || i.pool WHEN i.image LIKE '/%' THEN rtrim(i.image, replace(i.image, '/', ''))
      ELSE coalesce(substr(i.image, 1, 40), 'volume ' || i.volume) END,
    i.pool IS NOT NULL AND EXISTS (SELECT 1 FROM storage_pools AS p JOIN hosts AS h ON h.id = p.host_id WHERE h.name = g.host)
      AND NOT EXISTS (SELECT 1 FROM storage_pools AS p JOIN hosts AS h ON h.id = p.host_id WHERE h.name = g.host AND p.name = i.pool)
  FROM guests AS g JOIN vm_images AS i ON i.vm_uuid = g.uuid WHERE i.depth = 0 AND coalesce(i.image, i.volume) IS NOT NULL
  UNION ALL
  SELECT DISTINCT g.host, g.uuid, 'device', coalesce(d.source, d.name, 'a device of the host'), 0
  FROM guests AS g JOIN vm_devices AS d ON d.vm_uuid = g.uuid WHERE d.element = 'hostdev'),
-- Of a pool that is there, a VM's volume may be gone.
lost AS MATERIALIZED (
  SELECT DISTINCT f.vm_uuid, 'pool ' || f.pool AS node FROM @FINDING(missing_volume)@ AS f),
used AS MATERIALIZED (SELECT host, side, node, count(*) AS users, max(missing) AS missing FROM named GROUP BY host, side, node),
crowd AS (SELECT host, side, count(*) AS nodes FROM used GROUP BY host, side),
-- More than a dozen of a side: those that one VM alone uses become one.
uses AS MATERIALIZED (
  SELECT n.host, n.uuid, n.side,
    CASE WHEN c.nodes > 12 AND u.users = 1 AND u.missing = 0 THEN '(each of one VM)' ELSE n.node END AS node, max(u.missing) AS missing,
    max(n.side = 'storage' AND EXISTS (SELECT 1 FROM lost AS l WHERE l.vm_uuid = n.uuid AND l.node = n.node)) AS lost
  FROM named AS n JOIN used AS u ON u.host = n.host AND u.side = n.side AND u.node = n.node
    JOIN crowd AS c ON c.host = n.host AND c.side = n.side
  GROUP BY 1, 2, 3, 4),
-- More than two dozen VMs on a host: those that use the same become one.
neighbours AS (SELECT host, count(*) AS guests FROM guests GROUP BY host),
signed AS (
  SELECT host, uuid, group_concat(side || ':' || node, char(10)) AS signature
  FROM (SELECT host, uuid, side, node FROM uses ORDER BY host, uuid, side, node) GROUP BY host, uuid),
bundled AS MATERIALIZED (
  SELECT g.host, g.uuid, g.name, g.state, g.vcpus, g.memory_mib, g.has_error,
    CASE WHEN n.guests > 24 THEN coalesce(s.signature, '') ELSE g.uuid END AS bundle
  FROM guests AS g JOIN neighbours AS n ON n.host = g.host LEFT JOIN signed AS s ON s.host = g.host AND s.uuid = g.uuid),
bundles AS MATERIALIZED (
  SELECT host, bundle, count(*) AS guests, min(name) AS first, group_concat(name, ', ') AS names, sum(state = 'running') AS running,
    sum(CASE WHEN vcpus BETWEEN 0 AND 999999 THEN vcpus END) AS vcpus, sum(memory_mib) AS memory_mib, max(has_error) AS has_error,
    row_number() OVER (PARTITION BY host ORDER BY min(name), bundle) - 1 AS place
  FROM bundled GROUP BY host, bundle),
nodes AS MATERIALIZED (
  SELECT host, side, node, max(missing) AS missing, count(DISTINCT uuid) AS guests,
    row_number() OVER (PARTITION BY host, side = 'network' ORDER BY side DESC, node) - 1 AS place
  FROM uses GROUP BY host, side, node),
links AS (
  SELECT u.host, u.side, b.place AS guest_place, n.place AS node_place, max(n.missing OR u.lost) AS missing
  FROM uses AS u JOIN bundled AS g ON g.uuid = u.uuid AND g.host = u.host
    JOIN bundles AS b ON b.host = g.host AND b.bundle = g.bundle
    JOIN nodes AS n ON n.host = u.host AND n.side = u.side AND n.node = u.node
  GROUP BY 1, 2, 3, 4)
