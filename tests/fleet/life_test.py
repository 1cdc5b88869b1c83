#!/usr/bin/env python3
"""The life of a source: late and pruned captures, restored, copied and reinstalled databases, migration, invalid
values, and hosts that are newer or older than the store.

    life_test.py CATALOG_TOOL [--long]    --long: with more devices and a longer text
"""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from host import DOCUMENTS, compare, compare_xml, copy_of, documents, make_host, remove, shell, store_tables, uuid_of
from postgres import PROGRAMS, Checks, Cluster, Store

TABLES = []


def new_identity(database, digit):
    shell(database, f"UPDATE virtsql_database SET id = '{digit * 8}-2222-4333-8444-555555555555';", extension=False)


def source_of(store, host):
    return store.value(f"SELECT source_id FROM virtsql.sources WHERE role = 'virtsql-{host}'")


def captures(store, host):
    return int(store.value(f'SELECT count(*) FROM virtsql.captures WHERE source_id = {source_of(store, host)}'))


def history(checks, store, database, folder):
    before = captures(store, 'kvm1')
    # A capture that was drained late: it arrived last, but its time is before all others.
    shell(database, "INSERT INTO captures (id, host_id, kind, vm_uuid, operation, config, document_sha256, source) SELECT id - 1000000, host_id, "
          "kind, vm_uuid, 'define', config, document_sha256, 'hook' FROM captures ORDER BY id LIMIT 1;", extension=False)
    checks.that(' 1 captures' in store.push('kvm1', database).stdout, 'a capture that was drained late is pushed')
    checks.same(captures(store, 'kvm1'), before + 1, 'and is there')

    # A clock that is a day ahead, and then one that is a day behind.
    for days in (1, -2):
        before = captures(store, 'kvm1')
        shell(database, f"INSERT INTO captures (id, host_id, kind, operation, source, name) SELECT id + {days} * 86400000000, host_id, 'other', "
              "'start', 'hook', 'clock' FROM captures ORDER BY seq DESC LIMIT 1;", extension=False)
        checks.that(' 1 captures' in store.push('kvm1', database).stdout, f'a capture {days} days from the newest is pushed alone')
        checks.same(captures(store, 'kvm1'), before + 1, 'and is there')
    # A clock that was a year and a half behind, and one that is far ahead.
    for days, name in ((-550, 'captures_before'), (800, 'captures_default')):
        shell(database, f"INSERT INTO captures (id, host_id, kind, operation, source, name) SELECT id + {days} * 86400000000, host_id, 'other', "
              "'start', 'hook', 'clock' FROM captures ORDER BY id LIMIT 1;", extension=False)
        store.push('kvm1', database)
        checks.same(store.value(f'SELECT count(*) FROM virtsql.{name}'), '1', f'a capture {days} days away is in {name}')
    checks.that('dated far ahead' in store.fleet('doctor', check=False).stdout, 'doctor says that captures are dated far ahead')

    # Retention of the store: what it has pruned is not sent again.
    store.fleet('prune', options=['--keep', '400d'])
    checks.same(store.value('SELECT count(*) FROM virtsql.captures_before'), '0', 'prune removes what is older')
    checks.that(' 0 captures' in store.push('kvm1', database).stdout, 'what the store has pruned is not sent again')
    checks.same(store.value('SELECT count(*) FROM virtsql.captures_before'), '0', 'and does not come back')

    # A capture that is dated ahead goes by the time when it arrived. It does not come back, although by its id it is
    # newer than all that the store has.
    store.psql("UPDATE virtsql.captures_default SET received_at = now() - interval '401 days'")
    store.fleet('prune', options=['--keep', '400d'])
    checks.same(store.value('SELECT count(*) FROM virtsql.captures_default'), '0', 'prune removes what is dated ahead')
    checks.that(' 0 captures' in store.push('kvm1', database).stdout, 'the host does not miss it')
    checks.same(store.value('SELECT count(*) FROM virtsql.captures_default'), '0', 'and it does not come back')
    checks.same(store.value('SELECT count(*) FROM virtsql.pruned'), '1', 'the store remembers it')
    role, ahead = 'virtsql-kvm1', store.value('SELECT id FROM virtsql.pruned')
    change = json.dumps([{'capture_id': int(ahead), 'place': 0, 'change': 'added', 'path': '/domain/title/text()'}])
    store.psql(f"SET SESSION AUTHORIZATION \"{role}\";\nSELECT virtsql.put_changes('00000000-0000-4000-8000-00000000dead', '{{{ahead}}}', '{change}');")
    checks.same(store.value(f'SELECT count(*) FROM virtsql.changes WHERE capture_id = {ahead}'), '0', 'nor do its changes')

    # Retention of the host: the store keeps what it has.
    before = captures(store, 'kvm1')
    removed = int(shell(database, "SELECT virtsql_prune('0 days');"))
    checks.that(removed > 0, 'the host prunes')
    checks.that('changed 0 rows' in store.push('kvm1', database).stdout, 'a host that pruned has nothing to send')
    checks.same(captures(store, 'kvm1'), before, 'and the store has what it had')

    # The captures of a month are a partition, which is dropped as a whole.
    store.psql("DO $$ BEGIN EXECUTE format('CREATE TABLE virtsql.captures_210001 PARTITION OF virtsql.captures FOR VALUES FROM (%s) TO (%s)', "
               "virtsql.microseconds('2100-01-01Z'), virtsql.microseconds('2100-02-01Z')); END $$;")
    checks.same(store.value("SELECT to_regclass('virtsql.captures_210001') IS NOT NULL"), 't', 'a month is a partition')
    store.psql("DROP TABLE virtsql.captures_210001")


