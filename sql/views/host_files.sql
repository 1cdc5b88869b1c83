-- Every path on the hosts that a VM, a snapshot, a network or a pool needs: may I delete this? A file that is below an image counts, as
-- far as a VM's XML or a captured volume says so, and so does an image that is named by pool and volume. What only a running VM has until
-- it stops (an attached disk, a block copy) is in drift_details and not here; a file that only an argument of QEMU names is in none (see
-- the finding qemu_arguments).
-- Write: the table and column that the row names
CREATE VIEW host_files (
  host,         -- text: Name of the host.
  vm_name,      -- text: Name of the VM; NULL: a pool or network needs it.
  vm_uuid,      -- text: UUID of the VM.
  path,         -- text: The path.
  role,         -- text: What it is for, by its place in the XML: disk, backing image, nvram, kernel, snapshot memory, serial log, pool, ...
  table_name,   -- text: The table that names it.
  column_name   -- text: The column that names it.
) AS
WITH RECURSIVE below (host_id, path, backing_path) AS (
  SELECT o.host_id, o.path, o.backing_path FROM volumes AS o WHERE o.backing_path IS NOT NULL
  UNION
  SELECT b.host_id, b.path, o.backing_path FROM below AS b JOIN volumes AS o ON +o.host_id = b.host_id AND o.path = b.backing_path
  WHERE o.backing_path IS NOT NULL),
named (host_id, vm_name, vm_uuid, path, role, table_name, column_name) AS NOT MATERIALIZED (
  @FILES@
  UNION ALL
  -- What a snapshot's own definition names is needed to go back to it.
  SELECT s.host_id, v.name, s.vm_uuid, j.atom, 'snapshot domain', 'vm_snapshots', 'domain_json'
  FROM vm_snapshots AS s LEFT JOIN virtual_machines AS v ON v.uuid = s.vm_uuid, json_tree(s.domain_json) AS j WHERE j.type = 'text')
-- A path is needed, and so is each that is below it. SQLite takes a condition into the SELECTs of `named` only if the statement
-- has `named` once, so both come of one join.
SELECT h.name, n.vm_name, n.vm_uuid, coalesce(b.backing_path, n.path),
  CASE WHEN k.is_below = 0 THEN n.role ELSE 'backing store' END, CASE WHEN k.is_below = 0 THEN n.table_name ELSE 'volumes' END,
  CASE WHEN k.is_below = 0 THEN n.column_name ELSE 'backing_path' END
FROM named AS n CROSS JOIN (SELECT 0 AS is_below UNION ALL SELECT 1) AS k
  LEFT JOIN below AS b ON k.is_below = 1 AND b.path = n.path AND b.host_id = n.host_id
  LEFT JOIN hosts AS h ON h.id = n.host_id
-- Names of targets and templates stand in the same attributes as paths; a path begins with a slash.
WHERE substr(n.path, 1, 1) = '/' AND (k.is_below = 0 OR b.path IS NOT NULL) AND NOT EXISTS (
  SELECT 1 FROM vm_states AS s WHERE s.vm_uuid = n.vm_uuid AND s.host_id = n.host_id AND s.state = 'undefined');
