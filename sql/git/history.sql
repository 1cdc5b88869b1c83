-- The history of definitions as a stream for git fast-import (git-fast-import(1)), from the moment on where the repository ends.
--
--   :branch   the branch, without refs/heads/
--   :since    captures.seq up to which the repository has it; NULL: it is empty
--
-- A VM's definition is HOST/NAME.xml, byte for byte as captured. A commit is made for each persistent capture that changed it, and for
-- each undefinition: the definitions that domain_changes() compares. A capture that arrived late, after the repository got a later one of
-- its VM, is left out. Nothing is written anywhere but into temporary tables.
.bail on
.mode list
.headers off

-- What happened since, beside the last thing before of each VM, which is what the first is compared with.
CREATE TEMP TABLE event AS
WITH defined AS (
  SELECT id, seq, vm_uuid, coalesce(host_id, 0) AS host_id, operation = 'undefine' AS gone, document_sha256 AS digest
  FROM captures
  WHERE kind = 'domain' AND vm_uuid IS NOT NULL
    AND (operation = 'undefine' OR (config = 'persistent' AND error IS NULL AND exact IS NOT NULL AND document_sha256 IS NOT NULL))),
before AS (
  SELECT vm_uuid, host_id, max(id) AS id FROM defined WHERE seq <= :since GROUP BY vm_uuid, host_id),
told AS (
  SELECT d.*, d.id IS b.id AS known FROM defined AS d LEFT JOIN before AS b ON b.vm_uuid = d.vm_uuid AND b.host_id = d.host_id
  WHERE b.id IS NULL OR d.id = b.id OR (d.seq > :since AND d.id > b.id)),
beside AS (
  SELECT *, lag(id) OVER vm AS last_id, lag(gone) OVER vm AS last_gone, lag(digest) OVER vm AS last_digest FROM told
  WINDOW vm AS (PARTITION BY vm_uuid, host_id ORDER BY id))
SELECT id, seq, vm_uuid, host_id, gone, known, coalesce(last_gone, 1) AS was_gone, CAST(NULL AS TEXT) AS name, CAST(NULL AS TEXT) AS path,
  CAST(NULL AS TEXT) AS last_path
FROM beside
WHERE CASE WHEN gone OR last_gone IS NOT 0 THEN known OR gone IS NOT coalesce(last_gone, 1)
  ELSE digest <> last_digest AND EXISTS (SELECT 1 FROM domain_diff(captured_xml(last_id), captured_xml(id))) END;

UPDATE event SET name = (SELECT name FROM virtual_machines_in(captured_xml(event.id))) WHERE NOT gone;

-- Names as files: what a file system or a check of git's objects takes exception to is written as %XX. What is too long has none.
CREATE TEMP TABLE host AS SELECT id AS host_id, name FROM hosts UNION ALL SELECT 0, 'unknown';
CREATE TEMP TABLE file AS
WITH plain(text) AS (SELECT name FROM event UNION SELECT name FROM host),
file(text, name) AS (
  SELECT text, replace(replace(replace(replace(replace(replace(
    CASE WHEN text LIKE '.%' THEN '%2E' || substr(text, 2) ELSE text END,
    '/', '%2F'), '\', '%5C'), '~', '%7E'), ':', '%3A'), '"', '%22'), char(10), '%0A')
  FROM plain)
SELECT text, name FROM file WHERE length(CAST(name AS BLOB)) BETWEEN 1 AND 240;
CREATE UNIQUE INDEX temp.file_text ON file(text);
UPDATE event SET path =
  coalesce((SELECT f.name FROM host AS h JOIN file AS f ON f.text = h.name WHERE h.host_id = event.host_id), 'host' || event.host_id) || '/'
  || coalesce((SELECT f.name FROM file AS f WHERE f.text = event.name), event.vm_uuid) || '.xml'
WHERE NOT gone;
CREATE INDEX temp.event_vm ON event(vm_uuid, host_id, id);
UPDATE event SET last_path = (
  SELECT e.path FROM event AS e WHERE e.vm_uuid = event.vm_uuid AND e.host_id = event.host_id AND e.id < event.id ORDER BY e.id DESC LIMIT 1);
UPDATE event SET path = last_path WHERE gone;
CREATE INDEX temp.event_path ON event(path, id);

-- Whether the file that the VM had is still its own: another VM may have been given the name meanwhile, before libvirt told of the end of this.
CREATE TEMP VIEW step AS
SELECT e.*, last_path IS NOT NULL AND vm_uuid IS (
    SELECT o.vm_uuid FROM event AS o WHERE o.path = e.last_path AND o.id < e.id ORDER BY o.id DESC LIMIT 1) AS owns_last,
  (SELECT n.name FROM event AS n WHERE n.vm_uuid = e.vm_uuid AND n.host_id = e.host_id AND n.id < e.id AND NOT n.gone ORDER BY n.id DESC LIMIT 1) AS last_name
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
    || coalesce(', told by ' || k.source, '') || char(10, 10) || 'Virtsql-Database: ' || (SELECT id FROM virtsql_database) || char(10)
    || 'Virtsql-Capture: ' || c.id || char(10) || 'Virtsql-Seq: ' || c.seq || char(10) AS message,
    c.host || ' <virtsql@' || c.host || '> ' || (c.id / 1000000) || ' +0000' AS who
  FROM commits AS c JOIN captures AS k ON k.id = c.id)
SELECT 'commit refs/heads/' || :branch || char(10) || 'author ' || who || char(10) || 'committer ' || who || char(10)
  || 'data ' || length(CAST(message AS BLOB)) || char(10) || message
  || CASE WHEN number = 1 AND :since IS NOT NULL THEN 'from refs/heads/' || :branch || '^0' || char(10) ELSE '' END || change
  || CASE WHEN written IS NULL THEN ''
    ELSE 'M 100644 inline "' || written || '"' || char(10) || 'data ' || length(CAST(captured_xml(id) AS BLOB)) || char(10) || captured_xml(id) END
FROM told ORDER BY number;
SELECT 'done';
