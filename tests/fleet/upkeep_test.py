#!/usr/bin/env python3
"""The upkeep of the store: prune keeps the end of each history, a host is retired in the midst of a push, load leaves out
what SQLite refuses, and doctor shows what can be shown.

    upkeep_test.py
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

from host import copy_of, documents, make_host, remove, shell
from life_test import new_identity, wait_for_lock
from postgres import PROGRAMS, Checks, Cluster


def of_days_ago(database, days):
    """Dates all that the database has captured back by so many days."""
    shell(database, f".dbconfig enable_trigger off\nUPDATE captures SET id = id - {days} * 86400000000;\n"
          f"UPDATE virtual_machines SET capture_id = capture_id - {days} * 86400000000;", extension=False)


def unchanged_for_long(checks, cluster, folder):
    """prune keeps the end of the history of a VM that did not change for longer than that, in whatever partition it is."""
    database = make_host(os.path.join(folder, 'unchanged.db'), documents()[:1], objects=False)
    uuid = shell(database, 'SELECT uuid FROM virtual_machines;')
    shell(database, "SELECT domain_import(replace(domain_xml(uuid), '</uuid>', '</uuid><title>second</title>')) FROM virtual_machines;")
    of_days_ago(database, 1000)
    second = shell(database, 'SELECT hex(captured_xml(max(id))) FROM captures;').lower()
    for name in ('before', 'months', 'ahead'):
        store = cluster.store('unchanged_' + name)
        store.add_host('kvm1')
        if name == 'months':
            # As if the store had been there three years ago: its captures have partitions of their own, which go as a whole.
            store.psql("SET ROLE virtsql_owner; DO $$ DECLARE month timestamp := date_trunc('month', now() AT TIME ZONE 'UTC' - interval '1000 days'); BEGIN\n"
                       "ALTER TABLE virtsql.captures DETACH PARTITION virtsql.captures_before;\n"
                       "EXECUTE format('ALTER TABLE virtsql.captures ATTACH PARTITION virtsql.captures_before FOR VALUES FROM (MINVALUE) TO (%s)',\n"
                       "  virtsql.microseconds(month AT TIME ZONE 'UTC'));\n"
                       "FOR i IN 1 .. 2 LOOP EXECUTE format('CREATE TABLE virtsql.captures_%s PARTITION OF virtsql.captures FOR VALUES FROM (%s) TO (%s)', to_char(month, 'YYYYMM'),\n"
                       "  virtsql.microseconds(month AT TIME ZONE 'UTC'), virtsql.microseconds((month + interval '1 month') AT TIME ZONE 'UTC'));\n"
                       "month := month + interval '1 month'; END LOOP; END $$;")
        if name == 'ahead':
            of_days_ago(database, -3000)
        store.push('kvm1', database)
        store.psql("UPDATE virtsql.captures_default SET received_at = now() - interval '401 days'")
        before = store.rows('SELECT id FROM virtsql.captures ORDER BY id')
        checks.same(len(before), 2, f'{name}: the VM was defined and changed')
        for _ in range(2):
            store.fleet('prune', options=['--keep', '400d'])
            checks.same(store.rows(f"SELECT capture_id FROM virtsql.domain_history('{uuid}')"), before[1:], f'{name}: the newest definition stays')
            checks.same(store.rows('SELECT DISTINCT capture_id FROM virtsql.changes'), before[1:], f'{name}: with its changes')
            checks.same(store.value(f"SELECT encode(convert_to(virtsql.domain_at('{uuid}', now() + interval '9 years'), 'UTF8'), 'hex')"), second, f'{name}: and its document')
            checks.same(store.value('SELECT count(*) FROM virtsql.documents'), '1', f'{name}: no other document')
            checks.that('changed 0 rows' in store.push('kvm1', database).stdout, f'{name}: nothing is sent again')
        if name == 'ahead':
            path = os.path.join(folder, 'unchanged.loaded.db')
            store.fleet('load', path)
            checks.same(shell(path, 'SELECT hex(captured_xml(capture_id)) FROM virtual_machines;').lower(), second, 'load has the document of the rows')
        else:
            checks.same(store.value("SELECT count(*) FROM pg_inherits WHERE inhparent = 'virtsql.captures'::regclass"), '5', f'{name}: no month stays for it')


def compared_captures(checks, cluster, folder):
    """Changes of captures that only the store still has stay, whatever arrives of the time before them."""
    store = cluster.store('compared')
    database = make_host(os.path.join(folder, 'compared.db'), documents()[:1], objects=False)
    late = ("INSERT INTO captures (id, host_id, kind, vm_uuid, operation, config, document_sha256, source) SELECT min(id) - 1000000, host_id, kind, "
            "vm_uuid, 'define', config, document_sha256, 'hook' FROM captures;")

    def change(title):
        shell(database, f"UPDATE virtual_machines SET title = '{title}'; SELECT domain_import(domain_xml(uuid)) FROM virtual_machines;")

    store.add_host('kvm1')
    backup = copy_of(database, os.path.join(folder, 'compared.backup.db'))
    change('second')
    change('third')
    store.push('kvm1', database)
    changes = store.rows('SELECT * FROM virtsql.changes ORDER BY capture_id, place')
    checks.same(len(changes), 2, 'two captures changed something')
    remove(database)
    shutil.copy(backup, database)
    shell(database, late, extension=False)
    checks.that(' 1 captures' in store.push('kvm1', database).stdout, 'a restored database sends a late capture')
    checks.same(store.rows('SELECT * FROM virtsql.changes ORDER BY capture_id, place'), changes, 'the changes that it lost stay')
    change('fourth')
    shell(database, "SELECT virtsql_prune('0 days');")
    store.push('kvm1', database)
    shell(database, late, extension=False)
    store.push('kvm1', database)
    checks.same(store.rows('SELECT * FROM virtsql.changes ORDER BY capture_id, place LIMIT 2'), changes, 'so do those that the host pruned')


def retired_meanwhile(checks, cluster, folder):
    """A host is retired in the midst of a push: the store has nothing of it in the end."""
    store = cluster.store('retired')
    database = make_host(os.path.join(folder, 'retired.db'), documents()[:1], objects=False)
    store.add_host('kvm1')
    store.push('kvm1', database)
    identity = shell(database, 'SELECT id FROM virtsql_database;')
    for command in ('replace', 'retire'):
        host = subprocess.Popen(['psql', '-X', '-q', '-At', '-d', store.conninfo('virtsql-kvm1')], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        host.stdin.write(f"SELECT 1 FROM virtsql.hello('{identity}', 'kvm1', '1', 4, now()); BEGIN; SELECT virtsql.put_unplaced('of_tomorrow', NULL, 0, '[{{\"id\": 1}}]');\n\\echo sent\n")
        host.stdin.flush()
        while host.stdout.readline() not in ('sent\n', ''):
            pass
        impatient = store.fleet(command, 'kvm1', options=['--print']).stdout.replace('70s', '100ms')
        done = store.psql(impatient, check=False)
        checks.that('a push of this host is at work' in done.stderr, f'{command} does not wait for ever: {done.stderr}')
        fleet = subprocess.Popen([os.path.join(PROGRAMS, 'virtsql-fleet'), command, store.conninfo(), 'kvm1'], stderr=subprocess.PIPE, text=True)
        checks.that(wait_for_lock(store, fleet), f'{command} waits for the push')
        host.communicate('COMMIT;\n')
        said = fleet.communicate(timeout=20)[1]
        checks.same(fleet.returncode, 0, f'{command} then does its work')
        checks.that('waits' in said, f'{command} says that it waits: {said}')
    checks.same(store.rows("SELECT count(*) FROM virtsql.unplaced UNION ALL SELECT count(*) FROM virtsql.virtual_machines"), [('0',), ('0',)], 'and no row of the host stays')


def ill_rows(checks, cluster, folder):
    """Rows that SQLite does not take keep their VM or host from being loaded, and no other."""
    store = cluster.store('ill_rows')
    paths = documents(distinct=True)
    for number in (1, 2):
        store.add_host(f'kvm{number}')
        database = make_host(os.path.join(folder, f'ill_rows{number}.db'), paths[2 * number - 2:2 * number], objects=False)
        new_identity(database, str(number))
        store.push(f'kvm{number}', database)
    vm, host = store.rows('SELECT v.vm_uuid, h.name FROM virtsql.virtual_machines AS v JOIN virtsql.hosts AS h USING (source_id) WHERE source_id = 1 LIMIT 1')[0]
    store.psql(f"INSERT INTO virtsql.vm_states (vm_uuid, source_id, host_id, state) SELECT vm_uuid, source_id, host_id, 'odd' FROM virtsql.virtual_machines WHERE vm_uuid = '{vm}' "
               "ON CONFLICT (vm_uuid, source_id, host_id) DO UPDATE SET state = excluded.state")
    path = os.path.join(folder, 'ill_rows.db')
    done = store.fleet('load', path)
    checks.that(re.search(f'left out: VM {vm} of host ".*" \\(source 1\\): vm_states: ', done.stderr), f'the VM that is left out is named: {done.stderr}')
    checks.same(shell(path, 'SELECT count(*) FROM virtual_machines; PRAGMA foreign_key_check;'), '3', 'the others are loaded')
    remove(path)
    done = store.fleet('load', path, host, check=False)
    checks.that(done.returncode == 1 and f'cannot be loaded: VM {vm}' in done.stderr and not os.path.exists(path), f'a host that is named is loaded whole or not at all: {done.stderr}')
    store.psql('UPDATE virtsql.hosts SET name = NULL WHERE source_id = 2')
    done = store.fleet('load', path)
    checks.that(re.search('left out: host ".*" \\(source 2\\): hosts: ', done.stderr), f'the host that is left out is named: {done.stderr}')
    checks.same(shell(path, 'SELECT count(*) FROM virtual_machines; SELECT count(*) FROM loaded_databases;'), '1\n1', 'the other one is loaded')


def shown(checks, cluster, folder):
    """What doctor shows of hosts: nothing of one that was retired, and no control characters."""
    store = cluster.store('shown')
    database = make_host(os.path.join(folder, 'shown.db'), [], objects=False)
    store.add_host('kvm1')
    store.push('kvm1', database)
    identity = shell(database, 'SELECT id FROM virtsql_database;')
    store.psql(f"SELECT * FROM virtsql.hello('{identity}', E'evil\\x1b[2J\\n' || repeat('x', 1000), E'1\\r', 4, now())", 'virtsql-kvm1')
    checks.same(store.rows('SELECT left(name, 12), length(name), agent_version FROM virtsql.sources'), [('evil?[2J?xxx', '255', '1?')], "the store bounds a host's name")
    store.psql("INSERT INTO virtsql.refusals (source_id, what, reason) VALUES (1, E'VM \\x1b', E'no\\nkvm9\\tline'); INSERT INTO virtsql.unplaced (source_id, table_name, row_data) VALUES (1, 'odd', '{}');"
               "INSERT INTO virtsql.captures (source_id, id, seq) VALUES (1, virtsql.microseconds(now() + interval '900 days'), 1)")
    lines = store.fleet('doctor', check=False).stdout.split('\n')
    checks.same(len(lines), 4, f'doctor has a line for each problem: {lines}')
    checks.that(any(line.endswith('\tthe store refuses VM ?: no?kvm9?line') for line in lines), f'control characters are not shown: {lines}')
    store.fleet('retire', 'kvm1')
    store.psql("INSERT INTO virtsql.refusals (source_id, what, reason) VALUES (1, 'VM', 'no'); INSERT INTO virtsql.unplaced (source_id, table_name, row_data) VALUES (1, 'odd', '{}');")
    checks.same(store.fleet('doctor').stdout, '', 'of a host that was retired nothing is shown')


def main():
    checks = Checks()
    with Cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        unchanged_for_long(checks, cluster, folder)
        compared_captures(checks, cluster, folder)
        retired_meanwhile(checks, cluster, folder)
        ill_rows(checks, cluster, folder)
        shown(checks, cluster, folder)
    checks.end()


if __name__ == '__main__':
    sys.exit(main())
