#!/usr/bin/env python3
"""Who may do what: a host pushes its own rows and reads none; a reader reads and changes nothing."""
import hashlib
import json
import os
import sys
import tempfile

from host import documents, make_host, shell, store_tables
from postgres import Checks, Cluster

VM = '00000000-1111-4222-8333-444444444444'


def refused(checks, store, user, sql, what, word='permission denied'):
    done = store.psql(sql, user, check=False)
    checks.that(done.returncode != 0 and word in done.stderr, f'{what}: {done.stderr.strip() or "nothing was said"}')


def matrix(checks, store):
    tables = [name for name, in store.rows("SELECT relname FROM pg_class WHERE relnamespace = 'virtsql'::regnamespace AND relkind IN ('r', 'p', 'v')")]
    checks.that(len(tables) > 200, 'there are tables')
    rights = store.rows("SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'virtsql'::regnamespace AND c.relkind IN ('r', 'p', 'v') "
                        "AND has_table_privilege('virtsql-kvm1', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')")
    checks.same(rights, [], 'a host has no right on any table')
    rights = store.rows("SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'virtsql'::regnamespace AND c.relkind IN ('r', 'p', 'v') "
                        "AND (NOT has_table_privilege('reader', c.oid, 'SELECT') OR has_table_privilege('reader', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))")
    checks.same(rights, [], 'a reader reads every table and changes none')
    functions = {name for name, in store.rows("SELECT DISTINCT p.proname FROM pg_proc AS p WHERE p.pronamespace = 'virtsql'::regnamespace "
                                              "AND has_function_privilege('virtsql-kvm1', p.oid, 'EXECUTE')")}
    odd = {name for name in functions if not name.startswith(('put_', 'known_', 'missing_')) and name not in ('hello', 'drop_vms', 'expect_vms', 'expect_documents', 'columns')}
    checks.same(odd, set(), 'a host executes the functions of the protocol alone')
    writing = store.rows("SELECT p.proname FROM pg_proc AS p WHERE p.pronamespace = 'virtsql'::regnamespace AND has_function_privilege('reader', p.oid, 'EXECUTE') "
                         "AND p.prosecdef")
    checks.same(writing, [], 'a reader executes nothing that acts as the owner')
    for sql in ('SELECT * FROM virtsql.virtual_machines', 'SELECT virtsql.drop_rows(1)', "SELECT virtsql.prune('1 day')", 'SELECT * FROM virtsql.sources'):
        refused(checks, store, 'virtsql-kvm1', sql, f'a host: {sql}')
    for sql in ('DELETE FROM virtsql.virtual_machines', "SELECT virtsql.drop_vms('{}')", 'UPDATE virtsql.store SET max_pushers = 1', 'CREATE TABLE virtsql.mine (a int)'):
        refused(checks, store, 'reader', sql, f'a reader: {sql}')
    refused(checks, store, 'stranger', "SELECT virtsql.drop_vms('{}')", 'a stranger')


def forged(checks, store):
    first, second = (store.value(f"SELECT source_id FROM virtsql.sources WHERE role = 'virtsql-{host}'") for host in ('kvm1', 'kvm2'))
    row = json.dumps([{'vm_uuid': VM, 'id': 1, 'source_id': int(second), 'name': 'forged', 'uuid': VM}])
    store.psql(f"SELECT virtsql.put_virtual_machines('{{{VM}}}', '{row}')", 'virtsql-kvm1')
    checks.same(store.rows(f"SELECT source_id FROM virtsql.virtual_machines WHERE vm_uuid = '{VM}'"), [(first,)], 'a row is of the source whose role sends it')
    store.psql(f"SELECT virtsql.drop_vms('{{{VM}}}')", 'virtsql-kvm2')
    checks.same(store.value(f"SELECT count(*) FROM virtsql.virtual_machines WHERE vm_uuid = '{VM}'"), '1', 'and another one cannot drop it')
    other = json.dumps([{'vm_uuid': '99999999-1111-4222-8333-444444444444', 'id': 2, 'name': 'other'}])
    store.psql(f"SELECT virtsql.put_virtual_machines('{{{VM}}}', '{other}')", 'virtsql-kvm1')
    checks.same(store.value("SELECT count(*) FROM virtsql.virtual_machines WHERE name = 'other'"), '0', 'rows of VMs that are not named are not taken')
    store.psql("SET SESSION AUTHORIZATION DEFAULT; SET ROLE virtsql_host;", 'virtsql-kvm1')
    refused(checks, store, 'virtsql-kvm1', 'SET ROLE "virtsql-kvm2"', 'a host cannot become another')


