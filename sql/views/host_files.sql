-- Every path on the hosts that a VM, a snapshot, a network or a pool needs: may I delete this? A file that is below an image counts, as
-- far as a VM's XML or a captured volume says so, and so does an image that is named by pool and volume. What only a running VM has until
-- it stops (an attached disk, a block copy) is in drift_details and not here.
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
-- The host of what belongs to a VM is the VM's.
named (host_id, vm_uuid, path, role, table_name, column_name) AS NOT MATERIALIZED (
  @FILES@
  UNION ALL
  -- What a snapshot's own definition names is needed to go back to it.
  SELECT s.host_id, s.vm_uuid, j.atom, 'snapshot domain', 'vm_snapshots', 'domain_json'
  FROM vm_snapshots AS s, json_tree(s.domain_json) AS j WHERE j.type = 'text'),
-- Names of targets and templates stand in the same attributes as paths; a path begins with a slash.
needed (host_id, vm_uuid, path, role, table_name, column_name) AS NOT MATERIALIZED (
  SELECT coalesce(n.host_id, v.host_id), n.vm_uuid, n.path, n.role, n.table_name, n.column_name
  FROM named AS n LEFT JOIN virtual_machines AS v ON v.uuid = n.vm_uuid WHERE substr(n.path, 1, 1) = '/'),
all_files (host_id, vm_uuid, path, role, table_name, column_name) AS NOT MATERIALIZED (
  SELECT n.host_id, n.vm_uuid, n.path, n.role, n.table_name, n.column_name FROM needed AS n
  UNION ALL
  SELECT n.host_id, n.vm_uuid, b.backing_path, 'backing store', 'volumes', 'backing_path'
  FROM below AS b JOIN needed AS n ON n.path = b.path AND n.host_id = b.host_id)
SELECT h.name, v.name, f.vm_uuid, f.path, f.role, f.table_name, f.column_name
FROM all_files AS f LEFT JOIN hosts AS h ON h.id = f.host_id LEFT JOIN virtual_machines AS v ON v.uuid = f.vm_uuid
WHERE NOT EXISTS (
  SELECT 1 FROM vm_states AS s WHERE s.vm_uuid = f.vm_uuid AND s.host_id = f.host_id AND s.state = 'undefined');
