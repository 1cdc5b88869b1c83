
-- ---- functions of SQLite that views and recipes use, and that PostgreSQL does not have or defines differently ----

-- Returns the whole number that a text begins with, or 0 if it begins with none, as CAST(... AS INTEGER) does in
-- SQLite.
CREATE OR REPLACE FUNCTION virtsql.to_integer(value text) RETURNS bigint IMMUTABLE STRICT PARALLEL SAFE
RETURN coalesce(substring(value FROM '^\s*([-+]?\d{1,18})')::bigint, 0);
CREATE OR REPLACE FUNCTION virtsql.to_integer(value numeric) RETURNS bigint IMMUTABLE STRICT PARALLEL SAFE RETURN trunc(value)::bigint;
CREATE OR REPLACE FUNCTION virtsql.to_integer(value double precision) RETURNS bigint IMMUTABLE STRICT PARALLEL SAFE
RETURN trunc(value)::bigint;
CREATE OR REPLACE FUNCTION virtsql.to_integer(value bigint) RETURNS bigint IMMUTABLE STRICT PARALLEL SAFE RETURN value;
CREATE OR REPLACE FUNCTION virtsql.to_integer(value integer) RETURNS bigint IMMUTABLE STRICT PARALLEL SAFE RETURN value::bigint;
CREATE OR REPLACE FUNCTION virtsql.to_integer(value smallint) RETURNS bigint IMMUTABLE STRICT PARALLEL SAFE RETURN value::bigint;

-- SQLite's sum(): of whole numbers a whole number. PostgreSQL's sum(bigint) is numeric, which / does not divide as whole
-- numbers.
CREATE OR REPLACE FUNCTION virtsql.plus(total bigint, value integer) RETURNS bigint IMMUTABLE PARALLEL SAFE
RETURN coalesce(total + value, total, value::bigint);
CREATE OR REPLACE FUNCTION virtsql.plus(total bigint, value smallint) RETURNS bigint IMMUTABLE PARALLEL SAFE
RETURN coalesce(total + value, total, value::bigint);
CREATE OR REPLACE AGGREGATE virtsql.sum_of(bigint) (SFUNC = int8pl, STYPE = bigint, COMBINEFUNC = int8pl, PARALLEL = SAFE);
CREATE OR REPLACE AGGREGATE virtsql.sum_of(integer) (SFUNC = virtsql.plus, STYPE = bigint, COMBINEFUNC = int8pl, PARALLEL = SAFE);
CREATE OR REPLACE AGGREGATE virtsql.sum_of(smallint) (SFUNC = virtsql.plus, STYPE = bigint, COMBINEFUNC = int8pl, PARALLEL = SAFE);
CREATE OR REPLACE AGGREGATE virtsql.sum_of(numeric) (SFUNC = numeric_add, STYPE = numeric, COMBINEFUNC = numeric_add, PARALLEL = SAFE);
CREATE OR REPLACE AGGREGATE virtsql.sum_of(double precision) (SFUNC = float8pl, STYPE = double precision, COMBINEFUNC = float8pl, PARALLEL = SAFE);

CREATE OR REPLACE FUNCTION virtsql.instr(value text, part text) RETURNS integer IMMUTABLE STRICT PARALLEL SAFE
RETURN strpos(value, part);

-- Returns the time as SQLite writes it: 2026-03-10T12:00:00.000Z.
CREATE OR REPLACE FUNCTION virtsql.utc(moment timestamptz) RETURNS text STABLE STRICT PARALLEL SAFE
RETURN to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

-- Returns the time that SQLite's date functions take from `value`: 'now', '2026-03-10 12:00' (in UTC) or, if the first
-- modifier is 'unixepoch', seconds since 1970. The other modifiers are added: '-7 days' and the like.
CREATE OR REPLACE FUNCTION virtsql.moment(value text, modifiers text[]) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE out timestamptz; modifier text;
BEGIN
  IF value IS NULL THEN
    RETURN NULL;
  ELSIF modifiers[1] = 'unixepoch' THEN
    out := to_timestamp(value::double precision);
    modifiers := modifiers[2:];
  ELSIF value = 'now' THEN
    out := now();
  ELSIF value ~ ':.*(Z|[-+]\d\d(:?\d\d)?)$' THEN
    out := value::timestamptz;
  ELSE
    out := value::timestamp AT TIME ZONE 'UTC';
  END IF;
  FOREACH modifier IN ARRAY modifiers LOOP
    out := out + modifier::interval;
  END LOOP;
  RETURN out;
