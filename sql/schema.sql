-- The tables of virtsql that are not libvirt's XML: hosts, history, and what has no column. The tables of the XML
-- itself are derived from core/catalog/.

-- What this database is: one row. A database that sqlite3's .dump wrote is known by it, as PRAGMA application_id and
-- user_version are in no dump.
CREATE TABLE virtsql_database (
  id TEXT NOT NULL PRIMARY KEY,                  -- a UUID, made up with the database and kept for ever
  created_at TEXT NOT NULL,                      -- when it was made, in UTC
  schema_sha256 TEXT NOT NULL,                   -- of the DDL that made the schema, in hexadecimal digits
  made_by TEXT NOT NULL                          -- the version of the program that made the schema
) STRICT, WITHOUT ROWID;

-- The tables, indexes, views and triggers that virtsql made. Whatever else is in the database is somebody else's, and no
-- migration touches it.
CREATE TABLE virtsql_objects (
  name TEXT NOT NULL PRIMARY KEY,                -- as sqlite_schema.name has it
  sql_digest INTEGER                             -- of a view's or trigger's SQL: one with another SQL is somebody else's
) STRICT, WITHOUT ROWID;

-- A machine that runs VMs.
CREATE TABLE hosts (
  id INTEGER PRIMARY KEY,                        -- host_id of other tables
  name TEXT NOT NULL UNIQUE,                     -- its host name
  uri TEXT,                                      -- how libvirt on it is reached
  -- When the first capture of it was stored, in UTC.
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

-- Each distinct document once, compressed: a keyframe by itself, any other against its VM's keyframe.
CREATE TABLE documents (
  id INTEGER PRIMARY KEY,                        -- keyframe_id of other documents
  sha256 BLOB NOT NULL UNIQUE,                   -- of the bytes as captured
  size INTEGER NOT NULL,                         -- bytes, before compression
  keyframe_id INTEGER REFERENCES documents(id),  -- the document it is compressed against
  content BLOB NOT NULL                          -- a zstd frame
) STRICT;

-- One row for every event; never edited. `seq` is the order in which the events arrived here and decides which capture is
-- the newest; `id` is libvirt's time of the event in microseconds since 1970, moved on if another event has it, and
-- decides what history shows.
CREATE TABLE captures (
  id INTEGER NOT NULL UNIQUE,                    -- libvirt's time of the event, in microseconds since 1970
  seq INTEGER PRIMARY KEY AUTOINCREMENT,         -- rising, never used again, also after pruning
  host_id INTEGER REFERENCES hosts(id),          -- the host on which it happened
  kind TEXT NOT NULL DEFAULT 'other',            -- domain, domainsnapshot, network, ..., other: what it is about
  vm_uuid TEXT COLLATE NOCASE,                   -- the VM that it is about or belongs to; NULL: none, or not known
  -- The time that id is, in UTC, to the millisecond.
  captured_at TEXT AS (strftime('%Y-%m-%dT%H:%M:%fZ', id / 1000000.0, 'unixepoch')),
  driver TEXT,                                   -- qemu, lxc, libxl, bhyve, network, ...
  operation TEXT,                                -- prepare, start, ..., define, import
  sub_operation TEXT,                            -- begin, end, ... of a hook; otherwise more about the event
  extra TEXT,                                    -- the hook's further arguments; of events and syncs, libvirt's URI
  config TEXT,                                   -- persistent or live
  document_sha256 BLOB,                          -- documents.sha256
  -- 1: the rows give the document's root element as it was captured, to the byte (of a <domstatus>: its <domain>); what
  -- stands around the element, such as a comment, does not count; 0: they do not; NULL: no rows could be made
  exact INTEGER,
  source TEXT,                                   -- hook, event, sync, import
  name TEXT,                                     -- by which libvirt finds what is no domain, or is without a document
  secrets INTEGER,                               -- secrets left out before anything was written
  error TEXT                                     -- why there are no rows
) STRICT;
CREATE INDEX captures_vm ON captures(vm_uuid, config) WHERE vm_uuid IS NOT NULL;
CREATE INDEX captures_error ON captures(vm_uuid) WHERE error IS NOT NULL;
CREATE INDEX captures_objects ON captures(kind, name) WHERE vm_uuid IS NULL;

-- Captures of the hook that were drained after a later one of their VM, by the order of the spool: history, but never
-- the newest.
CREATE TABLE late_captures (
  seq INTEGER PRIMARY KEY                        -- captures.seq
) STRICT;

-- Captures whose record had an id that another capture has: after a clock that was ahead, ids follow each other closely.
-- A record that is found again after a crash is known by its own id.
CREATE TABLE moved_captures (
  seq INTEGER PRIMARY KEY,                       -- captures.seq
  record_id INTEGER NOT NULL                     -- the spool's id of the record
) STRICT;

-- History is never edited; an INSERT that would replace a row fires no trigger on DELETE. virtsql itself changes it only
-- on a connection whose triggers are switched off.
CREATE TRIGGER captures_inserted BEFORE INSERT ON captures
WHEN EXISTS (SELECT 1 FROM captures WHERE id = NEW.id OR seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'history is never edited: captures has a row with this id or seq'); END;
-- A CHECK beside a generated column would stop VACUUM INTO (core/schema/ddl.cc says why).
CREATE TRIGGER captures_words BEFORE INSERT ON captures
WHEN NEW.config NOT IN ('persistent', 'live') OR NEW.exact NOT IN (0, 1)
BEGIN SELECT RAISE(ABORT, 'captures.config is persistent or live, captures.exact 0 or 1'); END;
CREATE TRIGGER captures_updated BEFORE UPDATE ON captures
BEGIN SELECT RAISE(ABORT, 'history is never edited: captures takes no UPDATE'); END;
CREATE TRIGGER captures_deleted BEFORE DELETE ON captures
BEGIN SELECT RAISE(ABORT, 'history is never edited: captures takes no DELETE'); END;
CREATE TRIGGER documents_inserted BEFORE INSERT ON documents
WHEN EXISTS (SELECT 1 FROM documents WHERE id = NEW.id OR sha256 = NEW.sha256)
BEGIN SELECT RAISE(ABORT, 'history is never edited: documents has this document'); END;
CREATE TRIGGER documents_updated BEFORE UPDATE ON documents
BEGIN SELECT RAISE(ABORT, 'history is never edited: documents takes no UPDATE'); END;
CREATE TRIGGER documents_deleted BEFORE DELETE ON documents
BEGIN SELECT RAISE(ABORT, 'history is never edited: documents takes no DELETE'); END;

-- What libvirt last said of each VM on each host.
CREATE TABLE vm_states (
  vm_uuid TEXT NOT NULL COLLATE NOCASE,          -- the VM
  host_id INTEGER NOT NULL REFERENCES hosts(id), -- the host that libvirt spoke of it on
  -- In libvirt's words; undefined: libvirt no longer has it; unknown: only its definition has been seen.
  state TEXT NOT NULL CHECK (state = 'running' OR state = 'paused' OR state = 'shut off' OR state = 'crashed' OR state = 'pmsuspended' OR state = 'undefined' OR state = 'unknown'),
  reason TEXT,                                   -- what made it so: booted, destroyed, ... or the operation that said it
  autostart INTEGER CHECK (autostart IN (0, 1)),       -- here and below: NULL: libvirt has not said
  persistent INTEGER CHECK (persistent IN (0, 1)),     -- 1: libvirt has a definition of it; 0: it is gone once it stops
  managed_save INTEGER CHECK (managed_save IN (0, 1)), -- 1: its next start goes on from memory that was saved
  since TEXT,                                    -- when the state began
  last_seen TEXT,                                -- when libvirt last spoke of the VM
  record_id INTEGER,                             -- the spool's number of the record that said so
  PRIMARY KEY (vm_uuid, host_id)
) STRICT, WITHOUT ROWID;
-- Small, so that a question about all VMs leaves these out without looking each VM up in the table.
CREATE INDEX vm_states_undefined ON vm_states(vm_uuid, host_id, state) WHERE state = 'undefined';

-- What has no column: foreign elements, attributes newer than the catalog, with their owner, place and content.
CREATE TABLE vendor_options (
  id INTEGER PRIMARY KEY,                        -- of the row; an import of the VM may give it another one
  -- The VM that it is part of; NULL: of none.
  vm_uuid TEXT COLLATE NOCASE REFERENCES virtual_machines(uuid) ON DELETE CASCADE ON UPDATE CASCADE,
  owner_type TEXT NOT NULL,                      -- the table of the row that it belongs to
  owner_id INTEGER NOT NULL,                     -- that row's id
  -- kept: not from XML, so never written; an import found no other place for it.
  kind TEXT NOT NULL CHECK (kind = 'attribute' OR kind = 'element' OR kind = 'text' OR kind = 'kept'),
  path TEXT NOT NULL DEFAULT '',                 -- of the element that has it, below the row's own
  position INTEGER NOT NULL DEFAULT 0,           -- its index among that element's attributes, or among its children
  namespace TEXT,                                -- prefix of its name
  key TEXT NOT NULL DEFAULT '',                  -- its qualified name
  value_json TEXT NOT NULL                       -- a string, or an element as xml_json() gives it
) STRICT;
CREATE INDEX vendor_options_owner ON vendor_options(owner_type, owner_id);
CREATE INDEX vendor_options_vm ON vendor_options(vm_uuid);

-- How VMs came over from virtumancer: what virtumancer_import() had to make up or leave out. If what was left out had a
-- value, it is in vendor_options with kind 'kept', owned by the VM or else by the row here.
CREATE TABLE virtumancer_imports (
  id INTEGER PRIMARY KEY,                        -- of the row; owner_id of what was kept for it in vendor_options
  -- The VM that it is about; NULL: none.
  vm_uuid TEXT COLLATE NOCASE REFERENCES virtual_machines(uuid) ON DELETE CASCADE ON UPDATE CASCADE,
  what TEXT NOT NULL,                            -- a place in the VM's XML: devices/disk/driver/@type; or a table
  source_table TEXT NOT NULL,                    -- virtumancer's table
  source_id TEXT NOT NULL DEFAULT '',            -- the row's id in it: an integer, or a UUID in newer databases
  -- imported: taken over; inferred: concluded from other values; defaulted: made up; left out: it has no place here.
  kind TEXT NOT NULL CHECK (kind = 'imported' OR kind = 'inferred' OR kind = 'defaulted' OR kind = 'left out'),
  detail TEXT NOT NULL                           -- what was done, in words
) STRICT;
CREATE INDEX virtumancer_imports_vm ON virtumancer_imports(vm_uuid);
CREATE INDEX virtumancer_imports_source ON virtumancer_imports(source_table, source_id);

-- VMs and their hosts by name. For other views.
CREATE VIEW virtsql_vm_names (
  vm_uuid,             -- uuid: UUID of the VM.
  vm_name,             -- text: Name of the VM.
  host                 -- text: Name of the host.
) AS
  SELECT v.uuid, v.name, (SELECT h.name FROM hosts AS h WHERE h.id = v.host_id) FROM virtual_machines AS v;

-- The write that is being done, at most one row. The triggers of the views vm_<plural> insert the VM that it is about and
-- the text that it writes; virtsql inserts that it writes a whole document.
CREATE TABLE virtsql_edit (
  vm_uuid TEXT COLLATE NOCASE,                   -- the VM; inserted without it, by name
  vm_name TEXT,                                  -- its name
  host TEXT,                                     -- the name of its host
  text TEXT,                                     -- all texts of the row that is written
  -- XML cannot have the text: a control character other than tab, newline and return, U+FFFE, U+FFFF, or bytes that
  -- are not UTF-8. SQLite reads the last three as U+FFFD or U+0080 to U+00BF; rebuilding the text from its characters
  -- then gives another text.
  is_no_xml INTEGER,
  resource_id INTEGER,                           -- the row of the device's resource table that it is to have
  is_document INTEGER                            -- the rows of a whole document are written, as it says them
) STRICT;
CREATE TRIGGER virtsql_edit_begins BEFORE INSERT ON virtsql_edit BEGIN DELETE FROM virtsql_edit; END;

-- If several VMs have the name, the one that libvirt still has is meant. An edit makes sync_status UNKNOWN.
CREATE TRIGGER virtsql_edit_begun AFTER INSERT ON virtsql_edit WHEN NEW.is_document IS NULL BEGIN
  SELECT RAISE(ABORT, 'no VM has this vm_uuid, vm_name and host; they are in virtual_machines and hosts')
  WHERE NEW.vm_uuid IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM virtsql_vm_names AS v WHERE v.vm_uuid = NEW.vm_uuid
      AND v.vm_name IS coalesce(NEW.vm_name, v.vm_name) AND v.host IS coalesce(NEW.host, v.host));
  SELECT RAISE(ABORT, 'no VM has this vm_name and host; they are in virtual_machines and hosts')
  WHERE NEW.vm_uuid IS NULL AND NOT EXISTS (
    SELECT 1 FROM virtsql_vm_names AS v WHERE v.vm_name = NEW.vm_name AND v.host IS coalesce(NEW.host, v.host));
  UPDATE virtsql_edit SET vm_uuid = (SELECT v.uuid FROM virtual_machines AS v WHERE v.uuid = NEW.vm_uuid);
  UPDATE virtsql_edit SET vm_uuid = (
    SELECT max(v.vm_uuid) FROM virtsql_vm_names AS v
    WHERE v.vm_name = NEW.vm_name AND v.host IS coalesce(NEW.host, v.host) HAVING count(*) = 1)
  WHERE vm_uuid IS NULL;
  UPDATE virtsql_edit SET vm_uuid = (
    SELECT max(d.uuid) FROM defined_vms AS d
    WHERE d.name = NEW.vm_name AND d.host IS coalesce(NEW.host, d.host) HAVING count(*) = 1)
  WHERE vm_uuid IS NULL;
  SELECT RAISE(ABORT, 'several VMs have this vm_name; give vm_uuid, from virtual_machines.uuid')
  FROM virtsql_edit WHERE vm_uuid IS NULL;
  UPDATE virtsql_edit SET is_no_xml = 1
  WHERE instr(CAST(text AS BLOB), x'00') OR text GLOB '*[' || char(1) || '-' || char(8, 11, 12, 14) || '-' || char(31) || ']*'
    OR (text GLOB '*[' || char(128) || '-' || char(191, 65533) || ']*' AND text <> (
      WITH RECURSIVE again (n, text) AS (
        VALUES (0, '') UNION ALL SELECT n + 1, again.text || char(unicode(substr(NEW.text, n + 1, 1))) FROM again
        WHERE n < length(NEW.text))
      SELECT text FROM again WHERE n = length(NEW.text)));
  UPDATE virtual_machines SET sync_status = 'UNKNOWN', drift_details = NULL
  WHERE uuid = (SELECT vm_uuid FROM virtsql_edit) AND sync_status <> 'UNKNOWN';
END;
