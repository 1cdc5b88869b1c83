
-- ---- who may do what ----
-- A host may execute the functions of the protocol, and has no right on any table. Readers may read everything and
-- change nothing.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA virtsql FROM PUBLIC;
GRANT USAGE ON SCHEMA virtsql TO virtsql_host, virtsql_reader;
DO $$
DECLARE f regprocedure;
BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc AS p
    WHERE p.pronamespace = 'virtsql'::regnamespace
      AND (p.proname ~ '^(put|known|missing)_' OR p.proname IN ('hello', 'drop_vms', 'expect_vms', 'expect_documents', 'columns')) LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO virtsql_host', f);
  END LOOP;
  -- Readers may execute the functions that change nothing (not VOLATILE) and run with the caller's rights (not SECURITY
  -- DEFINER): those of questions.sql, and those that the views use.
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc AS p
    WHERE p.pronamespace = 'virtsql'::regnamespace AND p.provolatile <> 'v' AND NOT p.prosecdef LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO virtsql_reader', f);
  END LOOP;
END $$;
GRANT SELECT ON ALL TABLES IN SCHEMA virtsql TO virtsql_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA virtsql GRANT SELECT ON TABLES TO virtsql_reader;
RESET ROLE;