def restored(checks, store, database, folder):
    """The database is restored from a backup: the store's VMs follow it, and the captures that it lost stay in the
    store."""
    shell(database, "UPDATE hosts SET name = 'kvm1';")
    backup = copy_of(database, os.path.join(folder, 'backup.db'))
    shell(database, "UPDATE disk_attachments SET driver_cache = 'unsafe'; SELECT domain_import(replace(readfile('" + documents()[0] + "'), '</name>', '-two</name>'));")
    store.push('kvm1', database)
    before = captures(store, 'kvm1')
    remove(database)
    shutil.copy(backup, database)
    store.push('kvm1', database)
    compare(checks, store, source_of(store, 'kvm1'), database, 'restored', TABLES)
    checks.same(captures(store, 'kvm1'), before, 'captures that the restored database lost stay')
    # The store loses rows as well, as after a restore. It tells the host what it has, so the host sends what is
    # missing.
    store.psql("DELETE FROM virtsql.virtual_machines WHERE vm_uuid = (SELECT min(vm_uuid::text)::uuid FROM virtsql.virtual_machines); "
               "DELETE FROM virtsql.parts WHERE table_name = 'disks'; DELETE FROM virtsql.captures WHERE id = (SELECT max(id) FROM virtsql.captures_default) "
               "OR id = (SELECT min(id) FROM virtsql.captures)")
    store.push('kvm1', database)
    compare(checks, store, source_of(store, 'kvm1'), database, 'a store that lost something', TABLES)


def identities(checks, store, database, folder):
    copied = copy_of(database, os.path.join(folder, 'copied.db'))
    store.add_host('copy')
    done = store.push('copy', copied, check=False)
    checks.that(done.returncode == 1 and 'belongs to another role' in done.stderr, f'a copied database is refused: {done.stderr}')
    checks.same(store.value("SELECT database_id IS NULL FROM virtsql.sources WHERE role = 'virtsql-copy'"), 't', 'and leaves nothing behind')

    # Where uuidgen is not installed, $(uuidgen) is empty.
    for identity in ('', 'mine'):
        shell(copied, f"UPDATE virtsql_database SET id = '{identity}';", extension=False)
        done = store.push('copy', copied, check=False)
        checks.that(done.returncode == 1 and f'is "{identity}", which is no UUID' in done.stderr and '/proc/sys/kernel/random/uuid' in done.stderr,
                    f'an identity that is none is refused: {done.stderr}')
    checks.same(store.value("SELECT database_id IS NULL FROM virtsql.sources WHERE role = 'virtsql-copy'"), 't', 'and leaves nothing behind')

    fresh = make_host(os.path.join(folder, 'fresh.db'), documents()[:3], objects=False)
    done = store.push('kvm1', fresh, check=False)
    checks.that(done.returncode == 1 and 'virtsql-fleet replace' in done.stderr, f'another database of the host is refused: {done.stderr}')
    before = captures(store, 'kvm1')
    store.fleet('replace', 'kvm1')
    store.fleet('replace', 'kvm1')
    store.push('kvm1', fresh)
    compare(checks, store, source_of(store, 'kvm1'), fresh, 'reinstalled', TABLES)
    checks.that(captures(store, 'kvm1') > before, 'what was captured before stays')

    # Whoever may not take away the host's right to log in may not retire it by half either.
    store.psql('CREATE ROLE clerk LOGIN IN ROLE virtsql_owner')
    there = store.value('SELECT count(*) FROM virtsql.virtual_machines')
    done = subprocess.run([os.path.join(PROGRAMS, 'virtsql-fleet'), 'retire', store.conninfo('clerk'), 'kvm1'], stderr=subprocess.PIPE, text=True)
    checks.that(done.returncode == 1 and 'permission denied' in done.stderr, f'a retirement without the right to alter roles: {done.stderr}')
    checks.same((store.value('SELECT count(*) FROM virtsql.virtual_machines'), store.value("SELECT retired_at IS NULL FROM virtsql.sources WHERE role = 'virtsql-kvm1'")),
                (there, 't'), 'a retirement that fails changes nothing')
    store.fleet('retire', 'kvm1')
    store.fleet('retire', 'kvm1')
    checks.same(store.value('SELECT count(*) FROM virtsql.virtual_machines'), '0', 'a retired host has no VMs')
    checks.that(captures(store, 'kvm1') > before, 'but history')
    checks.that(store.push('kvm1', fresh, check=False).returncode == 1, 'a retired host cannot push')
    store.add_host('kvm1')
    store.push('kvm1', fresh)
    compare(checks, store, source_of(store, 'kvm1'), fresh, 'back from retirement', TABLES)
    checks.that('no host' in store.fleet('retire', 'nobody', check=False).stderr, 'a host that is none is named')


def renamed(checks, store, database):
    """A host that gets another name keeps its source."""
    source, identity = source_of(store, 'kvm1'), shell(database, 'SELECT id FROM virtsql_database;')
    shell(database, "UPDATE hosts SET name = 'new-name' WHERE id = (SELECT min(id) FROM hosts);")
    store.push('kvm1', database)
    checks.same(store.value("SELECT DISTINCT source_id FROM virtsql.hosts WHERE name = 'new-name'"), source, 'rows follow a host that was renamed')
    # Calls hello with the new name, because the test does not rename the machine.
    store.psql(f"SELECT * FROM virtsql.hello('{identity}', 'new-name', '1', 4, now())", 'virtsql-kvm1')
    checks.same(store.rows("SELECT source_id, role FROM virtsql.host_lag WHERE host = 'new-name'"), [(source, 'virtsql-kvm1')], 'its source has the new name')
    checks.that('changed 0 rows' in store.push('kvm1', database).stdout, 'and nothing else changed')