def every_text_field(checks, store):
    """SQL in any text column of any table stays text, whichever function stores it."""
    evil = "'; DROP TABLE virtsql.sources; SELECT $$ $1 \\'' \" || (SELECT 1) || '"
    columns = {}
    for table, column, kind in store.rows("SELECT c.relname, a.attname, format_type(a.atttypid, -1) FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid "
                                          "WHERE c.relnamespace = 'virtsql'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"):
        columns.setdefault(table, {})[column] = kind
    script, asked = '', ''
    for table in store_tables(store):
        texts = [column for column, kind in columns[table].items() if kind == 'text']
        row = {**dict.fromkeys(texts, evil), 'vm_uuid': VM, 'id': 7, 'host_id': 7, **({'extra': {evil: evil}} if 'extra' in columns[table] else {})}
        text = json.dumps([row]).replace("'", "''")
        scope = f"'{{{VM}}}'" if store_takes_vms(store, table) else '7, 7'
        script += f"SELECT virtsql.put_{table}({scope}, '{text}');\n"
        asked += ''.join(f"SELECT '{table}.{column}', count(*) FROM virtsql.\"{table}\" WHERE {column_of(column)} = :'evil';\n" for column in texts)
    store.psql('BEGIN;\n' + script + 'COMMIT;\n', 'virtsql-kvm1')
    found = store.psql(asked, options=['-v', 'evil=' + evil]).stdout.strip().split('\n')
    checks.that(len(found) > 1000, f'there are text columns: {len(found)}')
    checks.same([line for line in found if not line.endswith(',1')], [], 'each has the text as it was sent')
    # A host may send nonsense. The views still answer, for the other hosts.
    for view, in store.rows("SELECT relname FROM pg_class WHERE relnamespace = 'virtsql'::regnamespace AND relkind = 'v'"):
        done = store.psql(f'\\o /dev/null\nSELECT * FROM virtsql."{view}"', check=False)
        checks.that(done.returncode == 0, f'the view {view} answers: {done.stderr}')
    checks.that(int(store.value('SELECT count(*) FROM virtsql.sources')) > 1, 'and nothing was executed')
    store.psql(f"SELECT virtsql.drop_vms('{{{VM}}}')", 'virtsql-kvm1')


def store_takes_vms(store, table):
    if not hasattr(store, 'of_vms'):
        store.of_vms = {name for name, in store.rows("SELECT substr(proname, 5) FROM pg_proc WHERE pronamespace = 'virtsql'::regnamespace AND proname ~ '^put_' AND 'vms' = ANY (proargnames)")}
    return table in store.of_vms


def column_of(name):
    return '"' + name + '"'


def documents_are_what_they_say(checks, store):
    digest = hashlib.sha256(b'<domain/>').hexdigest()
    wrong = json.dumps([{'sha256': '\\x' + digest, 'size': 9, 'document': '<domain2/>'}])
    refused(checks, store, 'virtsql-kvm1', f"SELECT virtsql.put_documents('{wrong}')", 'a wrong digest', 'is not what its digest')
    # Functions, operators and tables that a session makes are not taken for PostgreSQL's or the store's.
    shadows = f"""
        CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE sql AS $$ SELECT '\\x{digest}'::bytea $$;
        CREATE FUNCTION pg_temp.never(bytea, bytea) RETURNS boolean LANGUAGE sql AS $$ SELECT false $$;
        CREATE OPERATOR pg_temp.<> (LEFTARG = bytea, RIGHTARG = bytea, FUNCTION = pg_temp.never);
        CREATE TEMP TABLE sources (source_id int, role name, retired_at timestamptz, database_id uuid);
        INSERT INTO sources VALUES (2, 'virtsql-kvm1', NULL, '{VM}');
        SET search_path = pg_temp, virtsql, pg_catalog;"""
    refused(checks, store, 'virtsql-kvm1', shadows + f"SELECT virtsql.put_documents('{wrong}')", 'a wrong digest behind shadows', 'is not what its digest')
    row = json.dumps([{'vm_uuid': VM, 'id': 1, 'name': 'shadowed'}])
    store.psql(shadows + f"SELECT virtsql.put_virtual_machines('{{{VM}}}', '{row}')", 'virtsql-kvm1')
    checks.same(store.value("SELECT role FROM virtsql.virtual_machines JOIN virtsql.sources USING (source_id) WHERE virtual_machines.name = 'shadowed'"),
                'virtsql-kvm1', 'a table of the session\'s own does not say whose rows they are')


