-- Which machine types each host offers, as libvirt's capabilities say; none where they were not captured.
-- Write: none; libvirt says it
CREATE VIEW host_machines (
  host,        -- text: Name of the host.
  arch,        -- text: Architecture: x86_64, aarch64, ...
  machine,     -- text: Machine type: pc-q35-7.2, q35, ...
  canonical,   -- text: What an alias (pc, q35, virt) stands for; NULL: it is no alias.
  max_cpus,    -- integer: Most virtual CPUs that it can have.
  deprecated   -- integer: 1: QEMU is about to drop it; 0: it is not.
) AS
WITH nodes (host_id, fullkey, path, key, atom) AS (
  SELECT h.id, t.fullkey, t.path, t.key, t.atom FROM hosts AS h, json_tree(h.capabilities_json, '$.capabilities.guest') AS t
  WHERE t.atom IS NOT NULL)
SELECT DISTINCT h.name, a.atom, m.atom, c.atom, CAST(x.atom AS INTEGER), CASE WHEN d.atom = 'yes' THEN 1 ELSE 0 END
FROM nodes AS m JOIN hosts AS h ON h.id = m.host_id
  LEFT JOIN nodes AS a ON a.host_id = m.host_id AND a.fullkey = substr(m.fullkey, 1, instr(m.fullkey, '.arch') + 4) || '."@name"'
  LEFT JOIN nodes AS c ON c.host_id = m.host_id AND c.fullkey = m.path || '."@canonical"'
  LEFT JOIN nodes AS x ON x.host_id = m.host_id AND x.fullkey = m.path || '."@maxCpus"'
  LEFT JOIN nodes AS d ON d.host_id = m.host_id AND d.fullkey = m.path || '."@deprecated"'
WHERE m.key = '#text' AND m.path LIKE '%.machine%';
