-- The fleet's store: what is in it besides the tables of the catalog. virtsql-fleet init runs this in one transaction,
-- and virtsql-fleet upgrade runs it again: it makes what is missing and replaces functions; tables keep their rows.

SET LOCAL client_min_messages = warning;

DO $$
BEGIN
  IF current_setting('server_encoding') <> 'UTF8' THEN
    RAISE EXCEPTION 'virtsql: the database has the encoding %; make one with ENCODING ''UTF8''', current_setting('server_encoding');
  END IF;
  -- The roles that own everything, push, and read. Roles belong to the whole PostgreSQL cluster, so they may exist
  -- already because of another database.
  IF to_regrole('virtsql_owner') IS NULL THEN CREATE ROLE virtsql_owner NOLOGIN; END IF;
  IF to_regrole('virtsql_host') IS NULL THEN CREATE ROLE virtsql_host NOLOGIN; END IF;
  IF to_regrole('virtsql_reader') IS NULL THEN CREATE ROLE virtsql_reader NOLOGIN; END IF;
  IF NOT pg_has_role(current_user, 'virtsql_owner', 'MEMBER') THEN
    EXECUTE format('GRANT virtsql_owner TO %I', current_user);
  END IF;
  EXECUTE format('GRANT CREATE ON DATABASE %I TO virtsql_owner', current_database());
  -- JIT would compile the view `findings` for a minute, to run it for a moment. A setting that somebody made stays.
  IF NOT EXISTS (SELECT 1 FROM pg_db_role_setting AS s, unnest(s.setconfig) AS one
      WHERE s.setdatabase = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database()) AND s.setrole = 0 AND one LIKE 'jit=%') THEN
    EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
  END IF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE EXCEPTION 'virtsql: % may not make roles or is not the owner of the database', current_user USING HINT = SQLERRM;
END $$;

CREATE SCHEMA IF NOT EXISTS virtsql AUTHORIZATION virtsql_owner;
SET LOCAL ROLE virtsql_owner;

-- One row: what made the store, and its settings.
CREATE TABLE IF NOT EXISTS virtsql.store (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  schema_sha256 text NOT NULL DEFAULT '',          -- SHA-256 of the text that made it
  schema_version integer NOT NULL DEFAULT 0,       -- of the hosts' databases; a newer host is refused
  made_by text NOT NULL DEFAULT '',                -- version of the program
  made_at timestamptz NOT NULL DEFAULT now(),
  max_pushers integer NOT NULL DEFAULT 64 CHECK (max_pushers > 0)  -- if more push at once, they must wait
);
INSERT INTO virtsql.store DEFAULT VALUES ON CONFLICT DO NOTHING;

-- A source is one database of virtsql on one host. Host names change, and one database may have several hosts: these
-- are in the table `hosts`.
CREATE TABLE IF NOT EXISTS virtsql.sources (
  source_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  database_id uuid UNIQUE,                         -- virtsql_database.id; NULL: it has not pushed yet
  role name NOT NULL UNIQUE,                       -- the login role that pushes it
  name text NOT NULL,                              -- host name in the last hello(); until then as given to add-host
  agent_version text,
  schema_version integer,
  clock_offset interval,                           -- the store's clock minus the host's
  kept_from bigint NOT NULL DEFAULT 0,             -- captures with a smaller id have been pruned here
  first_push timestamptz,
  last_push timestamptz,
  retired_at timestamptz
);

-- What the store has of a host's own tables, whose rows belong to no VM: a digest for each range of ids (a part).
CREATE TABLE IF NOT EXISTS virtsql.parts (
  source_id integer NOT NULL,
  table_name text NOT NULL,
  part bigint NOT NULL,
  push_sha256 bytea NOT NULL,
  PRIMARY KEY (source_id, table_name, part)
);

-- Rows of tables that a newer host has and this store does not. virtsql-fleet upgrade moves them into their tables.
-- A row that its table refuses stays.
CREATE TABLE IF NOT EXISTS virtsql.unplaced (
  source_id integer NOT NULL,
  table_name text NOT NULL,
  vm_uuid uuid,                                    -- NULL: the row is of a host's own table
  part bigint,                                     -- the part, if the row is of a host's own table
  row_data jsonb NOT NULL
);
CREATE INDEX IF NOT EXISTS unplaced_source ON virtsql.unplaced (source_id, table_name);

-- What the store refuses from a host at present, as the host reported it.
CREATE TABLE IF NOT EXISTS virtsql.refusals (
  source_id integer NOT NULL,
  what text NOT NULL,                              -- the VM, or the table and part
  reason text NOT NULL,
  since timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source_id, what)
);

