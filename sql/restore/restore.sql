-- Everything that libvirt would have to be told to make a host again: a file for each definition, and the calls of virsh in their order.
--
--   :host     the host's name
--   :folder   where the files go
--
-- The calls are in the order that libvirt needs: secrets (what they are for, never a value), networks, pools, filters after those that they
-- refer to, mediated devices, VMs, snapshots and checkpoints from the first to the last, and what starts by itself. VMs that libvirt no longer has
-- are left out, and so is what no XML can express, which the script says. Prints the calls, as lines of a shell script.
.bail on
.mode list
.headers off

CREATE TEMP TABLE thing (
  place INTEGER NOT NULL,  -- in which order
  depth INTEGER NOT NULL,
  kind TEXT NOT NULL,      -- as the script says it
  key INTEGER NOT NULL,
  folder TEXT NOT NULL,
  name TEXT NOT NULL,
  xml TEXT,                -- NULL: no XML can express its edited rows; the others are restored, and the script says that this one is left out
  words TEXT NOT NULL,     -- the call, as a JSON array of its words; the file is its last word
  after TEXT NOT NULL      -- a JSON array of calls that follow all others
);
CREATE TEMP VIEW this_host AS SELECT id FROM hosts WHERE name = (SELECT value FROM sqlite_parameters WHERE key = ':host');

-- The networks and pools that ran when they were last heard of; libvirt's own autostart of these is not captured. The network hook says `start`
-- before it runs, and perhaps never will. is_transient: libvirt never said a persistent definition of it, or none since it was undefined.
-- Defining it would keep what its maker did not.
CREATE TEMP VIEW running AS
SELECT kind, name, coalesce(max(CASE WHEN config = 'persistent' THEN id END), 0)
    <= coalesce(max(CASE WHEN operation = 'undefine' THEN id END), 0) AS is_transient
FROM captures WHERE kind IN ('network', 'pool') AND host_id IN this_host
GROUP BY kind, host_id, name
HAVING max(CASE WHEN config = 'live' AND operation NOT IN ('start', 'stopped', 'undefine') THEN id END)
  > coalesce(max(CASE WHEN operation IN ('stopped', 'undefine') THEN id END), 0);

INSERT INTO thing
SELECT 0, 0, 'secret', s.id, 'secrets', coalesce(s.usage_name, s.usage_volume, s.usage_target, s.uuid), try_secret_xml(s.id),
  json_array('try', 'secret-define', '--file'), '[]'
FROM secrets AS s WHERE s.host_id IN this_host;

INSERT INTO thing
SELECT 1, 0, 'network', n.id, 'networks', n.name, try_network_xml(n.id),
  json_array('try', iif(r.is_transient, 'net-create', 'net-define'), '--file'),
  CASE WHEN r.is_transient = 0
    THEN json_array(json_array('try', 'net-autostart', '--network', n.name), json_array('try', 'net-start', '--network', n.name)) ELSE '[]' END
FROM networks AS n LEFT JOIN running AS r ON r.kind = 'network' AND r.name = n.name WHERE n.host_id IN this_host;

INSERT INTO thing
SELECT 2, 0, 'pool', p.id, 'pools', p.name, try_pool_xml(p.id),
  json_array('try', iif(r.is_transient, 'pool-create', 'pool-define'), '--file'),
  CASE WHEN r.is_transient = 0
    THEN json_array(json_array('try', 'pool-autostart', '--pool', p.name), json_array('try', 'pool-start', '--pool', p.name)) ELSE '[]' END
FROM storage_pools AS p LEFT JOIN running AS r ON r.kind = 'pool' AND r.name = p.name WHERE p.host_id IN this_host;

-- A mediated device is defined again; the others of a host are there by themselves. One that was there when it was captured has a path in
-- sysfs: it is made again, now and at each start of the host, because VMs do not start without it.
INSERT INTO thing
SELECT 4, 0, 'mediated device', d.id, 'devices', d.name, try_nodedev_xml(d.id), json_array('try', 'nodedev-define', '--file'),
  CASE WHEN d.path IS NOT NULL
    THEN json_array(json_array('try', 'nodedev-autostart', '--device', d.name), json_array('try', 'nodedev-start', '--device', d.name)) ELSE '[]' END
