
-- ---- questions ----
-- The functions that the extension gives to a host's database, here over all hosts. The XML that they return came with
-- the rows: the store generates none.

-- Returns the text as a UUID, in whatever spelling, or NULL if it is no UUID.
CREATE OR REPLACE FUNCTION virtsql.uuid_of(vm text) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN vm ~* '^\s*\{?[0-9a-f-]{32,39}\}?\s*$' AND length(translate(vm, '{}- ', '')) = 32
    THEN translate(vm, '{}- ', '')::uuid END
$$;

-- Returns the VMs that `vm` means, with their sources, of all sources or of `source`: those with that UUID, in any spelling;
-- if there are none, those with that name; if there are none, the one whose UUID is none and spelled so. VMs that libvirt
-- no longer has are left out unless all are gone. `place` tells them apart for a human.
CREATE OR REPLACE FUNCTION virtsql.vms_meant(vm text, source integer DEFAULT NULL) RETURNS TABLE (vm_uuid uuid, source_id integer, place text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE asked uuid := virtsql.uuid_of(vm);
BEGIN
  IF asked IS NOT NULL AND NOT EXISTS (SELECT FROM virtsql.virtual_machines AS m
      WHERE m.vm_uuid = asked AND (vms_meant.source IS NULL OR m.source_id = vms_meant.source)) THEN
    asked := NULL;
  END IF;
  IF asked IS NULL AND NOT EXISTS (SELECT FROM virtsql.virtual_machines AS m
      WHERE m.name = vms_meant.vm AND (vms_meant.source IS NULL OR m.source_id = vms_meant.source)) THEN
    asked := (SELECT min(m.vm_uuid::text) FROM virtsql.virtual_machines AS m WHERE m.uuid = vms_meant.vm)::uuid;
  END IF;
  RETURN QUERY
  SELECT v.vm_uuid, v.source_id, format('%s on %s (source %s)', v.vm_uuid, v.host, v.source_id)
  FROM (SELECT w.*, min(w.gone) OVER () AS least
        FROM (SELECT m.vm_uuid, m.source_id, coalesce(h.name, o.name) AS host, (coalesce(s.state, '') = 'undefined')::integer AS gone
              FROM virtsql.virtual_machines AS m JOIN virtsql.sources AS o ON o.source_id = m.source_id
                LEFT JOIN virtsql.hosts AS h ON h.source_id = m.source_id AND h.id = m.host_id
                LEFT JOIN virtsql.vm_states AS s ON s.vm_uuid = m.vm_uuid AND s.source_id = m.source_id AND s.host_id = m.host_id
              WHERE CASE WHEN asked IS NULL THEN m.name = vms_meant.vm ELSE m.vm_uuid = asked END
                AND (vms_meant.source IS NULL OR m.source_id = vms_meant.source)) AS w) AS v
  WHERE v.gone = v.least;
END $$;

-- Returns the VM that `vm` means (see vms_meant), and its source. Raises no_data_found if there is none. Raises
-- cardinality_violation, lists them and says what would tell them apart if there are several, or if several sources have
-- the VM.
CREATE OR REPLACE FUNCTION virtsql.find_vm(vm text, source integer DEFAULT NULL, OUT vm_uuid uuid, OUT source_id integer)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE hit record;
BEGIN
  SELECT count(*) AS claims, count(DISTINCT f.vm_uuid) AS vms, count(DISTINCT f.source_id) AS sources, min(f.vm_uuid::text)::uuid AS vm_uuid,
    min(f.source_id) AS source_id, string_agg(f.place, ', ' ORDER BY f.place) AS places
  INTO hit FROM virtsql.vms_meant(find_vm.vm, find_vm.source) AS f;
  IF hit.claims = 0 THEN
    RAISE EXCEPTION 'virtsql: no VM "%"; names are in virtual_machines.name', left(vm, 80) USING ERRCODE = 'no_data_found';
  ELSIF hit.claims > 1 THEN
    RAISE EXCEPTION 'virtsql: "%" is %; name %', left(vm, 80), hit.places,
      CASE WHEN hit.vms = hit.claims AND hit.sources = hit.claims THEN 'its UUID, or the source'
        WHEN hit.vms = hit.claims THEN 'its UUID' WHEN hit.sources = hit.claims THEN 'the source' ELSE 'its UUID and the source' END
      USING ERRCODE = 'cardinality_violation';
  END IF;
  vm_uuid := hit.vm_uuid;
  source_id := hit.source_id;
END $$;

-- Returns the UUID of the VM that `vm` means, for questions that ask all sources which have or had it: a UUID need not be
-- one that a source has still. Raises no_data_found if a name is that of no VM, and cardinality_violation if of several.
CREATE OR REPLACE FUNCTION virtsql.uuid_of_vm(vm text) RETURNS uuid
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE asked uuid := virtsql.uuid_of(vm); hit record;
BEGIN
  IF asked IS NULL OR NOT EXISTS (SELECT FROM virtsql.captures AS c WHERE c.vm_uuid = asked) THEN
    SELECT count(DISTINCT m.vm_uuid) AS vms, min(m.vm_uuid::text)::uuid AS vm_uuid INTO hit FROM virtsql.virtual_machines AS m WHERE m.name = vm;
    IF hit.vms <> 1 AND (hit.vms > 1 OR asked IS NULL) THEN
      SELECT count(DISTINCT f.vm_uuid) AS vms, min(f.vm_uuid::text)::uuid AS vm_uuid, string_agg(f.place, ', ' ORDER BY f.place) AS places
      INTO hit FROM virtsql.vms_meant(vm) AS f;
      IF hit.vms = 0 THEN
        PERFORM virtsql.find_vm(vm);
      ELSIF hit.vms > 1 THEN
        RAISE EXCEPTION 'virtsql: "%" is %; name its UUID', left(vm, 80), hit.places USING ERRCODE = 'cardinality_violation';
      END IF;
    END IF;
    asked := coalesce(hit.vm_uuid, asked);
  END IF;
  RETURN asked;
END $$;

-- Returns the VM's definition as its host generated it from the rows.
CREATE OR REPLACE FUNCTION virtsql.domain_xml(vm text, source integer DEFAULT NULL) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT v.xml FROM virtsql.find_vm(vm, source) AS f JOIN virtsql.virtual_machines AS v ON v.vm_uuid = f.vm_uuid AND v.source_id = f.source_id
$$;

-- Returns the document of a capture, byte for byte; NULL if it has none. Raises an error if the document is withheld,
-- or if PostgreSQL cannot keep it as text.
CREATE OR REPLACE FUNCTION virtsql.captured_xml(source integer, id bigint) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE hit record;
BEGIN
  SELECT c.document_sha256, d.document, d.withheld, d.raw INTO hit FROM virtsql.captures AS c
    LEFT JOIN virtsql.documents AS d ON d.source_id = c.source_id AND d.sha256 = c.document_sha256
  WHERE c.source_id = captured_xml.source AND c.id = captured_xml.id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'virtsql: source % has no capture %; they are in captures.id', source, id USING ERRCODE = 'no_data_found';
  ELSIF hit.withheld THEN
    RAISE EXCEPTION 'virtsql: the document of capture % was withheld: its host leaves out more today than when it was captured', id;
  ELSIF hit.raw IS NOT NULL THEN
    RAISE EXCEPTION 'virtsql: the document of capture % is no text of PostgreSQL; documents.raw has its bytes', id;
  END IF;
  RETURN hit.document;
END $$;

-- Returns the captures that ended the VM's definition, as core/store/timeline.cc finds them: an undefine counts only if
-- its host had the newest definition before it.
CREATE OR REPLACE FUNCTION virtsql.ends_of_definition(asked uuid) RETURNS TABLE (source_id integer, id bigint)
LANGUAGE sql STABLE BEGIN ATOMIC
  SELECT u.source_id, u.id FROM virtsql.captures AS u
  WHERE u.vm_uuid = asked AND u.kind = 'domain' AND u.operation = 'undefine' AND u.host_id IS NOT DISTINCT FROM coalesce((
    SELECT d.host_id FROM virtsql.captures AS d
    WHERE d.vm_uuid = asked AND d.source_id = u.source_id AND d.kind = 'domain' AND d.config = 'persistent'
      AND d.document_sha256 IS NOT NULL AND d.id < u.id
    ORDER BY d.id DESC LIMIT 1), u.host_id);
END;

-- Returns what was captured of a VM, on every host that had it, oldest first. `changed` is 1 if the definition differs
-- from that of the capture before with the same config and source_id, or if there is none before it (or none since the
-- last undefine). It is NULL if the capture has no definition. This variant takes the UUID of a row, because recipes
-- call it for each VM: its body is parsed here and needs no search path, so PostgreSQL can make it part of the recipe's
-- query.
CREATE OR REPLACE FUNCTION virtsql.domain_history(vm uuid)
RETURNS TABLE (capture_id bigint, captured_at timestamptz, operation text, sub_operation text, config text, source text, driver text,
  host text, size integer, exact smallint, changed smallint, source_id integer)
LANGUAGE sql STABLE BEGIN ATOMIC
  SELECT h.id, h.captured_at, h.operation, h.sub_operation, h.config, h.source, h.driver, h.host, coalesce(h.size, 0), h.exact,
    CASE WHEN h.definition_sha256 IS NOT NULL THEN (h.definition_sha256 IS DISTINCT FROM h.before)::integer::smallint END, h.source_id
  FROM (SELECT c.*, d.size, d.definition_sha256, coalesce(n.name, o.name) AS host, lag(d.definition_sha256) OVER (
      PARTITION BY c.source_id, c.config, c.definition, d.definition_sha256 IS NULL ORDER BY c.id) AS before
    FROM (SELECT c.*, CASE WHEN c.config = 'persistent' THEN count(e.id) OVER (PARTITION BY c.source_id ORDER BY c.id) END AS definition
        FROM virtsql.captures AS c LEFT JOIN virtsql.ends_of_definition(domain_history.vm) AS e ON e.source_id = c.source_id AND e.id = c.id
        WHERE c.vm_uuid = domain_history.vm AND c.kind = 'domain') AS c
      JOIN virtsql.sources AS o ON o.source_id = c.source_id
      LEFT JOIN virtsql.documents AS d ON d.source_id = c.source_id AND d.sha256 = c.document_sha256
      LEFT JOIN virtsql.hosts AS n ON n.source_id = c.source_id AND n.id = c.host_id) AS h
  ORDER BY h.id, h.source_id;
END;

CREATE OR REPLACE FUNCTION virtsql.domain_history(vm text)
RETURNS TABLE (capture_id bigint, captured_at timestamptz, operation text, sub_operation text, config text, source text, driver text,
  host text, size integer, exact smallint, changed smallint, source_id integer)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT * FROM virtsql.domain_history(virtsql.uuid_of_vm(vm));
END $$;

-- Returns for each source that had the VM after its capture `last` which capture has its definition: the newest persistent
-- document by then; if there is none, the newest live one. `stopped`: that is a live one of a VM that then stopped, so
-- libvirt has forgotten it if it was transient.
CREATE OR REPLACE FUNCTION virtsql.definitions_at(asked uuid, last bigint) RETURNS TABLE (source_id integer, id bigint, stopped boolean)
LANGUAGE sql STABLE BEGIN ATOMIC
  SELECT g.source_id, d.id, d.stopped
  FROM (SELECT s.source_id, coalesce(max(e.id), 0) AS last_end
        FROM (SELECT DISTINCT c.source_id FROM virtsql.captures AS c WHERE c.vm_uuid = asked AND c.kind = 'domain' AND c.id <= last) AS s
          LEFT JOIN virtsql.ends_of_definition(asked) AS e ON e.source_id = s.source_id AND e.id <= last
        GROUP BY s.source_id) AS g
    CROSS JOIN LATERAL (
      SELECT c.id, c.config IS DISTINCT FROM 'persistent' AND coalesce(c.operation IN ('stopped', 'release'), false) AS stopped
      FROM virtsql.captures AS c
      WHERE c.vm_uuid = asked AND c.source_id = g.source_id AND c.kind = 'domain' AND c.error IS NULL
        AND c.document_sha256 IS NOT NULL AND c.id > g.last_end AND c.id <= last
      ORDER BY (c.config = 'persistent') DESC, c.id DESC LIMIT 1) AS d
  -- libvirt forgets an undefined VM when it stops. The hook still captures what ran, which defines nothing any more.
  WHERE NOT (g.last_end <> 0 AND d.stopped);
END;

-- Returns the definition as of a time, of the source that had the VM then; NULL if none had it or nothing was known of
-- it. A UUID finds the VM also if no source has it any more. Raises cardinality_violation and lists the sources if several
-- had the VM then; `source` says which one is meant.
CREATE OR REPLACE FUNCTION virtsql.domain_at(vm text, at timestamptz, source integer DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
-- captured_at is its capture's time rounded to milliseconds. 532 microseconds more, so that the time that captured_at
-- shows includes that capture (last_id_at() in core/store/timeline.h).
DECLARE asked uuid := virtsql.uuid_of(vm); last bigint := virtsql.microseconds(at) + 532; hit record;
BEGIN
  IF asked IS NULL OR NOT EXISTS (SELECT FROM virtsql.captures AS c WHERE c.vm_uuid = asked) THEN
    SELECT f.vm_uuid INTO asked FROM virtsql.find_vm(vm, source) AS f;
  END IF;
  -- Of several sources, those count on which the VM had not stopped. If it had stopped on all, it was on the last one.
  SELECT count(*) AS claims, max(f.source_id) AS source_id, max(f.id) AS id,
    string_agg(format('%s (source %s)', f.host, f.source_id), ', ' ORDER BY f.host, f.source_id) AS places
  INTO hit
  FROM (SELECT a.*, bool_and(a.stopped) OVER () AS all_stopped, max(a.id) OVER () AS newest
        FROM (SELECT d.source_id, d.id, o.name AS host, d.stopped OR EXISTS (
                -- libvirt had forgotten it without an undefine: a transient VM that migrated.
                SELECT FROM virtsql.virtual_machines AS v JOIN virtsql.vm_states AS s ON s.vm_uuid = v.vm_uuid
                  AND s.source_id = v.source_id AND s.host_id = v.host_id
                WHERE v.vm_uuid = asked AND v.source_id = d.source_id AND s.state = 'undefined' AND s.since <= virtsql.utc(at)) AS stopped
              FROM virtsql.definitions_at(asked, last) AS d JOIN virtsql.sources AS o ON o.source_id = d.source_id
              WHERE CASE WHEN domain_at.source IS NOT NULL THEN d.source_id = domain_at.source
                ELSE coalesce(o.retired_at > at, true) END) AS a) AS f
  WHERE CASE WHEN f.all_stopped THEN f.id = f.newest ELSE NOT f.stopped END;
  IF hit.claims > 1 THEN
    RAISE EXCEPTION 'virtsql: "%" was a VM on % then; name the source', left(vm, 80), hit.places USING ERRCODE = 'cardinality_violation';
  END IF;
  RETURN CASE WHEN hit.claims = 1 THEN virtsql.captured_xml(hit.source_id, hit.id) END;
END $$;

-- Returns what changed in a VM's definition, capture by capture, on every host that had it, oldest first.
CREATE OR REPLACE FUNCTION virtsql.domain_changes(vm text, since timestamptz DEFAULT '-infinity')
RETURNS TABLE (captured_at timestamptz, capture_id bigint, change text, device text, key text, path text, old text, new text, source_id integer)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE asked uuid := virtsql.uuid_of_vm(vm);
BEGIN
  RETURN QUERY
  SELECT k.captured_at, c.capture_id, c.change, c.device, c.key, c.path, c.old, c.new, c.source_id
  FROM virtsql.changes AS c JOIN virtsql.captures AS k ON k.source_id = c.source_id AND k.id = c.capture_id
  WHERE c.vm_uuid = asked AND k.captured_at >= since
  ORDER BY c.capture_id, c.source_id, c.place;
END $$;