def long_reader(checks, cluster, folder):
    """Somebody reads in one transaction for very long: hosts push, the reader sees what was, and prune and upgrade say
    who is in the way."""
    store = cluster.store('reader')
    database = make_host(os.path.join(folder, 'read.db'), documents()[:5], objects=False)
    store.add_host('kvm1')
    store.push('kvm1', database)
    # As if the store had been there in 2001: captures of January 2001 then have a partition of their own.
    store.psql("SET ROLE virtsql_owner; DO $$ DECLARE low bigint := virtsql.microseconds('2001-01-01Z'); high bigint := virtsql.microseconds('2001-02-01Z'); BEGIN\n"
               "DELETE FROM virtsql.captures_before; ALTER TABLE virtsql.captures DETACH PARTITION virtsql.captures_before;\n"
               "EXECUTE format('ALTER TABLE virtsql.captures ATTACH PARTITION virtsql.captures_before FOR VALUES FROM (MINVALUE) TO (%s)', low);\n"
               "EXECUTE format('CREATE TABLE virtsql.captures_200101 PARTITION OF virtsql.captures FOR VALUES FROM (%s) TO (%s)', low, high); END $$;")
    reader = subprocess.Popen(['psql', '-X', '-q', '-At', '-d', store.conninfo()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(sql):
        reader.stdin.write(sql + ';\n')
        reader.stdin.flush()
        return reader.stdout.readline().strip()
    titled = "SELECT count(*) FROM virtsql.virtual_machines WHERE title = 'pushed meanwhile'"
    try:
        reader.stdin.write('BEGIN ISOLATION LEVEL REPEATABLE READ;\n')
        checks.same(ask(titled), '0', 'the reader reads')
        ask('SELECT count(*) FROM virtsql.captures, virtsql.vms')
        shell(database, "UPDATE virtual_machines SET title = 'pushed meanwhile';")
        checks.that('pushed' in store.push('kvm1', database, timeout=20).stdout, 'a reader holds up no push')
        checks.that(int(store.value(titled)) > 0, 'which is there')
        checks.same(ask(titled), '0', 'the reader sees what was')
        begin = time.time()
        done = store.fleet('prune', check=False, options=['--keep', '400d'])
        checks.that(done.returncode == 1 and 'pg_stat_activity' in done.stderr and time.time() - begin < 15, f'prune, which would drop what he reads, says so: {done.stderr.strip()}')
        store.psql("UPDATE virtsql.store SET schema_sha256 = 'older'")
        done = store.fleet('upgrade', check=False)
        checks.that(done.returncode == 1 and 'pg_stat_activity' in done.stderr, f'so does upgrade: {done.stderr.strip()}')
        shell(database, "UPDATE virtual_machines SET title = 'pushed after it';")
        checks.that('pushed' in store.push('kvm1', database, timeout=20).stdout, 'and pushes go on')
    finally:
        reader.stdin.close()
        reader.wait()
    store.fleet('prune', options=['--keep', '400d'])
    checks.same(store.value("SELECT to_regclass('virtsql.captures_200101') IS NULL"), 't', 'once he is gone, the month goes')
    checks.that('upgraded' in store.fleet('upgrade').stdout, 'and the store is upgraded')


def newer_store(checks, cluster):
    """An older program does not take back what a newer one made."""
    store = cluster.store('newer')
    version = store.value('SELECT schema_version FROM virtsql.store')
    for made in ("made_by = '99.0'", "made_by = '', schema_version = 1000"):
        store.psql(f"UPDATE virtsql.store SET schema_sha256 = 'of another', {made}")
        for command in ('init', 'upgrade'):
            done = store.fleet(command, check=False)
            checks.that(done.returncode == 1 and 'or a newer one' in done.stderr, f'{command} of a store with {made}: {done.stdout} {done.stderr}')
        checks.same(store.value('SELECT schema_sha256 FROM virtsql.store'), 'of another', 'nothing is changed')
    store.psql(f"UPDATE virtsql.store SET made_by = '0.0.1', schema_version = {version}")
    checks.same(store.fleet('init').stdout, 'the store is upgraded\n', 'init of an older store says what it did')
    checks.same(store.fleet('init').stdout, 'the store is up to date\n', 'and then that there is nothing to do')


def wait_for_lock(store, process, seconds=20):
    """Waits until a session of the store waits for a lock. Returns whether one does, and the process has not ended."""
    deadline = time.time() + seconds
    while time.time() < deadline and process.poll() is None:
        if store.rows("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"):
            return process.poll() is None
        time.sleep(0.05)
    return False


def pruned_meanwhile(checks, cluster, folder):
    """A document that no capture needs is pruned while a host, which believes it there, sends a capture that names it."""
    store = cluster.store('meanwhile')
    database = make_host(os.path.join(folder, 'meanwhile.db'), documents()[:1], objects=False)
    store.add_host('kvm1')
    store.push('kvm1', database)
    digest = store.value('SELECT min(sha256::text) FROM virtsql.documents')
    sent = (f"BEGIN; SELECT virtsql.put_captures(jsonb_build_array(jsonb_build_object('id', virtsql.microseconds(now()), 'seq', 9, 'kind', 'domain', "
            f"'document_sha256', '{digest}'))); SELECT virtsql.expect_documents('{{\"\\{digest}\"}}');\n")
    store.psql('GRANT EXECUTE ON FUNCTION virtsql.microseconds TO virtsql_host; DELETE FROM virtsql.captures')
    host = subprocess.Popen(['psql', '-X', '-q', '-At', '-d', store.conninfo('virtsql-kvm1')], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    host.stdin.write(sent + '\\echo sent\n')
    host.stdin.flush()
    while host.stdout.readline() not in ('sent\n', ''):
        pass
    prune = subprocess.Popen([os.path.join(PROGRAMS, 'virtsql-fleet'), 'prune', '--keep', '400d', store.conninfo()])
    checks.that(wait_for_lock(store, prune), 'prune waits for the push')
    host.communicate('COMMIT;\n')
    checks.same(prune.wait(20), 0, 'and then goes on')
    checks.same(store.rows('SELECT d.sha256::text FROM virtsql.captures AS c JOIN virtsql.documents AS d ON d.sha256 = c.document_sha256'), [(digest,)],
                'and leaves the document that a capture now names')
    store.psql('DELETE FROM virtsql.captures')
    store.fleet('prune', options=['--keep', '400d'])
    checks.same(store.value('SELECT count(*) FROM virtsql.documents'), '0', 'a document that nothing names goes')
    done = store.psql(sent + 'COMMIT;', 'virtsql-kvm1', check=False)
    checks.that('the host sends it anew' in done.stderr, f'a capture without its document is not taken: {done.stderr}')
    store.push('kvm1', database)
    compare_xml(checks, store, source_of(store, 'kvm1'), database, 'after prune')


def added_by_service(checks, cluster, folder):
    """add-host with a service of this host: what it prints works on a host that does not have the service."""
    store = cluster.store('service')
    database = make_host(os.path.join(folder, 'service.db'), documents()[:1], objects=False)
    here, there = (os.path.join(folder, name) for name in ('here.conf', 'there.conf'))
    with open(here, 'w', encoding='ascii') as file:
        file.write(f'[admin]\nhost={cluster.folder}\nport={cluster.port}\ndbname={store.name}\nuser={cluster.user}\n')
    done = subprocess.run([os.path.join(PROGRAMS, 'virtsql-fleet'), 'add-host', 'service=admin', 'kvm1'], env={**os.environ, 'PGSERVICEFILE': here},
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    checks.that(done.returncode == 0 and 'service=admin' not in done.stdout, f'add-host: {done.stdout} {done.stderr}')
    with open(there, 'w', encoding='ascii') as file:
        file.write(done.stdout[done.stdout.index('[virtsql]'):])
    done = subprocess.run([os.path.join(PROGRAMS, 'virtsql-push'), '--once', '--database', database, '--config', '/dev/null', '--fleet', 'service=virtsql'],
                          env={**os.environ, 'PGSERVICEFILE': there}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    checks.same((done.returncode, done.stderr), (0, ''), 'the host pushes with it')


def migrated(checks, cluster, folder):
    """A VM goes from one host to the other and back: one row is current, and both hosts have its history."""
    store = cluster.store('migrated')
    document = documents()[0]
    hosts = {}
    for digit, host in (('a', 'kvma'), ('b', 'kvmb')):
        hosts[host] = make_host(os.path.join(folder, host + '.db'), [document] if host == 'kvma' else [], objects=False)
        new_identity(hosts[host], digit)
        store.add_host(host)
    uuid = shell(hosts['kvma'], 'SELECT uuid FROM virtual_machines;')

    def run(host, state):
        shell(hosts[host], f"UPDATE vm_states SET state = '{state}', last_seen = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE vm_uuid = '{uuid}';")
        store.push(host, hosts[host])

    def current():
        return store.rows('SELECT role, state FROM virtsql.current_virtual_machines JOIN virtsql.sources USING (source_id)')

    run('kvma', 'running')
    shell(hosts['kvmb'], f"SELECT domain_import(readfile('{document}'));")
    run('kvmb', 'paused')
    checks.same(len(current()), 1, 'while a VM moves, one row is current')
    checks.same(store.value('SELECT count(*) FROM virtsql.claims'), '2', 'and two hosts claim it')
    run('kvma', 'undefined')
    run('kvmb', 'running')
    checks.same(current(), [('virtsql-kvmb', 'running')], 'then it is on the other host')
    checks.same(store.value('SELECT count(*) FROM virtsql.claims'), '0', 'which alone claims it')
    run('kvmb', 'undefined')
    run('kvma', 'running')
    checks.same(current(), [('virtsql-kvma', 'running')], 'and back')
    checks.same(store.value(f"SELECT count(DISTINCT source_id) FROM virtsql.captures WHERE vm_uuid = '{uuid}'"), '2', 'both have its history')


# PostgreSQL cannot put it into an index, not even compressed: it has no repetitions.
LONG = hashlib.shake_256(b'long').hexdigest(2500)


def ill_values(checks, cluster, folder, large):
    store = cluster.store('ill')
    database = make_host(os.path.join(folder, 'ill.db'), documents(distinct=True)[:6])
    evil = "'); DROP TABLE virtsql.sources; --\\\" {}$$"
    quoted = evil.replace("'", "''")
    shell(database, f"""
      PRAGMA foreign_keys = ON;
      UPDATE virtual_machines SET uuid = 'zzz' WHERE id = 1;
      UPDATE virtual_machines SET title = '{quoted}', description = '{quoted}' WHERE id = 2;
      UPDATE virtual_machines SET title = CAST(x'6100ff62' AS TEXT) WHERE id = 3;
      UPDATE virtual_machines SET description = CAST(x'c328' AS TEXT), memory = 9223372036854775807 WHERE id = 4;
      UPDATE virtual_machines SET description = replace(hex(zeroblob({8 if large else 1} * 1048576)), '00', 'ab') WHERE id = 5;
      UPDATE hosts SET name = '{quoted}';
      UPDATE virtual_machines SET name = '{LONG}' WHERE id = 6;
      UPDATE disks SET path = '/{LONG}' WHERE id = (SELECT min(id) FROM disks WHERE path IS NOT NULL);""")
    count = 10000 if large else 1000
    shell(database, f"""WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < {count})
      INSERT INTO consoles (vm_uuid, element, type, position) SELECT v.uuid, 'console', 'pty', i + 100 FROM n, virtual_machines AS v WHERE v.id = 6;""")
    checks.that(store.fleet('add-host', 'two\nlines', check=False).returncode == 2, 'a host with a line break in its name is refused')
    store.add_host('ill')
    done = store.push('ill', database)
    checks.that('changed 0 rows' in store.push('ill', database).stdout, 'ill values are not pushed again and again')
    source = source_of(store, 'ill')
    vms = dict(store.rows(f"SELECT uuid, vm_uuid FROM virtsql.virtual_machines WHERE source_id = {source}"))
    # python3 -c 'import uuid; print(uuid.uuid5(uuid.NAMESPACE_OID, "zzz"))'
    checks.same(vms.get('zzz'), '34ea6eb6-117d-58c8-8678-a7fb769ec353', 'a UUID that is none has a UUID of its own')
    checks.same(store.value('SELECT title FROM virtsql.virtual_machines WHERE id = 2'), evil, 'SQL in a text is text')
    checks.same(store.value("SELECT extra->'title'->>'base64' FROM virtsql.virtual_machines WHERE id = 3"), 'YQD/Yg==', 'NUL is in extra')
    checks.same(store.value("SELECT extra->'description'->>'base64' FROM virtsql.virtual_machines WHERE id = 4"), 'wyg=', 'so is what is no UTF-8')
    checks.same(store.value('SELECT count(*) FROM virtsql.consoles AS c JOIN virtsql.virtual_machines AS v USING (vm_uuid) WHERE v.id = 6 AND c.position >= 100'),
                str(count + 1), 'a VM with very many devices is there')
    checks.same(store.value('SELECT length(description) FROM virtsql.virtual_machines WHERE id = 5'), shell(database, 'SELECT length(description) FROM virtual_machines WHERE id = 5'),
                'so is a very long text')
    checks.same(store.value("SELECT extra->>'name' FROM virtsql.virtual_machines WHERE id = 6"), LONG, 'a name too long for an index is in extra')
    checks.same(store.value("SELECT extra->>'path' FROM virtsql.disks WHERE extra ? 'path'"), '/' + LONG, 'so is a path')
    checks.that(done.stderr == '', f'nothing is refused: {done.stderr[:500]}')


def refused(checks, cluster, folder):
    """The store lacks only what it refuses, says so, and takes it as soon as it can."""
    store = cluster.store('refused')
    database = make_host(os.path.join(folder, 'refused.db'), documents(distinct=True)[:9])
    store.add_host('kvm1')
    shell(database, "UPDATE virtual_machines SET title = 'refused' WHERE id = 3;")
    # More captures than a batch has. One of the first batch is refused; the second has the documents of the other VMs.
    shell(database, """WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 5100)
      INSERT INTO captures (id, host_id, kind, vm_uuid, operation, config, document_sha256, source)
      SELECT c.id - n.i, c.host_id, c.kind, c.vm_uuid, c.operation, c.config, c.document_sha256, 'hook' FROM n, (SELECT * FROM captures ORDER BY id LIMIT 1) AS c;""", extension=False)
    capture = shell(database, 'SELECT id FROM captures ORDER BY id LIMIT 1 OFFSET 40;')
    store.psql(f"""ALTER TABLE virtsql.virtual_machines ADD CONSTRAINT no_title CHECK (title <> 'refused');
        ALTER TABLE virtsql.captures ADD CONSTRAINT no_capture CHECK (id <> {capture});""")
    vm = uuid_of(shell(database, 'SELECT uuid FROM virtual_machines WHERE id = 3;'))
    done = store.push('kvm1', database, check=False)
    checks.same(done.returncode, 1, 'a push that the store refused in part says so')
    for what in (f'refuses VM {vm}: ', f'refuses capture {capture}: '):
        checks.that(what in done.stderr, f'what is refused is named: {done.stderr}')
    checks.same(store.value('SELECT count(*) FROM virtsql.virtual_machines'), '8', 'the store has the other VMs')
    checks.same(store.value('SELECT count(*) FROM virtsql.captures'),
                str(int(shell(database, 'SELECT count(*) FROM captures;')) - 1), 'and the other captures')
    checks.same(store.value('SELECT count(definition_sha256) FROM virtsql.documents'),
                shell(database, "SELECT count(DISTINCT document_sha256) FROM captures WHERE kind = 'domain';"), 'and what each document defines')
    doctor = store.fleet('doctor', check=False).stdout
    for what in (f'VM {vm}', f'capture {capture}'):
        checks.that(f'the store refuses {what}: ' in doctor, f'virtsql-fleet doctor tells of {what}: {doctor}')
    store.psql('ALTER TABLE virtsql.virtual_machines DROP CONSTRAINT no_title; ALTER TABLE virtsql.captures DROP CONSTRAINT no_capture;')
    store.push('kvm1', database)
    compare(checks, store, source_of(store, 'kvm1'), database, 'what was refused', TABLES)
    checks.same(store.value('SELECT count(*) FROM virtsql.captures'), shell(database, 'SELECT count(*) FROM captures;'), 'all captures are there')
    checks.that('the store refuses' not in store.fleet('doctor', check=False).stdout, 'and nothing is refused any more')


def loaded(checks, cluster, folder):
    """`virtsql-fleet load` takes what a host's life leaves in the store."""
    store = cluster.store('loaded')
    store.add_host('kvm1')
    store.add_host('kvm2')

    def load(name, *host):
        path = os.path.join(folder, name)
        done = store.fleet('load', path, *host, check=False)
        checks.same((done.returncode, done.stderr), (0, ''), f'load {name}')
        checks.same(os.stat(path).st_mode & 0o777, 0o640, 'what is loaded is not for everybody')
        return path

    def documents_named(*names):
        return [os.path.join(DOCUMENTS, f'{name}.xml') for name in names]

    # The database is restored from a backup, without its newest capture, and goes on: the next one has the same seq.
    database = make_host(os.path.join(folder, 'backed_up.db'), documents_named('web'), objects=False)
    shell(database, "UPDATE hosts SET name = 'kvm1';")
    backup = copy_of(database, os.path.join(folder, 'first_backup.db'))
    shell(database, f"SELECT domain_import(readfile('{DOCUMENTS}/db.xml'), 'kvm1');")
    store.push('kvm1', database)
    remove(database)
    shutil.copy(backup, database)
    shell(database, f"SELECT domain_import(readfile('{DOCUMENTS}/live.xml'), 'kvm1');")
    store.push('kvm1', database)
    both = load('restored.loaded.db')
    checks.same(shell(both, 'SELECT count(*), count(DISTINCT seq) FROM captures;'), '3|3', 'each capture has an order of its own')
    checks.same(shell(both, 'SELECT v.name FROM captures AS c JOIN virtual_machines AS v ON v.uuid = c.vm_uuid ORDER BY seq;'),
                shell(database, 'SELECT name FROM virtual_machines ORDER BY id;'), 'which is that in which they came')

    # From there on all captures come behind those that were lost, also those whose seq nobody had.
    shell(database, f"SELECT domain_import(replace(readfile('{DOCUMENTS}/live.xml'), '</name>', '</name><title>t</title>'), 'kvm1');")
    store.push('kvm1', database)
    checks.same(shell(load('later.db'), 'SELECT group_concat(seq - (SELECT min(seq) FROM captures)) FROM (SELECT seq FROM captures ORDER BY id);'), '0,1,2,3', 'their order is that of their time')

    # Another host claims a VM, and its claim is the better one: it runs there. Each host still has it.
    uuid = shell(database, "SELECT uuid FROM virtual_machines WHERE name = 'web';")
    other = make_host(os.path.join(folder, 'claims.db'), documents_named('web'), objects=False)
    shell(other, f"INSERT INTO vm_states (vm_uuid, host_id, state) VALUES ('{uuid}', 1, 'running') ON CONFLICT DO UPDATE SET state = 'running'; UPDATE hosts SET name = 'kvm2';")
    # A number that the store's column cannot hold.
    shell(other, "SELECT interface_import('<interface type=''bridge'' name=''br1''><bridge stp=''on'' delay=''inf''/></interface>', 'kvm2');")
    store.push('kvm2', other)
    for host in ('kvm1', 'kvm2'):
        path = load(f'{host}.loaded.db', host)
        checks.same(shell(path, f"SELECT host FROM vms WHERE uuid = '{uuid}';"), host, f'{host} has the VM that both claim')
    checks.same(shell(load('all.db'), f"SELECT group_concat(host) FROM vms WHERE uuid = '{uuid}';"), 'kvm2', 'of all hosts it is where it runs')
    checks.same(shell(load('infinite.db'), 'SELECT bridge_delay FROM host_interfaces;'), 'Inf', 'an infinite number comes back')

    # A push that comes while the tables are read is there as a whole, or not at all. This one removes kvm1's VMs once the
    # table of VMs has been read. A load that is killed leaves no database.
    path = os.path.join(folder, 'killed.db')
    for killed in (True, False):
        host = subprocess.Popen(['psql', '-X', '-q', '-At', '-d', store.conninfo()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        host.stdin.write('BEGIN; LOCK TABLE virtsql.disk_attachments; SET LOCAL SESSION AUTHORIZATION "virtsql-kvm1";\n'
                         'SELECT virtsql.drop_vms(array_agg(k.vm)) FROM virtsql.known_vms() AS k;\n\\echo sent\n')
        host.stdin.flush()
        while host.stdout.readline() not in ('sent\n', ''):
            pass
        loader = subprocess.Popen([os.path.join(PROGRAMS, 'virtsql-fleet'), 'load', store.conninfo(), path, 'kvm1'], stdout=subprocess.DEVNULL)
        checks.that(wait_for_lock(store, loader), 'load is in the midst of the tables')
        again = store.fleet('load', path, check=False)
        checks.that(again.returncode == 1 and 'another virtsql-fleet load' in again.stderr, f'two loads do not write one file: {again.stderr}')
        if killed:
            loader.kill()
            loader.wait()
            checks.that(not os.path.exists(path), 'a load that was killed leaves no database')
        host.communicate('ROLLBACK;\n' if killed else 'COMMIT;\n')
        if not killed:
            checks.same(loader.wait(20), 0, 'load waits for the lock')
    checks.same(store.value(f"SELECT count(*) FROM virtsql.virtual_machines WHERE source_id = {source_of(store, 'kvm1')}"), '0', 'the push removed the VMs')
    checks.same(shell(path, 'SELECT count(*) FROM virtual_machines AS v WHERE EXISTS (SELECT 1 FROM disk_attachments AS d WHERE d.vm_uuid = v.uuid);'),
                shell(database, 'SELECT count(DISTINCT vm_uuid) FROM disk_attachments;'), 'and each VM that was loaded has its devices')
    checks.same(sorted(name for name in os.listdir(folder) if name.startswith('killed.db.new')), [], 'the file with another name is gone')
    store.push('kvm1', database)
    for arguments, word in ((['load', 'x'], 'load takes CONNINFO'), (['load', 'x', 'y', '--print'], 'load has no option --print'), (['load', 'x', 'y', '--keep', '400d'], 'no option --keep'),
                            (['translate', '--password'], 'no option --password'), (['nothing'], 'no command nothing'), (['add-host', 'x'], "the host's NAME")):
        done = subprocess.run([os.path.join(PROGRAMS, 'virtsql-fleet'), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        checks.that(done.returncode == 2 and word in done.stderr.split('\n')[0], f'{arguments}: {done.returncode} {done.stderr}')

    # A store that is older than the program, and a database without a store.
    store.psql('ALTER TABLE virtsql.networks RENAME COLUMN bridge_name TO of_yesterday')
    done = store.fleet('load', os.path.join(folder, 'older_store.db'), check=False)
    checks.that(done.returncode == 1 and 'virtsql-fleet upgrade' in done.stderr, f'load from an older store: {done.stderr}')
    store.psql('ALTER TABLE virtsql.networks RENAME COLUMN of_yesterday TO bridge_name')
    nothing = cluster.empty('nothing')
    for command, *words in (('doctor',), ('add-host', 'kvm1'), ('retire', 'kvm1'), ('load', os.path.join(folder, 'nothing.db'))):
        done = nothing.fleet(command, *words, check=False)
        checks.that(done.returncode == 1 and 'virtsql-fleet init makes one' in done.stderr, f'{command} without a store: {done.stderr}')

    # What cannot be loaded leaves no half database.
    store.psql("ALTER TABLE virtsql.captures RENAME TO captures_away;")
    path = os.path.join(folder, 'half.db')
    checks.that(store.fleet('load', path, check=False).returncode == 1, 'a load that fails says so')
    checks.same([name for name in os.listdir(folder) if name.startswith('half.db')], [], 'and leaves nothing')
    store.psql("ALTER TABLE virtsql.captures_away RENAME TO captures;")


# Values where the XML should have a number: SQLite cannot hold them as integers, or spells them in another way.
SPELLINGS = ('0x10', '007', '12345678901234567890', '-0', '+4', '1e3', '9223372036854775808')


def ill_numbers(checks, cluster, folder):
    """Spellings that are no canonical integers come through: the store has the host's rows, and the XML byte for
    byte."""
    store = cluster.store('numbers')
    database = make_host(os.path.join(folder, 'numbers.db'), [], objects=False)
    for number, spelling in enumerate(SPELLINGS):
        path = os.path.join(folder, f'number{number}.xml')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(f"<domain type='kvm'>\n  <name>n{number}</name>\n  <uuid>0e0e0e0e-0000-4000-8000-00000000000{number}</uuid>\n"
                       f"  <memory unit='KiB'>{spelling}</memory>\n  <vcpu placement='static' current='{spelling}'>4</vcpu>\n"
                       f"  <iothreads>{spelling}</iothreads>\n</domain>\n")
        shell(database, f"SELECT domain_import(readfile('{path}'));")
    store.add_host('kvm1')
    done = store.push('kvm1', database)
    checks.same(done.stderr, '', 'no spelling is refused')
    source = source_of(store, 'kvm1')
    compare(checks, store, source, database, 'spellings', TABLES)
    compare_xml(checks, store, source, database, 'spellings')
    for number, spelling in enumerate(SPELLINGS):
        checks.that(spelling in store.value(f"SELECT xml FROM virtsql.virtual_machines WHERE name = 'n{number}'"), f'{spelling} is in the XML')
    checks.that('changed 0 rows' in store.push('kvm1', database).stdout, 'and are not pushed again')


def reused_ids(checks, cluster, folder):
    """SQLite gives the id of a deleted row to the next new one. The store does not keep the deleted row of the other VM."""
    store = cluster.store('reused')
    database = make_host(os.path.join(folder, 'reused.db'), [], objects=False)
    store.add_host('kvm1')

    def define(name, number, disks):
        devices = ''.join(f"<disk type='file'><source file='/{name}-{disk}'/><target dev='{disk}'/></disk>" for disk in disks)
        path = os.path.join(folder, f'{name}.xml')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(f"<domain type='kvm'><name>{name}</name><uuid>0c0c0c0c-0000-4000-8000-00000000000{number}</uuid><devices>{devices}</devices></domain>")
        shell(database, f"SELECT domain_import(readfile('{path}'));")

    define('b', 2, [])
    define('a', 1, ['vda', 'vdb'])
    store.push('kvm1', database)
    define('a', 1, ['vda'])
    define('b', 2, ['vda'])
    checks.same(shell(database, 'SELECT vm_name, id FROM vm_disks ORDER BY id;'), 'a|1\nb|2', 'an id is used again')
    store.push('kvm1', database)
    compare(checks, store, source_of(store, 'kvm1'), database, 'ids that are used again', TABLES)


def redacted(checks, cluster, folder):
    """What was captured before the configuration had a line `redact` does not leave the host."""
    store = cluster.store('redacted')
    database = make_host(os.path.join(folder, 'redacted.db'))
    title = 'SENTINEL-c2FsdA'
    shell(database, f"UPDATE virtual_machines SET title = '{title}' WHERE id = 1; SELECT domain_import(domain_xml(uuid)) FROM virtual_machines WHERE id = 1;")
    shell(database, f"SELECT snapshot_import(replace(captured_xml(max(id)), '</uuid>', '</uuid><title>{title}</title>')) FROM captures WHERE kind = 'domainsnapshot';")
    checks.that(title in shell(database, 'SELECT domain_json FROM vm_snapshots;'), 'a snapshot has the title of its domain')
    config = os.path.join(folder, 'redact.conf')
    with open(config, 'w', encoding='ascii') as file:
        file.write('redact = /domain/title\n')
    store.add_host('kvm1')
    store.push('kvm1', database, '--config', config)

    def everything():
        return ''.join(store.psql(f'SELECT to_jsonb(t) FROM virtsql."{table}" AS t').stdout for table in (*TABLES, 'documents', 'changes', 'captures'))

    dump = everything()
    checks.that(title not in dump, 'nothing of it is in the store')
    checks.that('name' in store.value('SELECT domain_json FROM virtsql.vm_snapshots'), 'the rest of the snapshot is')
    checks.that(int(store.value('SELECT count(*) FROM virtsql.documents WHERE withheld AND document IS NULL')) >= 1, 'the document is withheld')
    checks.that('changed 0 rows' in store.push('kvm1', database, '--config', config).stdout, 'what is withheld is not sent again')
    shell(database, "UPDATE virtual_machines SET title = 'other' WHERE id = 1; "
          "SELECT domain_import(captured_xml((SELECT max(c.id) FROM captures AS c WHERE c.vm_uuid = v.uuid))) FROM virtual_machines AS v WHERE v.id = 1;")
    checks.that(title in shell(database, 'SELECT drift_details FROM virtual_machines WHERE id = 1;'), 'the host knows how its rows differ')
    store.push('kvm1', database, '--config', config)
    dump = everything()
    checks.that('/domain/title' in dump and title not in dump, 'the store knows where they differ, and no value')


OLDER = (('disk.catalog', r'^ +@detect_zeroes +text .*\n', ''), ('domain.catalog', r'^ +qemu:add +set qemu_capability_additions.*\n +@capability.*\n', ''))
NEWER = (('disk.catalog', r'^( +)(@detect_zeroes +text .*\n)', r'\1\2\1@of_tomorrow  text  What libvirt has tomorrow.\n'),)


def other_catalog(tool, folder, changes):
    """The SQL of a store that another catalog makes. changes: (file, pattern, replacement) for each difference to
    ours."""
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'core', 'catalog')
    catalog = os.path.join(folder, 'catalog')
    shutil.rmtree(catalog, ignore_errors=True)
    shutil.copytree(source, catalog)
    for name, pattern, replacement in changes:
        path = os.path.join(catalog, name)
        with open(path, encoding='utf-8') as file:
            text = file.read()
        changed, count = re.subn(pattern, replacement, text, flags=re.M)
        if count == 1:
            with open(path, 'w', encoding='utf-8') as file:
                file.write(changed)
    return subprocess.run([tool, 'fleet', catalog], stdout=subprocess.PIPE, check=True, text=True).stdout


def skew(checks, cluster, folder, tool):
    """A host is newer than the store. The store lacks one column, and one table that no view names."""
    store = cluster.empty('skew')
    sql = other_catalog(tool, folder, OLDER)
    version = Store(cluster, 'made').value('SELECT schema_version FROM virtsql.store')
    store.psql('BEGIN;\n' + sql + f"UPDATE virtsql.store SET schema_sha256 = 'older', schema_version = {version};\nCOMMIT;")
    lacks = {column for column, in store.rows("SELECT column_name FROM virtsql.columns() WHERE table_name = 'disk_attachments'")}
    checks.that('driver_detect_zeroes' not in lacks, 'the older store lacks a column')
    lacks_table = store.value("SELECT to_regclass('virtsql.qemu_capability_additions') IS NULL") == 't'
    checks.that(lacks_table, 'and a table')
    database = make_host(os.path.join(folder, 'skew.db'))
    store.add_host('newer')
    store.push('newer', database)
    checks.that(int(store.value("SELECT count(*) FROM virtsql.disk_attachments WHERE extra ? 'driver_detect_zeroes'")) > 0, 'unknown columns are in extra')
    checks.that(int(store.value("SELECT count(*) FROM virtsql.unplaced WHERE table_name = 'qemu_capability_additions'")) > 0, 'unknown tables are in unplaced')
    checks.that('is newer than the store' in store.fleet('doctor', check=False).stdout, 'doctor says so')
    checks.that('changed 0 rows' in store.push('newer', database).stdout, 'and are not pushed again')
    store.fleet('upgrade')
    compare(checks, store, source_of(store, 'newer'), database, 'upgraded', store_tables(store))
    checks.same(store.value('SELECT count(*) FROM virtsql.unplaced'), '0', 'upgrade takes unknown rows into their tables')
    checks.that('changed 0 rows' in store.push('newer', database).stdout, 'nothing is sent again')
    store.psql('UPDATE virtsql.store SET schema_version = 1')
    done = store.push('newer', database, check=False)
    checks.that(done.returncode == 1 and 'virtsql-fleet upgrade' in done.stderr, f'a store that is too old refuses in words: {done.stderr}')


def odd_values_of_new_columns(checks, cluster):
    """The store lacks columns for which a newer host has sent values, among them some that the columns cannot hold."""
    store = cluster.store('odd')
    store.add_host('kvm1')
    source = source_of(store, 'kvm1')
    # Table and column, the values, and those of them that the column can hold.
    columns = (('disks', 'path', ['/plain', '/' + LONG, {'base64': 'AA=='}, 7], ['/plain', '7']),
               ('host_capabilities', 'cpu_pae', [1, 99999, -1, '0x1', {'base64': 'AA=='}, 1.5, None], ['1', '-1']),
               ('networks', 'bridge_delay', [2 ** 40, 2 ** 70, '0x10', 1.5, '7', ['bridge_delay']], [str(2 ** 40)]))
    for table, column, values, _ in columns:
        store.psql(f'ALTER TABLE virtsql.{table} DROP COLUMN {column} CASCADE')
        for number, value in enumerate(values):
            extra = json.dumps({column: value, 'of_tomorrow': 1})
            store.psql(f"INSERT INTO virtsql.{table} (source_id, id, extra) VALUES ({source}, {number}, '{extra}')")
    store.psql("UPDATE virtsql.store SET schema_sha256 = 'older'")
    done = store.fleet('upgrade', check=False)
    checks.same((done.returncode, done.stderr), (0, ''), 'odd values keep no upgrade from working')
    for table, column, values, fit in columns:
        checks.same([value for value, in store.rows(f"SELECT {column} FROM virtsql.{table} WHERE extra = '{{\"of_tomorrow\": 1}}' ORDER BY id")], fit, f'{table}.{column} has what fits')
        checks.same(store.value(f"SELECT count(*) FROM virtsql.{table} WHERE extra ? '{column}' AND {column} IS NULL"), str(len(values) - len(fit)), f'the rest of {table}.{column} stays in extra')


def older_host(checks, cluster, folder, tool):
    """A host is older than the store: it has one column less."""
    store = cluster.empty('older')
    store.psql('BEGIN;\n' + other_catalog(tool, folder, NEWER) + "UPDATE virtsql.store SET schema_sha256 = 'newer', schema_version = 1000;\nCOMMIT;")
    checks.same(store.value("SELECT count(*) FROM virtsql.columns() WHERE column_name = 'driver_of_tomorrow' AND table_name = 'disk_attachments'"), '1', 'the newer store has a column more')
    database = make_host(os.path.join(folder, 'older.db'), documents()[:20])
    store.add_host('older')
    store.push('older', database)
    checks.same(store.rows('SELECT DISTINCT driver_of_tomorrow IS NULL FROM virtsql.disk_attachments'), [('t',)], 'which is NULL')
    compare(checks, store, source_of(store, 'older'), database, 'an older host', store_tables(store))
    checks.that('changed 0 rows' in store.push('older', database).stdout, 'nothing is sent again')
    shell(database, "UPDATE disk_attachments SET driver_cache = 'directsync' WHERE id = (SELECT min(id) FROM disk_attachments);")
    store.push('older', database)
    compare(checks, store, source_of(store, 'older'), database, 'a change of an older host', store_tables(store))


def main():
    checks = Checks()
    with Cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        database = make_host(os.path.join(folder, 'host.db'))
        store = cluster.store('life')
        TABLES.extend(store_tables(store))
        store.add_host('kvm1')
        store.push('kvm1', database)
        history(checks, store, database, folder)
        restored(checks, store, database, folder)
        renamed(checks, store, database)
        identities(checks, store, database, folder)
        long_reader(checks, cluster, folder)
        newer_store(checks, cluster)
        pruned_meanwhile(checks, cluster, folder)
        added_by_service(checks, cluster, folder)
        migrated(checks, cluster, folder)
        ill_values(checks, cluster, folder, '--long' in sys.argv)
        ill_numbers(checks, cluster, folder)
        refused(checks, cluster, folder)
        loaded(checks, cluster, folder)
        reused_ids(checks, cluster, folder)
        redacted(checks, cluster, folder)
        skew(checks, cluster, folder, sys.argv[1])
        odd_values_of_new_columns(checks, cluster)
        older_host(checks, cluster, folder, sys.argv[1])
    checks.end()


if __name__ == '__main__':
    sys.exit(main())