FROM node_mediated_devices AS m JOIN node_devices AS d ON d.id = m.node_device_id WHERE d.host_id IN this_host;

-- libvirt makes filters of its own, with another UUID on every host: a filter that is there by that name stays.
INSERT INTO thing
WITH RECURSIVE
  those AS (SELECT f.id, f.name FROM nw_filters AS f WHERE f.host_id IN this_host),
  placed(id, name, depth) AS (
    SELECT id, name, 0 FROM those
    UNION
    SELECT f.id, f.name, p.depth + 1 FROM placed AS p JOIN nw_filter_references AS r ON r.name = p.name JOIN those AS f ON f.id = r.nw_filter_id
    WHERE p.depth < 50)
SELECT 3, max(p.depth), 'nwfilter', p.id, 'filters', p.name, try_nwfilter_xml(p.id),
  json_array('try_new', 'nwfilter-dumpxml', '--nwfilter', p.name, 'nwfilter-define', '--file'), '[]'
FROM placed AS p GROUP BY p.id;

-- What libvirt last said of an object may not be XML: libvirt does not escape a `<` in a filter's name. The script then says that the object
-- is missing or old.
CREATE TEMP TABLE unread AS
SELECT DISTINCT c.kind, coalesce(c.name, '') AS name FROM captures AS c
WHERE c.host_id IN this_host AND c.kind IN ('secret', 'network', 'pool', 'nwfilter') AND c.error IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM captures AS d WHERE d.host_id = c.host_id AND d.kind = c.kind AND d.name IS c.name AND d.seq > c.seq AND d.error IS NULL);

CREATE TEMP TABLE vm AS
SELECT v.id, coalesce(v.name, v.uuid) AS name, v.uuid, s.autostart, try_domain_xml(v.uuid, 'inactive') AS xml
FROM virtual_machines AS v LEFT JOIN vm_states AS s ON s.vm_uuid = v.uuid AND s.host_id = v.host_id
WHERE v.host_id IN this_host AND coalesce(s.state, '') <> 'undefined' AND coalesce(s.persistent, 1)
UNION ALL
-- Two hosts may have a VM with the same UUID (a cluster, a migration). The rows are the VM of one of them; for the other, the script has what
-- libvirt last said there.
SELECT v.id, coalesce(c.name, v.name), v.uuid, s.autostart, captured_xml(c.id)
FROM vm_states AS s JOIN virtual_machines AS v ON v.uuid = s.vm_uuid AND v.host_id IS NOT s.host_id
  JOIN captures AS c ON c.id = (SELECT d.id FROM captures AS d WHERE d.vm_uuid = s.vm_uuid AND d.host_id = s.host_id AND d.kind = 'domain'
    AND d.config = 'persistent' AND d.document_sha256 IS NOT NULL ORDER BY d.seq DESC LIMIT 1)
WHERE s.host_id IN this_host AND s.state <> 'undefined' AND coalesce(s.persistent, 1);
-- A transient VM runs or is not there: virsh create would start it. Its file is written for whoever wants that, and the script names it.
INSERT INTO thing
SELECT 8, 0, 'transient VM', v.id, 'transient', coalesce(v.name, v.uuid), try_domain_xml(v.uuid, 'inactive'),
  json_array('transient', coalesce(v.name, v.uuid), v.uuid), '[]'
FROM virtual_machines AS v JOIN vm_states AS s ON s.vm_uuid = v.uuid AND s.host_id = v.host_id
WHERE v.host_id IN this_host AND s.persistent = 0 AND s.state NOT IN ('undefined', 'shut off', 'crashed');

INSERT INTO thing
SELECT 5, 0, 'VM', v.id, 'domains', v.name, v.xml, json_array('try', 'define', '--file'),
  CASE WHEN v.autostart THEN json_array(json_array('try', 'autostart', '--domain', v.uuid)) ELSE '[]' END
FROM vm AS v;