END $$;
-- Knows only the two formats that the views use. Returns NULL for any other format.
CREATE OR REPLACE FUNCTION virtsql.strftime(format text, value text, VARIADIC modifiers text[] DEFAULT '{}') RETURNS text STABLE
RETURN CASE format WHEN '%s' THEN floor(extract(epoch FROM virtsql.moment(value, modifiers)))::bigint::text
  WHEN '%Y-%m-%dT%H:%M:%fZ' THEN virtsql.utc(virtsql.moment(value, modifiers)) END;
CREATE OR REPLACE FUNCTION virtsql.datetime(value text, VARIADIC modifiers text[] DEFAULT '{}') RETURNS text STABLE
RETURN to_char(virtsql.moment(value, modifiers) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS');
CREATE OR REPLACE FUNCTION virtsql.datetime(value bigint, VARIADIC modifiers text[] DEFAULT '{}') RETURNS text STABLE
RETURN virtsql.datetime(value::text, VARIADIC modifiers);
CREATE OR REPLACE FUNCTION virtsql.julianday(value text, VARIADIC modifiers text[] DEFAULT '{}') RETURNS double precision STABLE
RETURN (extract(epoch FROM virtsql.moment(value, modifiers)) / 86400.0 + 2440587.5)::double precision;
CREATE OR REPLACE FUNCTION virtsql.julianday(value bigint, VARIADIC modifiers text[] DEFAULT '{}') RETURNS double precision STABLE
RETURN virtsql.julianday(value::text, VARIADIC modifiers);

-- Returns the time that a recipe's parameter means, as the extension's virtsql_time() does: what moment() takes, an age in
-- days (7 days, 7d, 7; core/spool/age.h), or a larger whole number of seconds since 1970. Raises an error for anything else.
CREATE OR REPLACE FUNCTION virtsql.virtsql_time(value text) RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE days bigint := substring(value FROM '^ *(\d{1,9}) *(?:d|day|days)? *$')::bigint;
BEGIN
  IF days <= 36500 THEN
    RETURN virtsql.utc((now() AT TIME ZONE 'UTC' - make_interval(days => days::integer)) AT TIME ZONE 'UTC');
  ELSIF value ~ '^\d{1,18}$' THEN
    RETURN virtsql.utc(to_timestamp(value::double precision));
  END IF;
  RETURN virtsql.utc(virtsql.moment(value, '{}'));
EXCEPTION WHEN data_exception THEN
  RAISE EXCEPTION 'virtsql_time(): "%" is no time; give ''2026-05-01 12:00'', ''now'', an age (7 days) or seconds since 1970', left(value, 80)
    USING ERRCODE = 'invalid_datetime_format';
END $$;

-- Returns the text as JSON, or NULL if it is not JSON: a host may send anything. It is PARALLEL UNSAFE because
-- PostgreSQL requires that of a function that catches errors.
CREATE OR REPLACE FUNCTION virtsql.as_json(value text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN value::jsonb;
EXCEPTION WHEN data_exception THEN
  RETURN NULL;
END $$;

-- Returns every value of a JSON document at and below `root` ($.a.b), with these columns of SQLite's json_tree().
CREATE OR REPLACE FUNCTION virtsql.json_tree(document text, root text DEFAULT '$')
RETURNS TABLE (key text, value jsonb, type text, atom text, path text, fullkey text)
LANGUAGE sql IMMUTABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
  WITH RECURSIVE tree (key, value, path, fullkey) AS (
    SELECT NULL::text, virtsql.as_json(document) #> coalesce(string_to_array(nullif(substr(root, 3), ''), '.'), '{}'), NULL::text, root
    UNION ALL
    SELECT c.key, c.value, t.fullkey, t.fullkey || c.step
    FROM tree AS t, LATERAL (
      SELECT e.key, e.value, CASE WHEN e.key ~ '^[A-Za-z][A-Za-z0-9]*$' THEN '.' || e.key ELSE '."' || e.key || '"' END
      FROM jsonb_each(CASE jsonb_typeof(t.value) WHEN 'object' THEN t.value ELSE '{}' END) AS e
      UNION ALL
      SELECT (a.place - 1)::text, a.value, '[' || a.place - 1 || ']'
      FROM jsonb_array_elements(CASE jsonb_typeof(t.value) WHEN 'array' THEN t.value ELSE '[]' END) WITH ORDINALITY AS a(value, place)
    ) AS c(key, value, step))
  SELECT t.key, t.value,
    CASE jsonb_typeof(t.value) WHEN 'string' THEN 'text' WHEN 'number' THEN CASE WHEN t.value::text ~ '[.eE]' THEN 'real' ELSE 'integer' END
      WHEN 'boolean' THEN t.value::text ELSE jsonb_typeof(t.value) END,
    CASE WHEN jsonb_typeof(t.value) NOT IN ('object', 'array') THEN t.value #>> '{}' END, t.path, t.fullkey
  FROM tree AS t WHERE t.value IS NOT NULL $$;
