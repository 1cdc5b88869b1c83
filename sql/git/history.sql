-- The history of definitions as a stream for git fast-import (git-fast-import(1)), from the moment on where the repository ends.
--
--   :branch     the branch, without refs/heads/
--   :folder     the repository's folder
--   :continued  1: the repository has commits; 0: it is empty
--   temp.origin(database_id, first_seq)  the databases whose captures these are: this one, or those that virtsql-fleet loaded; a
--                                        capture of each has its captures.seq there plus first_seq, which is a multiple of 2^40
--   temp.since(database_id, capture_id, seq)  the capture that each of the repository's commits names, and its captures.seq
--   temp.held(path, vm)                  the repository's files, and the UUID in each, in lower case and without dashes
--
-- A VM's definition is HOST/NAME.xml, byte for byte as captured. A commit is made for each persistent capture that changed it, and for
-- each undefinition: the definitions that domain_changes() compares. A capture that arrived late, after the repository got a later one of
-- its VM, is left out. What a VM was before is what the repository has, because the database may have pruned it. Nothing is written
-- anywhere but into temporary tables.
.bail on
.mode list
.headers off

-- Names and UUIDs as file names: characters that a file system, git's checks or the stream refuse are written as %XX. A name of more than
-- 240 bytes gets no file name.
CREATE TEMP TABLE plain (text TEXT PRIMARY KEY);
CREATE TEMP VIEW file AS
SELECT text, name FROM (
  SELECT text, replace(replace(replace(replace(replace(replace(
    CASE WHEN text LIKE '.%' THEN '%2E' || substr(replace(text, '%', '%25'), 2) ELSE replace(text, '%', '%25') END,
    '/', '%2F'), '\', '%5C'), '~', '%7E'), ':', '%3A'), '"', '%22'), char(10), '%0A') AS name
  FROM plain)
WHERE length(CAST(name AS BLOB)) BETWEEN 1 AND 240;
CREATE TEMP TABLE host AS SELECT id AS host_id, name FROM hosts UNION ALL SELECT 0, 'unknown';
INSERT OR IGNORE INTO plain SELECT name FROM host;
CREATE TEMP TABLE folder AS
SELECT h.host_id, coalesce((SELECT f.name FROM file AS f WHERE f.text = h.name), 'host' || h.host_id) || '/' AS name FROM host AS h;

-- The captures.seq up to which the repository has the captures of each database. A database that was restored from a backup gives the
-- numbers of lost captures to new ones. So a commit counts only if the database has its capture, with that number and that time.
CREATE TEMP TABLE mark AS
SELECT o.first_seq, max(c.seq) AS seq
FROM temp.since AS s JOIN temp.origin AS o ON o.database_id = s.database_id JOIN captures AS c ON c.id = s.capture_id AND c.seq = s.seq + o.first_seq
GROUP BY o.first_seq;

-- What happened since. First comes what the repository has of each VM (id 0), because the first capture is compared with it.
CREATE TEMP TABLE event AS
WITH defined AS (
  SELECT c.id, c.seq, c.vm_uuid, lower(replace(c.vm_uuid, '-', '')) AS vm, coalesce(c.host_id, 0) AS host_id, c.operation = 'undefine' AS gone,
    c.document_sha256 AS digest, c.seq > coalesce(m.seq, 0) AS fresh
  FROM captures AS c LEFT JOIN mark AS m ON m.first_seq = (c.seq >> 40) << 40
  WHERE c.kind = 'domain' AND c.vm_uuid IS NOT NULL
    AND (c.operation = 'undefine' OR (c.config = 'persistent' AND c.error IS NULL AND c.exact IS NOT NULL AND c.document_sha256 IS NOT NULL))),
-- Damaged documents are skipped, as domain_changes() does. Only VMs with a new capture are looked at.
unreadable AS (
  SELECT h.capture_id AS id FROM (SELECT DISTINCT vm_uuid FROM defined WHERE fresh AND NOT gone) AS v, domain_history(v.vm_uuid) AS h
  WHERE h.changed IS NULL AND h.config = 'persistent'),
before AS (
  SELECT vm, host_id, max(id) AS id FROM defined WHERE NOT fresh GROUP BY vm, host_id),
told AS (
  SELECT 0 AS id, 0 AS seq, NULL AS vm_uuid, h.vm, f.host_id, 0 AS gone, NULL AS digest, h.path
  FROM temp.held AS h JOIN folder AS f ON f.name = substr(h.path, 1, instr(h.path, '/'))
  UNION ALL
  SELECT d.id, d.seq, d.vm_uuid, d.vm, d.host_id, d.gone, d.digest, NULL
  FROM defined AS d LEFT JOIN before AS b ON b.vm = d.vm AND b.host_id = d.host_id
  WHERE d.fresh AND (b.id IS NULL OR d.id > b.id) AND (d.gone OR d.id NOT IN (SELECT id FROM unreadable))),
beside AS (
  SELECT *, lag(id) OVER vm AS last_id, lag(gone) OVER vm AS last_gone, lag(digest) OVER vm AS last_digest, lag(path) OVER vm AS last_path
  FROM told WINDOW vm AS (PARTITION BY vm, host_id ORDER BY id))
SELECT id, seq, vm_uuid, vm, host_id, gone, id = 0 AS known, coalesce(last_gone, 1) AS was_gone, CAST(NULL AS TEXT) AS name, path,
  CAST(NULL AS TEXT) AS last_path
FROM beside
WHERE CASE WHEN gone OR last_gone IS NOT 0 THEN id = 0 OR gone IS NOT coalesce(last_gone, 1)
  ELSE digest IS NOT last_digest AND EXISTS (
    SELECT 1 FROM domain_diff(CASE last_id WHEN 0 THEN readfile(:folder || '/' || last_path) ELSE captured_xml(last_id) END, captured_xml(id))) END;

CREATE INDEX temp.event_vm ON event(vm, host_id, id);
-- Of what the repository has, only the names of the VMs that changed are needed.
UPDATE event SET name = (
  SELECT coalesce(v.name, event.vm) FROM virtual_machines_in(CASE event.id WHEN 0 THEN readfile(:folder || '/' || event.path) ELSE captured_xml(event.id) END) AS v)
WHERE NOT gone AND (NOT known OR EXISTS (SELECT 1 FROM event AS e WHERE e.vm = event.vm AND e.host_id = event.host_id AND e.id > 0));

-- A UUID comes from a document, too, and may be anything.
INSERT OR IGNORE INTO plain SELECT name FROM event WHERE name IS NOT NULL UNION SELECT vm_uuid FROM event WHERE vm_uuid IS NOT NULL;
UPDATE event SET path = (SELECT f.name FROM folder AS f WHERE f.host_id = event.host_id) || coalesce(
  (SELECT f.name FROM file AS f WHERE f.text = event.name), (SELECT f.name FROM file AS f WHERE f.text = event.vm_uuid), hex(sha3(event.vm_uuid))) || '.xml'
WHERE NOT gone AND path IS NULL;
UPDATE event SET last_path = (
  SELECT e.path FROM event AS e WHERE e.vm = event.vm AND e.host_id = event.host_id AND e.id < event.id ORDER BY e.id DESC LIMIT 1);
UPDATE event SET path = last_path WHERE gone;
CREATE INDEX temp.event_path ON event(path, id);

-- Whether the file that the VM had is still its own: another VM may have got the name before libvirt reported the end of this one.
CREATE TEMP VIEW step AS
SELECT e.*, last_path IS NOT NULL AND vm IS (
    SELECT o.vm FROM event AS o WHERE o.path = e.last_path AND o.id < e.id ORDER BY o.id DESC LIMIT 1) AS owns_last,
  (SELECT n.name FROM event AS n WHERE n.vm = e.vm AND n.host_id = e.host_id AND n.id < e.id AND NOT n.gone ORDER BY n.id DESC LIMIT 1) AS last_name
FROM event AS e;

CREATE TEMP TABLE commits AS
SELECT row_number() OVER (ORDER BY s.id) AS number, s.id, s.seq, replace(replace(replace(h.name, char(10), ' '), '<', ' '), '>', ' ') AS host,
  CASE WHEN s.gone THEN 'undefine ' || s.last_name
    WHEN s.was_gone THEN 'define ' || s.name
    WHEN s.name <> s.last_name THEN 'rename ' || s.last_name || ' to ' || s.name
    ELSE 'change ' || s.name END AS subject,
  CASE WHEN s.gone THEN 'D "' || s.last_path || '"' || char(10)
    WHEN NOT s.was_gone AND s.path <> s.last_path AND s.owns_last THEN 'R "' || s.last_path || '" "' || s.path || '"' || char(10)
    ELSE '' END AS change,
  CASE WHEN NOT s.gone THEN s.path END AS written
FROM step AS s JOIN host AS h ON h.host_id = s.host_id
WHERE NOT s.known AND (NOT s.gone OR s.owns_last);

-- Documents are read one at a time, in the order in which they are written.
WITH told AS (
  SELECT c.*, replace(c.subject, char(10), ' ') || char(10, 10) || coalesce(k.operation, '') || coalesce(' ' || k.sub_operation, '')
    || coalesce(', told by ' || k.source, '') || char(10, 10) || 'Virtsql-Database: ' || o.database_id || char(10)
    || 'Virtsql-Capture: ' || c.id || char(10) || 'Virtsql-Seq: ' || (c.seq - o.first_seq) || char(10) AS message,
    c.host || ' <virtsql@' || c.host || '> ' || (c.id / 1000000) || ' +0000' AS who
  FROM commits AS c JOIN captures AS k ON k.id = c.id JOIN temp.origin AS o ON o.first_seq = (c.seq >> 40) << 40)
SELECT 'commit refs/heads/' || :branch || char(10) || 'author ' || who || char(10) || 'committer ' || who || char(10)
  || 'data ' || length(CAST(message AS BLOB)) || char(10) || message
  || CASE WHEN number = 1 AND :continued THEN 'from refs/heads/' || :branch || '^0' || char(10) ELSE '' END || change
  || CASE WHEN written IS NULL THEN ''
    ELSE 'M 100644 inline "' || written || '"' || char(10) || 'data ' || length(CAST(captured_xml(id) AS BLOB)) || char(10) || captured_xml(id) END
FROM told ORDER BY number;
SELECT 'done';
