
-- Each distinct document of a source once. Its text is in `document` or, if PostgreSQL cannot keep it as text (not
-- UTF-8, or with NUL), its bytes in `raw`. Both are NULL if it is withheld: the host leaves out something today
-- (`redact`) that it did not leave out when it captured the document.
CREATE TABLE IF NOT EXISTS virtsql.documents (
  source_id integer NOT NULL,
  sha256 bytea NOT NULL,
  size integer NOT NULL,
  definition_sha256 bytea,                         -- digest of the definition in it; NULL: it is no domain's
  document text,
  raw bytea,
  withheld boolean NOT NULL DEFAULT false,
  PRIMARY KEY (source_id, sha256)
);
DO $$
BEGIN
  ALTER TABLE virtsql.documents ALTER COLUMN document SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN NULL;  -- a server without lz4 compresses all the same
END $$;

-- One row for every event of every host. Each month is a partition, so that retention can drop it whole. Captures that
-- a wrong clock dates far ahead are in the default partition. {captures: ...} in this file stands for the columns that a
-- host pushes (fleet_capture_columns() in core/schema/fleet_tables.h).
CREATE TABLE IF NOT EXISTS virtsql.captures (
  source_id integer NOT NULL,
  -- Rounded to milliseconds exactly as in SQLite, which computes in a double, in milliseconds since the Julian day 0.
  captured_at timestamptz GENERATED ALWAYS AS (to_timestamp((floor(id::double precision / 1000000 * 1000 + 210866760000000 + 0.5::double precision)
    - 210866760000000) / 1000)) STORED,
  received_at timestamptz NOT NULL DEFAULT now(),
  {captures: definition},
  extra_json jsonb,                                -- values without a column here, or not of their column's type
  PRIMARY KEY (source_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX IF NOT EXISTS captures_vm ON virtsql.captures (vm_uuid, id) WHERE vm_uuid IS NOT NULL;

-- Returns the time in microseconds since 1970, as in captures.id.
CREATE OR REPLACE FUNCTION virtsql.microseconds(moment timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$ SELECT (extract(epoch FROM moment) * 1000000)::bigint $$;

-- Makes the partitions of last month, this month and next month, if they are missing, and of earlier months of which
-- captures are in the default partition, as nobody made partitions for a long time. Captures of such a month move into
-- it from the default partition. captures_before, made once, has everything older.
CREATE OR REPLACE FUNCTION virtsql.make_partitions() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  this_month timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
  month timestamp := this_month - interval '1 month';
  name text; low bigint; high bigint;
BEGIN
  IF to_regclass('virtsql.captures_default') IS NULL THEN
    CREATE TABLE virtsql.captures_default PARTITION OF virtsql.captures DEFAULT;
  END IF;
  IF to_regclass('virtsql.captures_before') IS NULL THEN
    EXECUTE format('CREATE TABLE virtsql.captures_before PARTITION OF virtsql.captures FOR VALUES FROM (MINVALUE) TO (%s)',
      virtsql.microseconds(month AT TIME ZONE 'UTC'));
  END IF;
  month := least(month, (SELECT date_trunc('month', min(c.captured_at) AT TIME ZONE 'UTC') FROM virtsql.captures_default AS c));
  WHILE month <= this_month + interval '1 month' LOOP
    name := 'captures_' || to_char(month, 'YYYYMM');
    low := virtsql.microseconds(month AT TIME ZONE 'UTC');
    month := month + interval '1 month';
    high := virtsql.microseconds(month AT TIME ZONE 'UTC');
    CONTINUE WHEN to_regclass('virtsql.' || name) IS NOT NULL;
    EXECUTE format('CREATE TABLE virtsql.%I (LIKE virtsql.captures INCLUDING ALL)', name);
    EXECUTE format('WITH moved AS (DELETE FROM virtsql.captures_default AS c WHERE c.id >= %1$s AND c.id < %2$s RETURNING
        source_id, received_at, {captures: name}, extra_json)
      INSERT INTO virtsql.%3$I (source_id, received_at, {captures: name}, extra_json) SELECT * FROM moved', low, high, name);
    EXECUTE format('ALTER TABLE virtsql.captures ATTACH PARTITION virtsql.%I FOR VALUES FROM (%s) TO (%s)', name, low, high);
  END LOOP;
END $$;
SELECT virtsql.make_partitions();

-- Captures that are not here any more because they were dated ahead: prune() went by the time when they arrived. Others
-- are older than sources.kept_from. As long as their host has them, it must neither miss them here nor send them again.
CREATE TABLE IF NOT EXISTS virtsql.pruned (
  source_id integer NOT NULL,
  id bigint NOT NULL,                              -- captures.id
  PRIMARY KEY (source_id, id)
);

-- What changed in a VM's definition, capture by capture. The host computes it, because the store cannot compare XML.
CREATE TABLE IF NOT EXISTS virtsql.changes (
  vm_uuid uuid NOT NULL,
  source_id integer NOT NULL,
  capture_id bigint NOT NULL,
  place integer NOT NULL,
  change text NOT NULL,
  device text,
  key text,
  path text,
  old text,
  new text,
  PRIMARY KEY (vm_uuid, source_id, capture_id, place)
);

-- ---- functions by which a host asks what the store has of it ----

CREATE OR REPLACE FUNCTION virtsql.known_vms() RETURNS TABLE (vm uuid, sha256 bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT v.vm_uuid, v.push_sha256 FROM virtsql.virtual_machines AS v WHERE v.source_id = virtsql.own_source() $$;

-- Returns the digest of the rows that these VMs have in each table.
CREATE OR REPLACE FUNCTION virtsql.known_tables(vms uuid[]) RETURNS TABLE (vm uuid, name text, digest text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT v.vm_uuid, t.key, t.value FROM virtsql.virtual_machines AS v, jsonb_each_text(v.push_tables) AS t
  WHERE v.source_id = virtsql.own_source() AND v.vm_uuid = ANY (vms) $$;

CREATE OR REPLACE FUNCTION virtsql.known_parts() RETURNS TABLE (name text, number bigint, sha256 bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.table_name, p.part, p.push_sha256 FROM virtsql.parts AS p WHERE p.source_id = virtsql.own_source() $$;

-- The captures that a host need not send: those that the store has, and those that it pruned before their time.
CREATE OR REPLACE FUNCTION virtsql.settled_captures(own integer) RETURNS SETOF bigint
LANGUAGE sql STABLE BEGIN ATOMIC
  SELECT c.id FROM virtsql.captures AS c WHERE c.source_id = own UNION ALL SELECT p.id FROM virtsql.pruned AS p WHERE p.source_id = own;
END;

-- Returns for each day (UTC) the number of captures, and the sum of their microseconds since the day began.
CREATE OR REPLACE FUNCTION virtsql.known_days() RETURNS TABLE (day bigint, captures bigint, total bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.id / 86400000000, count(*), sum(c.id % 86400000000)::bigint FROM virtsql.settled_captures(virtsql.own_source()) AS c(id) GROUP BY 1 $$;

CREATE OR REPLACE FUNCTION virtsql.known_captures(first bigint, last bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.id FROM virtsql.settled_captures(virtsql.own_source()) AS c(id) WHERE c.id BETWEEN first AND last $$;

CREATE OR REPLACE FUNCTION virtsql.known_refusals() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM virtsql.refusals AS f WHERE f.source_id = virtsql.own_source()) $$;

-- Returns those of the digests for which the store has no document.
CREATE OR REPLACE FUNCTION virtsql.missing_documents(digests bytea[]) RETURNS SETOF bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT d FROM unnest(digests) AS d
  WHERE NOT EXISTS (SELECT 1 FROM virtsql.documents AS k WHERE k.source_id = virtsql.own_source() AND k.sha256 = d) $$;

-- Returns the columns of the store's tables, so that a newer or older host knows which of its columns the store lacks.
CREATE OR REPLACE FUNCTION virtsql.columns() RETURNS TABLE (table_name text, column_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.relname::text, a.attname::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid
  WHERE n.nspname = 'virtsql' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped $$;

-- ---- functions by which a host sends something, besides put_<table>() ----

-- Raises 40001 if the digest of one of the VMs in the store is not the one that the host remembers: the host sends only
-- what changed since, and that would not be enough.
CREATE OR REPLACE FUNCTION virtsql.expect_vms(vms uuid[], digests bytea[]) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM unnest(vms, digests) AS e(vm, sha256)
      LEFT JOIN virtsql.virtual_machines AS v ON v.vm_uuid = e.vm AND v.source_id = virtsql.own_source()
      WHERE v.push_sha256 IS DISTINCT FROM e.sha256) THEN
    RAISE EXCEPTION 'virtsql: the store has something else of a VM than this host believes; hello tells' USING ERRCODE = '40001';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION virtsql.put_parts(rows jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE own integer := virtsql.own_source();
BEGIN
  INSERT INTO virtsql.parts AS p (source_id, table_name, part, push_sha256)
  SELECT own, r.table_name, r.part, r.push_sha256 FROM jsonb_to_recordset(rows) AS r(table_name text, part bigint, push_sha256 bytea)
  WHERE r.push_sha256 IS NOT NULL
  ON CONFLICT (source_id, table_name, part) DO UPDATE SET push_sha256 = excluded.push_sha256
  WHERE p.push_sha256 IS DISTINCT FROM excluded.push_sha256;
  DELETE FROM virtsql.parts AS p USING jsonb_to_recordset(rows) AS r(table_name text, part bigint, push_sha256 bytea)
  WHERE p.source_id = own AND p.table_name = r.table_name AND p.part = r.part AND r.push_sha256 IS NULL;
  RETURN 0;  -- these digests are the store's bookkeeping, not rows of the host
END $$;

-- Replaces what is known of the host in `refusals`: `rows` is all that the store refuses from it at present.
CREATE OR REPLACE FUNCTION virtsql.put_refusals(rows jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE own integer := virtsql.own_source();
BEGIN
  DELETE FROM virtsql.refusals AS f WHERE f.source_id = own
    AND NOT EXISTS (SELECT 1 FROM jsonb_to_recordset(rows) AS r(what text) WHERE r.what = f.what);
  INSERT INTO virtsql.refusals AS f (source_id, what, reason)
  SELECT own, r.what, r.reason FROM jsonb_to_recordset(rows) AS r(what text, reason text)
  ON CONFLICT (source_id, what) DO UPDATE SET reason = excluded.reason WHERE f.reason <> excluded.reason;
  RETURN 0;
END $$;

-- Stores rows of a table that the store does not have. They replace the rows of these VMs or, if the table is a host's
-- own, those of its part `number`. Raises 40001 if the store has such a table: it was upgraded since the host asked
-- for its columns. So no host can have the next upgrade write into a table of the store's own.
CREATE OR REPLACE FUNCTION virtsql.put_unplaced(name text, vms uuid[], number bigint, rows jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE own integer := virtsql.own_source();
BEGIN
  IF to_regclass(format('virtsql.%I', name)) IS NOT NULL THEN
    RAISE EXCEPTION 'virtsql: the store has %, so it takes no unplaced rows of that name; hello tells', name USING ERRCODE = '40001';
  END IF;
  DELETE FROM virtsql.unplaced AS u WHERE u.source_id = own AND u.table_name = name
    AND (u.vm_uuid = ANY (vms) OR u.part = number);
  INSERT INTO virtsql.unplaced (source_id, table_name, vm_uuid, part, row_data)
  SELECT own, name, (r->>'vm_uuid')::uuid, number, r FROM jsonb_array_elements(rows) AS r;
  RETURN jsonb_array_length(rows);
END $$;

-- Stores documents that are new. Raises 22000 if the bytes of one do not have its digest, unless it is withheld.
CREATE OR REPLACE FUNCTION virtsql.put_documents(rows jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE own integer := virtsql.own_source(); changed bigint; wrong bytea;
BEGIN
  SELECT r.sha256 INTO wrong FROM jsonb_to_recordset(rows) AS r(sha256 bytea, document text, raw bytea, withheld boolean)
  WHERE NOT coalesce(r.withheld, false) AND sha256(coalesce(convert_to(r.document, 'UTF8'), r.raw, '')) <> r.sha256 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'virtsql: a document is not what its digest % says', encode(wrong, 'hex') USING ERRCODE = '22000';
  END IF;
  INSERT INTO virtsql.documents AS d (source_id, sha256, size, definition_sha256, document, raw, withheld)
  SELECT own, r.sha256, r.size, r.definition_sha256, CASE WHEN NOT coalesce(r.withheld, false) THEN r.document END,
    CASE WHEN NOT coalesce(r.withheld, false) THEN r.raw END, coalesce(r.withheld, false)
  FROM jsonb_to_recordset(rows) AS r(sha256 bytea, size integer, definition_sha256 bytea, document text, raw bytea, withheld boolean)
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS changed = ROW_COUNT;
  RETURN changed;
END $$;

-- Stores captures that are new. History is never edited: a capture that is here stays as it is, and one that was pruned
-- (it is older than sources.kept_from, or in `pruned`) does not come back.
CREATE OR REPLACE FUNCTION virtsql.put_captures(rows jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE own integer := virtsql.own_source(); changed bigint; oldest bigint;
BEGIN
  SELECT s.kept_from INTO oldest FROM virtsql.sources AS s WHERE s.source_id = own;
  INSERT INTO virtsql.captures (source_id, {captures: name}, extra_json)
  SELECT own, {captures: r.name}, r.extra_json
  FROM jsonb_to_recordset(rows) AS r({captures: name type}, extra_json jsonb)
  WHERE r.id >= oldest AND NOT EXISTS (SELECT FROM virtsql.pruned AS p WHERE p.source_id = own AND p.id = r.id)
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS changed = ROW_COUNT;
  RETURN changed;
END $$;

-- Raises 40001 if the store has one of these documents no more: missing_documents() told the host that it need not send
-- them, and prune() removed them since. Called behind put_captures() in its transaction: from there on prune() waits.
CREATE OR REPLACE FUNCTION virtsql.expect_documents(digests bytea[]) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM virtsql.missing_documents(digests)) THEN
    RAISE EXCEPTION 'virtsql: a document was pruned that captures need again; the host sends it anew' USING ERRCODE = '40001';
  END IF;
END $$;

-- Replaces the changes of a VM in the captures `compared`, which the host compared with those before them. Captures that it
-- has no more keep their changes here. The function that had `since` instead is gone.
DROP FUNCTION IF EXISTS virtsql.put_changes(uuid, bigint, jsonb);
CREATE OR REPLACE FUNCTION virtsql.put_changes(vm uuid, compared bigint[], rows jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE own integer := virtsql.own_source(); changed bigint; gone bigint;
BEGIN
  INSERT INTO virtsql.changes AS t (vm_uuid, source_id, capture_id, place, change, device, key, path, old, new)
  SELECT vm, own, r.capture_id, r.place, r.change, r.device, r.key, r.path, r.old, r.new
  FROM jsonb_to_recordset(rows) AS r(capture_id bigint, place integer, change text, device text, key text, path text, old text, new text)
  WHERE r.capture_id = ANY (compared) AND NOT EXISTS (SELECT FROM virtsql.pruned AS p WHERE p.source_id = own AND p.id = r.capture_id)
  ON CONFLICT (vm_uuid, source_id, capture_id, place) DO UPDATE SET change = excluded.change, device = excluded.device,
    key = excluded.key, path = excluded.path, old = excluded.old, new = excluded.new
  WHERE (t.change, t.device, t.key, t.path, t.old, t.new)
    IS DISTINCT FROM (excluded.change, excluded.device, excluded.key, excluded.path, excluded.old, excluded.new);
  GET DIAGNOSTICS changed = ROW_COUNT;
  DELETE FROM virtsql.changes AS t WHERE t.vm_uuid = vm AND t.source_id = own AND t.capture_id = ANY (compared)
    AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements(rows) AS r
      WHERE (r->>'capture_id')::bigint = t.capture_id AND (r->>'place')::integer = t.place);
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN changed + gone;
END $$;

-- ---- retention ----

-- Returns the captures that prune() keeps whatever their age, so that everything that is there keeps the end of its
-- history, as prune.h in core/store/ has it. Of each thing of a source (a VM, a network, ...: its kind, host, VM and name)
-- they are: of each config the newest capture and the newest whose document could be read; the last undefine; and what
-- rows were made from. Of a VM that several hosts of the source defined also the definition before the undefine, which
-- tells whether that ended the VM. A capture that is dated ahead is the newest only if there is no other.
CREATE OR REPLACE FUNCTION virtsql.lasting_captures() RETURNS TABLE (source_id integer, id bigint)
LANGUAGE sql STABLE ROWS 100000 SET search_path = pg_catalog, pg_temp AS $$
  WITH thing AS MATERIALIZED (
    SELECT c.source_id, c.kind, c.host_id, c.vm_uuid, CASE WHEN c.kind <> 'domain' OR c.vm_uuid IS NULL THEN c.name END AS name, c.config,
      coalesce(max(c.id) FILTER (WHERE p.is_past), max(c.id)) AS newest,
      coalesce(max(c.id) FILTER (WHERE p.is_readable AND p.is_past), max(c.id) FILTER (WHERE p.is_readable)) AS readable,
      max(c.id) FILTER (WHERE c.operation = 'undefine') AS undefined
    FROM virtsql.captures AS c, LATERAL (SELECT c.error IS NULL AND c.document_sha256 IS NOT NULL AS is_readable,
        c.id <= virtsql.microseconds(now()) AS is_past) AS p
    GROUP BY 1, 2, 3, 4, 5, 6),
  undefined AS MATERIALIZED (
    SELECT t.source_id, t.kind, t.vm_uuid, max(t.undefined) AS id FROM thing AS t WHERE t.undefined IS NOT NULL
    GROUP BY t.source_id, t.kind, t.host_id, t.vm_uuid, t.name),
  shared AS (
    SELECT t.source_id, t.vm_uuid FROM thing AS t WHERE t.kind = 'domain' AND t.config = 'persistent'
    GROUP BY 1, 2 HAVING count(DISTINCT t.host_id) > 1)
  SELECT t.source_id, t.newest FROM thing AS t
  UNION SELECT t.source_id, t.readable FROM thing AS t WHERE t.readable IS NOT NULL
  UNION SELECT u.source_id, u.id FROM undefined AS u
  UNION SELECT u.source_id, d.id
  FROM undefined AS u JOIN shared AS s ON s.source_id = u.source_id AND s.vm_uuid = u.vm_uuid CROSS JOIN LATERAL (
      SELECT c.id FROM virtsql.captures AS c WHERE c.vm_uuid = u.vm_uuid AND c.source_id = u.source_id AND c.kind = 'domain'
        AND c.config = 'persistent' AND c.document_sha256 IS NOT NULL AND c.id < u.id ORDER BY c.id DESC LIMIT 1) AS d
  WHERE u.kind = 'domain'
  UNION SELECT n.source_id, n.id FROM ({captures: named by rows}) AS n(source_id, id) WHERE n.id IS NOT NULL $$;

-- Removes captures that are older than `keep`, except lasting_captures(): whole months by dropping their partition, the
-- others row by row. What lasts of these months moves into captures_before, which from then on has their time too.
-- Captures that a wrong clock dates into the future (in the default partition) are removed if they were received that
-- long ago; `pruned` remembers them until their time has come. Also removes the changes of what it removes, and documents
-- that no capture names. Returns the number of captures and documents that it removed.
CREATE OR REPLACE FUNCTION virtsql.prune(keep interval) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE cutoff bigint := virtsql.microseconds(now() - keep); months name[]; month name; high bigint; gone bigint := 0; one bigint;
BEGIN
  SELECT array_agg(m.relname), max(m.high) INTO months, high
  FROM (SELECT c.relname, ((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''?(-?\d+)''?\)'))[1])::bigint AS high
        FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'virtsql.captures'::regclass AND c.relname ~ '^captures_\d{6}$') AS m
  WHERE m.high <= cutoff;
  IF high IS NOT NULL THEN
    SELECT count(*) INTO gone FROM virtsql.captures AS c WHERE c.id < high;
    CREATE TABLE virtsql.captures_lasting (LIKE virtsql.captures INCLUDING ALL);
    INSERT INTO virtsql.captures_lasting (source_id, received_at, {captures: name}, extra_json)
    SELECT c.source_id, c.received_at, {captures: c.name}, c.extra_json
    FROM virtsql.captures AS c JOIN virtsql.lasting_captures() AS l ON l.source_id = c.source_id AND l.id = c.id WHERE c.id < high;
    GET DIAGNOSTICS one = ROW_COUNT;
    gone := gone - one;
    DROP TABLE IF EXISTS virtsql.captures_before;
    FOREACH month IN ARRAY months LOOP
      EXECUTE format('DROP TABLE virtsql.%I', month);
    END LOOP;
    DELETE FROM virtsql.captures_default AS c WHERE c.id < high;  -- copied too: months that never had a partition
    ALTER TABLE virtsql.captures_lasting RENAME TO captures_before;
    EXECUTE format('ALTER TABLE virtsql.captures ATTACH PARTITION virtsql.captures_before FOR VALUES FROM (MINVALUE) TO (%s)', high);
  END IF;
  WITH removed AS (
    DELETE FROM virtsql.captures AS c
    WHERE (c.id < cutoff OR (c.tableoid = 'virtsql.captures_default'::regclass AND c.received_at < now() - keep))
      AND NOT EXISTS (SELECT FROM virtsql.lasting_captures() AS l WHERE l.source_id = c.source_id AND l.id = c.id)
    RETURNING c.source_id, c.id),
  remembered AS (INSERT INTO virtsql.pruned (source_id, id) SELECT r.source_id, r.id FROM removed AS r WHERE r.id >= cutoff ON CONFLICT DO NOTHING)
  SELECT count(*) INTO one FROM removed;
  gone := gone + one;
  UPDATE virtsql.sources AS s SET kept_from = cutoff WHERE s.kept_from < cutoff;
  DELETE FROM virtsql.pruned AS p WHERE p.id < cutoff;
  DELETE FROM virtsql.changes AS c WHERE c.capture_id < cutoff
      AND NOT EXISTS (SELECT FROM virtsql.captures AS k WHERE k.source_id = c.source_id AND k.id = c.capture_id)
    OR EXISTS (SELECT FROM virtsql.pruned AS p WHERE p.source_id = c.source_id AND p.id = c.capture_id);
  -- A push that stores captures has this lock in a weaker form until it ends. So no capture that is not seen here can
  -- name a document, and a push that waits here finds out what was removed (expect_documents).
  LOCK TABLE ONLY virtsql.captures IN SHARE ROW EXCLUSIVE MODE;
  DELETE FROM virtsql.documents AS d WHERE NOT EXISTS (
    SELECT 1 FROM virtsql.captures AS c WHERE c.source_id = d.source_id AND c.document_sha256 = d.sha256);
  GET DIAGNOSTICS one = ROW_COUNT;
  RETURN gone + one;
END $$;

-- ---- the fleet itself ----

-- How far each host is behind, and how wrong its clock is. `behind` is the time since its last hello().
CREATE OR REPLACE VIEW virtsql.host_lag AS
SELECT s.name AS host, s.source_id, s.role, s.agent_version, s.last_push, now() - s.last_push AS behind, s.clock_offset,
  abs(extract(epoch FROM s.clock_offset)) > 300 AS clock_wrong
FROM virtsql.sources AS s WHERE s.retired_at IS NULL;

-- UUIDs that more than one source has or had. They are few, and queries look for other sources of these VMs only. A
-- UUID too many costs only a closer look. None is missing: two sources that bring the same new VM at once wait for each
-- other's lock.
CREATE TABLE IF NOT EXISTS virtsql.contested (
  vm_uuid uuid PRIMARY KEY
);
CREATE OR REPLACE FUNCTION virtsql.note_contested() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- Takes the locks in one order, so that two sources cannot deadlock. 1986622069 is the pushers' lock number in
  -- hello(), plus 1.
  PERFORM pg_advisory_xact_lock(1986622069, l.key) FROM (SELECT DISTINCT hashtext(a.vm_uuid::text) AS key FROM added AS a ORDER BY 1) AS l;
  INSERT INTO virtsql.contested (vm_uuid)
  SELECT DISTINCT a.vm_uuid FROM added AS a JOIN virtsql.virtual_machines AS v ON v.vm_uuid = a.vm_uuid AND v.source_id <> a.source_id
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER contested AFTER INSERT ON virtsql.virtual_machines REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION virtsql.note_contested();
INSERT INTO virtsql.contested SELECT v.vm_uuid FROM virtsql.virtual_machines AS v GROUP BY 1 HAVING count(*) > 1 ON CONFLICT DO NOTHING;

-- The VMs that more than one source has, with a row for each source: a migration left the definition behind, or a clone
-- kept the UUID. All of them stay; nothing merges them.
CREATE OR REPLACE VIEW virtsql.claims AS
WITH defined AS (
  SELECT v.vm_uuid, v.source_id, v.name, s.state, s.last_seen, count(*) OVER (PARTITION BY v.vm_uuid) AS sources
  FROM virtsql.contested AS c JOIN virtsql.virtual_machines AS v ON v.vm_uuid = c.vm_uuid
    LEFT JOIN virtsql.vm_states AS s ON s.vm_uuid = v.vm_uuid AND s.source_id = v.source_id AND s.host_id = v.host_id
  WHERE s.state IS DISTINCT FROM 'undefined')
SELECT d.vm_uuid, d.source_id, o.name AS host, d.name, d.state, d.last_seen
FROM defined AS d JOIN virtsql.sources AS o ON o.source_id = d.source_id WHERE d.sources > 1;

-- Returns the source that counts for a VM that several sources have: one where it runs or is paused; else one where it
-- has crashed or sleeps, which libvirt holds as active too (core/spool/states.h); else one where libvirt has it; else the
-- one that heard of it last.
CREATE OR REPLACE FUNCTION virtsql.current_source(vm uuid) RETURNS integer STABLE PARALLEL SAFE
RETURN (SELECT v.source_id FROM virtsql.virtual_machines AS v
    LEFT JOIN virtsql.vm_states AS s ON s.vm_uuid = v.vm_uuid AND s.source_id = v.source_id AND s.host_id = v.host_id
  WHERE v.vm_uuid = vm
  ORDER BY coalesce(s.state IN ('running', 'paused'), false) DESC, coalesce(s.state IN ('crashed', 'pmsuspended'), false) DESC,
    s.state IS DISTINCT FROM 'undefined' DESC, s.last_seen DESC NULLS LAST, v.capture_id DESC NULLS LAST, v.source_id LIMIT 1);

-- One row for each VM: that of its current_source(). The condition is a CASE and not a join, so that PostgreSQL does
-- not misjudge how many VMs it leaves: nearly all.
CREATE OR REPLACE VIEW virtsql.current_virtual_machines AS
SELECT v.*, h.name AS host, s.state, s.last_seen
FROM virtsql.virtual_machines AS v LEFT JOIN virtsql.hosts AS h ON h.source_id = v.source_id AND h.id = v.host_id
  LEFT JOIN virtsql.vm_states AS s ON s.vm_uuid = v.vm_uuid AND s.source_id = v.source_id AND s.host_id = v.host_id
WHERE CASE WHEN EXISTS (SELECT 1 FROM virtsql.contested AS c WHERE c.vm_uuid = v.vm_uuid) THEN v.source_id = virtsql.current_source(v.vm_uuid) ELSE true END;

-- What virtsql-fleet doctor shows: of all hosts but those that were retired.
CREATE OR REPLACE VIEW virtsql.problems AS
SELECT l.host, CASE WHEN l.last_push IS NULL THEN 'has not pushed yet' ELSE 'was last heard of ' || date_trunc('second', l.behind) || ' ago' END AS problem
FROM virtsql.host_lag AS l WHERE l.last_push IS NULL OR l.behind > interval '30 minutes'
UNION ALL
SELECT l.host, 'its clock is ' || date_trunc('second', l.clock_offset) || ' behind the store''s' FROM virtsql.host_lag AS l WHERE l.clock_wrong
UNION ALL
SELECT s.name, 'the store refuses ' || f.what || ': ' || f.reason FROM virtsql.refusals AS f JOIN virtsql.sources AS s USING (source_id)
WHERE s.retired_at IS NULL
UNION ALL
SELECT c.host, 'VM ' || coalesce(c.name, c.vm_uuid::text) || ' is on more than one host' FROM virtsql.claims AS c
UNION ALL
SELECT s.name, CASE WHEN c.captured_at > now() + interval '1 day' THEN 'captures are dated far ahead: '
    ELSE 'captures wait for the partition of their month, which virtsql-fleet prune makes: ' END || count(*)
FROM virtsql.captures_default AS c JOIN virtsql.sources AS s USING (source_id) WHERE s.retired_at IS NULL GROUP BY s.name, c.captured_at > now() + interval '1 day'
UNION ALL
SELECT s.name, CASE WHEN to_regclass(format('virtsql.%I', u.table_name)) IS NULL THEN 'is newer than the store: virtsql-fleet upgrade ('
    ELSE 'has sent rows that their tables do not take; virtsql.unplaced has them (' END || string_agg(DISTINCT u.table_name, ', ') || ')' FROM virtsql.unplaced AS u
  JOIN virtsql.sources AS s USING (source_id) WHERE s.retired_at IS NULL GROUP BY s.name, to_regclass(format('virtsql.%I', u.table_name)) IS NULL;