def unplaced_rows(checks, store):
    """Rows of tables that the store does not have wait for an upgrade. A host cannot name a table of the store's own, and
    what it sends keeps no upgrade from working."""
    row = json.dumps([{'vm_uuid': VM, 'id': 1, 'source_id': 2, 'sha256': '\\x00', 'seq': 1, 'size': 1, 'document': 'forged'}])
    own = [name for name, in store.rows("SELECT relname FROM pg_class WHERE relnamespace = 'virtsql'::regnamespace AND relkind IN ('r', 'p', 'v')")]
    script = ''.join(f"\\echo {name}\nSELECT virtsql.put_unplaced('{name}', '{{{VM}}}', NULL, '{row}');\n" for name in own)
    done = store.psql('\\set ON_ERROR_STOP off\n' + script, 'virtsql-kvm1', check=False)
    checks.same(done.stderr.count('it takes no unplaced rows of that name'), len(own), 'a host names no table or view of the store')
    checks.same(store.value('SELECT count(*) FROM virtsql.unplaced'), '0', 'and nothing is kept of it')

    # What came before the store refused it, what is no row, and rows that a table takes.
    first = store.value("SELECT source_id FROM virtsql.sources WHERE role = 'virtsql-kvm1'")
    for name in ('captures', 'documents', 'contested', 'sources', 'store', 'pruned', 'vms', 'captures_default'):
        store.psql(f"INSERT INTO virtsql.unplaced (source_id, table_name, vm_uuid, row_data) SELECT {first}, '{name}', '{VM}', r FROM jsonb_array_elements('{row}') AS r")
    for odd in ('{"id": 1}', f'{{"vm_uuid": "{VM}", "id": "x"}}', '7', '[1]', '"x"', 'null', f'{{"vm_uuid": "{VM}", "id": 70, "type": "tcp", "extra": 3}}',
                f'{{"vm_uuid": "{VM}", "id": 71, "type": "pty", "of_tomorrow": 5}}'):
        store.psql(f"INSERT INTO virtsql.unplaced (source_id, table_name, vm_uuid, row_data) VALUES ({first}, 'consoles', '{VM}', '{odd}')")
    before = [store.value(f'SELECT count(*) FROM virtsql.{name}') for name in ('captures', 'documents', 'contested', 'sources', 'pruned')]
    store.psql("UPDATE virtsql.store SET schema_sha256 = 'older'")
    done = store.fleet('upgrade', check=False)
    checks.same((done.returncode, done.stdout), (0, 'the store is upgraded\n'), f'no row keeps an upgrade from working: {done.stderr}')
    checks.same([store.value(f'SELECT count(*) FROM virtsql.{name}') for name in ('captures', 'documents', 'contested', 'sources', 'pruned')], before,
                'an upgrade writes into no table of the store\'s own')
    checks.same(store.rows(f"SELECT id, type, extra FROM virtsql.consoles WHERE source_id = {first} AND vm_uuid = '{VM}' ORDER BY id"),
                [('70', 'tcp', ''), ('71', 'pty', '{"of_tomorrow": 5}')], 'what a table takes is placed, with what it lacks in extra')
    checks.same(store.value("SELECT count(*) FROM virtsql.unplaced WHERE table_name = 'consoles'"), '6', 'what it does not take stays where it is')
    checks.that('virtsql.unplaced has them (captures, ' in store.fleet('doctor', check=False).stdout, 'doctor tells of them')
    store.psql('DELETE FROM virtsql.unplaced')
    store.psql(f"SELECT virtsql.drop_vms('{{{VM}}}')", 'virtsql-kvm1')


def dollar_signs(checks, store):
    """A name that would end the quoting of SQL is a name."""
    for name in ('kvm$$1', 'kvm$virtsql$', "kvm$virtsql$_'"):
        for command in ('add-host', 'replace', 'retire'):
            done = store.fleet(command, name, check=False)
            checks.same((done.returncode, done.stderr), (0, ''), f'{command} {name}')


def hello(checks, store, database):
    store.psql(f"SELECT * FROM virtsql.hello('{shell(database, 'SELECT id FROM virtsql_database;')}', 'h', '1', 4, now() - interval '2 hours')", 'virtsql-kvm1')
    checks.same(store.value("SELECT clock_wrong FROM virtsql.host_lag WHERE role = 'virtsql-kvm1'"), 't', 'a wrong clock is seen')
    checks.that('clock' in store.fleet('doctor', check=False).stdout, 'doctor says so')
    refused(checks, store, 'virtsql-kvm3', "SELECT virtsql.drop_vms('{}')", 'a host before its first hello', 'no source that says hello')
    # A store with enough pushers tells the next one to come again.
    store.psql('UPDATE virtsql.store SET max_pushers = 1')
    identity = shell(database, 'SELECT id FROM virtsql_database;')
    other = '77777777-1111-4222-8333-444444444444'
    say = "SELECT wait_ms FROM virtsql.hello('{}', 'h', '1', 4, now());"
    from_two = store.psql(f"\\o /dev/null\n{say.format(identity)}\n\\o\n\\setenv PGUSER virtsql-kvm2\n\\! psql -X -q -At -d '{store.conninfo('virtsql-kvm3')}' "
                          f"-c \"{say.format(other)}\"", 'virtsql-kvm1').stdout.strip()
    checks.that(from_two.isdigit() and int(from_two) >= 500, f'a store with enough pushers says how long to wait: {from_two}')
    store.psql('UPDATE virtsql.store SET max_pushers = 64')


def main():
    checks = Checks()
    with Cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        store = cluster.store('roles')
        for digit, host in ((1, 'kvm1'), (2, 'kvm2')):
            database = make_host(os.path.join(folder, host + '.db'), documents()[:2], objects=False)
            store.add_host(host)
            store.push(host, database)
        store.add_host('kvm3')
        store.psql('CREATE ROLE reader LOGIN IN ROLE virtsql_reader; CREATE ROLE stranger LOGIN;')
        matrix(checks, store)
        forged(checks, store)
        every_text_field(checks, store)
        documents_are_what_they_say(checks, store)
        hello(checks, store, os.path.join(folder, 'kvm1.db'))
        unplaced_rows(checks, store)
        dollar_signs(checks, store)
    checks.end()


if __name__ == '__main__':
    sys.exit(main())
