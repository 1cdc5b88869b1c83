
-- ---- who may what ----
-- A host executes the functions of the protocol and has no right on any table; readers read all and change nothing.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA virtsql FROM PUBLIC;
GRANT USAGE ON SCHEMA virtsql TO virtsql_host, virtsql_reader;
DO $$
DECLARE f regprocedure;
BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc AS p
    WHERE p.pronamespace = 'virtsql'::regnamespace
      AND (p.proname ~ '^(put|known|missing)_' OR p.proname IN ('hello', 'drop_vms', 'expect_vms', 'columns')) LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO virtsql_host', f);
  END LOOP;
  -- What changes nothing and acts with the rights of whoever calls it: questions, and what the views are made of.
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc AS p
    WHERE p.pronamespace = 'virtsql'::regnamespace AND p.provolatile <> 'v' AND NOT p.prosecdef LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO virtsql_reader', f);
  END LOOP;
END $$;
GRANT SELECT ON ALL TABLES IN SCHEMA virtsql TO virtsql_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA virtsql GRANT SELECT ON TABLES TO virtsql_reader;
RESET ROLE;