-- A snapshot is given after the one that it is based on, and so is a checkpoint.
INSERT INTO thing
WITH RECURSIVE
  saved(place, kind, folder, call, id, vm_uuid, name, parent_name, is_current) AS (
    SELECT 6, 'snapshot', 'snapshots', 'snapshot-create', id, vm_uuid, name, parent_name, active FROM vm_snapshots
    UNION ALL SELECT 7, 'checkpoint', 'checkpoints', 'checkpoint-create', id, vm_uuid, name, parent_name, NULL FROM vm_checkpoints),
  those AS MATERIALIZED (SELECT k.*, v.name AS vm FROM saved AS k JOIN virtual_machines AS v ON v.uuid = k.vm_uuid
    WHERE v.host_id IN this_host AND v.id IN (SELECT t.key FROM thing AS t WHERE t.place = 5 AND t.xml IS NOT NULL)),
  placed(place, id, vm_uuid, name, depth) AS (
    SELECT place, id, vm_uuid, name, 0 FROM those AS k
    WHERE NOT EXISTS (SELECT 1 FROM those AS p WHERE p.place = k.place AND p.vm_uuid = k.vm_uuid AND p.name = k.parent_name)
    UNION ALL
    SELECT k.place, k.id, k.vm_uuid, k.name, p.depth + 1
    FROM placed AS p JOIN those AS k ON k.place = p.place AND k.vm_uuid = p.vm_uuid AND k.parent_name = p.name)
SELECT k.place, p.depth, k.kind, k.id, k.folder, k.vm || '.' || k.name,
  CASE k.place WHEN 6 THEN try_snapshot_xml(k.id) ELSE try_checkpoint_xml(k.id) END,
  iif(k.is_current, json_array('try', k.call, '--domain', k.vm_uuid, '--redefine', '--current', '--xmlfile'),
    json_array('try', k.call, '--domain', k.vm_uuid, '--redefine', '--xmlfile')), '[]'
FROM placed AS p JOIN those AS k ON k.place = p.place AND k.id = p.id;

-- A name as a file name; the number before it keeps names apart that become the same file name.
CREATE TEMP TABLE file AS
WITH numbered AS (SELECT *, row_number() OVER (ORDER BY place, depth, key) AS number FROM thing WHERE xml IS NOT NULL)
SELECT *, folder || '/' || printf('%04d', row_number() OVER (PARTITION BY folder ORDER BY number)) || '-'
  || substr(replace(replace(name, '/', '%2F'), char(10), '%0A'), 1, 60) || '.xml' AS path
FROM numbered;

-- writefile() gives NULL, or even the number of bytes, if there is no room or no right to write. So each file is read again.
CREATE TEMP TABLE written AS
SELECT target, content, writefile(target, content) AS bytes
FROM (SELECT (SELECT value FROM sqlite_parameters WHERE key = ':folder') || '/' || path AS target, CAST(xml || char(10) AS BLOB) AS content FROM file);
CREATE TEMP TABLE unwritten (target TEXT);
CREATE TEMP TRIGGER unwritten_is_an_error BEFORE INSERT ON unwritten
BEGIN SELECT RAISE(ABORT, 'a definition could not be written: is the disk full, or may you not write there?'); END;
INSERT INTO unwritten SELECT target FROM written WHERE readfile(target) IS NOT content;

-- Root runs the calls, and their words come from XML: each word is quoted by itself, as the last step. An option has the next word as its
-- value, even if that begins with `-`.
WITH call(late, number, step, words) AS (
  SELECT 0, number, 0, json_insert(words, '$[#]', path) FROM file
  UNION ALL SELECT 0, 0, 0, json_array('left_out', 'VM', v.name, v.uuid) FROM vm AS v WHERE v.xml IS NULL
  UNION ALL SELECT 0, 0, t.place, json_array('left_out', t.kind, t.name) FROM thing AS t WHERE t.xml IS NULL AND t.kind <> 'VM'
  UNION ALL SELECT 0, 0, 0, json_array('not_read', kind, name) FROM unread
  UNION ALL SELECT 1, f.number, c.key, c.value FROM file AS f, json_each(f.after) AS c)
SELECT (
  SELECT group_concat(CASE WHEN w.value GLOB '*[^-A-Za-z0-9_./]*' OR w.value = '' THEN '''' || replace(w.value, '''', '''\''''') || '''' ELSE w.value END, ' ')
  FROM (SELECT value FROM json_each(call.words) ORDER BY key) AS w)
FROM call ORDER BY late, number, step;