-- Returns the source of the session's login role. So a host can only send rows of its own: nothing that it sends names
-- a source. Raises insufficient_privilege if the role has no source, or if that is retired or has not said hello() yet.
CREATE OR REPLACE FUNCTION virtsql.own_source() RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE own integer;
BEGIN
  SELECT s.source_id INTO own FROM virtsql.sources AS s
  WHERE s.role = session_user AND s.retired_at IS NULL AND s.database_id IS NOT NULL;
  IF own IS NULL THEN
    RAISE EXCEPTION 'virtsql: the role % has no source that says hello', session_user USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN own;
END $$;

-- The first call of a connection, in which a pusher says who it is. If wait_ms > 0, the store has enough pushers: this
-- one must come again after that time, on another connection. A source can have one pusher at a time: the session holds
-- a lock. The code of an error says whether trying again helps (55006: object_in_use) or a human must act (28000:
-- invalid_authorization_specification).
CREATE OR REPLACE FUNCTION virtsql.hello(database uuid, host text, agent text, version integer, clock timestamptz)
RETURNS TABLE (source integer, wait_ms integer, kept_from bigint, schema_sha256 text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE mine virtsql.sources; settings virtsql.store; pushers integer;
BEGIN
  SELECT * INTO settings FROM virtsql.store;
  SELECT * INTO mine FROM virtsql.sources AS s WHERE s.role = session_user;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'virtsql: the role % is of no host; virtsql-fleet add-host makes one', session_user USING ERRCODE = '28000';
  END IF;
  IF mine.retired_at IS NOT NULL THEN
    RAISE EXCEPTION 'virtsql: the host of the role % was retired on %', session_user, mine.retired_at::date USING ERRCODE = '28000';
  END IF;
  IF EXISTS (SELECT 1 FROM virtsql.sources AS s WHERE s.database_id = database AND s.role <> session_user) THEN
    RAISE EXCEPTION 'virtsql: the database % belongs to another role, so this is a copy of it', database USING ERRCODE = '28000',
      HINT = 'Give the copy an identity of its own: virtsql --write DATABASE "UPDATE virtsql_database SET id = ''$(cat /proc/sys/kernel/random/uuid)''"';
  END IF;
  IF mine.database_id IS NOT NULL AND mine.database_id <> database THEN
    RAISE EXCEPTION 'virtsql: the role % pushes the database %, not %', session_user, mine.database_id, database USING ERRCODE = '28000',
      HINT = 'If the host was reinstalled: virtsql-fleet replace.';
  END IF;
  IF version > settings.schema_version THEN
    RAISE EXCEPTION 'virtsql: the store is of schema %, this host has schema %', settings.schema_version, version USING ERRCODE = '28000',
      HINT = 'Upgrade the store first: virtsql-fleet upgrade.';
  END IF;
  -- 1986622068 is 0x76697274, "virt". If a pusher vanishes (a cut cable), the keepalives below end its session and so
  -- the lock.
  IF NOT pg_try_advisory_lock(1986622068, mine.source_id) THEN
    RAISE EXCEPTION 'virtsql: another pusher of this host is at work' USING ERRCODE = '55006';
  END IF;
  PERFORM set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false),
    set_config('tcp_keepalives_count', '3', false), set_config('idle_in_transaction_session_timeout', '60s', false);
  SELECT count(*) INTO pushers FROM pg_locks AS l
  WHERE l.locktype = 'advisory' AND l.classid = 1986622068 AND l.granted
    AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database());
  IF pushers > settings.max_pushers THEN
    PERFORM pg_advisory_unlock(1986622068, mine.source_id);
    RETURN QUERY SELECT mine.source_id, (500 + random() * 1500)::integer, mine.kept_from, settings.schema_sha256;
    RETURN;
  END IF;
  -- A host may call itself anything. What it says is shown to those who look after the store, on their terminals.
  UPDATE virtsql.sources AS s SET database_id = database, name = left(regexp_replace(host, '[[:cntrl:]]', '?', 'g'), 255),
    agent_version = left(regexp_replace(agent, '[[:cntrl:]]', '?', 'g'), 255), schema_version = version,
    clock_offset = clock_timestamp() - clock, first_push = coalesce(s.first_push, now()), last_push = now()
  WHERE s.source_id = mine.source_id;
  RETURN QUERY SELECT mine.source_id, 0, mine.kept_from, settings.schema_sha256;
END $$;
