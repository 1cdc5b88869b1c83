#!/usr/bin/env python3
"""The store has what a host has: every table row by row, XML and captured bytes byte for byte, and nothing twice."""
import os
import sys
import tempfile

from host import compare, compare_xml, copy_of, documents, everything, make_host, shell, store_tables
from postgres import Checks, Cluster

CATALOG = "SELECT table_name || ' ' || column_name FROM virtsql_catalog WHERE table_name IN (SELECT name FROM virtsql_tables WHERE kind = 'table');"
# These tables say how the host's database was made, and what history is compressed against. The store has no columns
# `identity`.
ONLY_ON_HOSTS = {'virtsql_database', 'virtsql_objects', 'late_captures', 'moved_captures', 'documents'}


def check_ddl(checks, store, database):
    """Checks that the store has every table and column of the catalog."""
    columns = {f'{table} {column}' for table, column in store.rows('SELECT table_name, column_name FROM virtsql.columns()')}
    columns |= {f'captures {column}' for column, in store.rows(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'virtsql.captures'::regclass AND attnum > 0")}
    for line in shell(database, CATALOG).split('\n'):
        table, column = line.split(' ')
        if table in ONLY_ON_HOSTS or column == 'identity':
            continue
        name = 'host_' + column if column in ('source_id', 'extra') and table != 'captures' else column
        checks.that(f'{table} {name}' in columns, f'the store has {table}.{column}')


def check_fleet_command(checks, cluster):
    empty = cluster.empty('empty')
    failed = empty.fleet('upgrade', check=False)
    checks.that(failed.returncode == 1 and 'init' in failed.stderr, 'upgrade of what is no store says init')
    printed = empty.fleet('init', options=['--print']).stdout
    checks.that(empty.value("SELECT to_regnamespace('virtsql') IS NULL") == 't', '--print changes nothing')
    empty.psql(printed)
    checks.that('up to date' in empty.fleet('init').stdout, 'the printed SQL makes the store that init makes')
    empty.psql(printed)
    checks.that('up to date' in empty.fleet('upgrade').stdout, 'the SQL can be run again')
    for arguments in (['add-host'], ['nonsense'], ['prune'], ['init', '--bogus']):
        checks.that(empty.fleet(*arguments, check=False).returncode == 2, f'virtsql-fleet {" ".join(arguments)} is refused')
    first = empty.add_host("o'brien")
    checks.same(empty.add_host("o'brien").stdout, first.stdout, 'add-host twice')
    checks.that("user=virtsql-o'brien" in first.stdout, 'add-host prints the way')
    checks.same(empty.value('SELECT count(*) FROM virtsql.sources'), '1', 'add-host twice makes one source')
    doctor = empty.fleet('doctor', check=False)
    checks.that(doctor.returncode == 1 and 'has not pushed yet' in doctor.stdout, 'doctor says who has not pushed')


def main():
    checks = Checks()
    with Cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        database = make_host(os.path.join(folder, 'host.db'))
        check_fleet_command(checks, cluster)
        store = cluster.store('main')
        check_ddl(checks, store, database)
        store.add_host('kvm1')
        said = store.push('kvm1', database, '--dry-run').stdout
        checks.that('would push' in said, 'a dry run says what it would do')
        checks.same(store.value('SELECT count(*) FROM virtsql.virtual_machines'), '0', 'a dry run pushes nothing')
        checks.same(store.value('SELECT count(*) FROM virtsql.sources WHERE database_id IS NOT NULL'), '0', 'a dry run says no hello')
        store.push('kvm1', database)
        source = store.value('SELECT source_id FROM virtsql.sources')
        tables = store_tables(store)
        rows = compare(checks, store, source, database, 'first push', tables)
        checks.that(rows > 400, f'there are rows to compare: {rows}')
        compare_xml(checks, store, source, database, 'first push')

        before = everything(store, source, tables)
        written = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables WHERE relname NOT IN ('sources')"
        store.psql('SELECT pg_stat_force_next_flush();', check=False)
        count = store.value(written)
        checks.that('changed 0 rows' in store.push('kvm1', database).stdout, 'the second push changes nothing')
        checks.same(everything(store, source, tables), before, 'the second push leaves all as it is')
        checks.same(store.value(written), count, 'the second push writes no row')

        # One changed attribute changes the VM's own row and the row that has the attribute.
        shell(database, "UPDATE disk_attachments SET driver_cache = 'directsync' WHERE id = (SELECT min(id) FROM disk_attachments);")
        said = store.push('kvm1', database).stdout
        checks.that('pushed 1 VMs' in said, f'one change is one VM: {said}')
        changed = int(said.split('changed ')[1].split(' ')[0])
        checks.that(changed <= 3, f'one change is at most three rows: {said}')
        compare(checks, store, source, database, 'after an edit', tables)

        # A thing that VMs use changes their XML, though none of their own rows; so does a row below it.
        shell(database, "UPDATE disks SET path = path || '.moved' WHERE path IS NOT NULL; UPDATE disk_hosts SET name = name || '.example'; "
              "UPDATE videos SET vram = 4096;")
        checks.that(shell(database, "SELECT count(*) FROM disk_hosts;") != '0', 'a network disk')
        store.push('kvm1', database)
        compare(checks, store, source, database, 'after an edit of things', tables)
        compare_xml(checks, store, source, database, 'after an edit of things')

        # Rows and a VM go, and a VM comes.
        shell(database, 'PRAGMA foreign_keys = ON; DELETE FROM virtual_machines WHERE id = (SELECT min(id) FROM virtual_machines); '
              'DELETE FROM port_attachments WHERE id = (SELECT max(id) FROM port_attachments); DELETE FROM networks;')
        captures = store.value('SELECT count(*) FROM virtsql.captures')
        checks.that('dropped 1 VMs' in store.push('kvm1', database).stdout, 'a VM that went is dropped')
        compare(checks, store, source, database, 'after deletes', tables)
        checks.same(store.value('SELECT count(*) FROM virtsql.captures'), captures, 'its history stays')
        shell(database, f"SELECT domain_import(readfile('{documents()[0]}'));")
        store.push('kvm1', database)
        compare(checks, store, source, database, 'after an import', tables)
        compare_xml(checks, store, source, database, 'after an import')

        # A second host with the same rows: the store has them for both, and the first host's rows stay as they were.
        other = copy_of(database, os.path.join(folder, 'other.db'))
        shell(other, "UPDATE virtsql_database SET id = '11111111-2222-4333-8444-555555555555';")
        before = everything(store, source, tables)
        store.add_host('kvm2')
        store.push('kvm2', other)
        second = store.value("SELECT source_id FROM virtsql.sources WHERE role = 'virtsql-kvm2'")
        compare(checks, store, second, other, 'the second host', tables)
        checks.same(everything(store, source, tables), before, 'the first host is as it was')

        lines = store.push('kvm1', database, '--json').stdout.strip().split('\n')
        checks.that(len(lines) > 100 and all(line.startswith('{"database":') for line in lines), '--json gives lines')
    checks.end()


if __name__ == '__main__':
    sys.exit(main())
