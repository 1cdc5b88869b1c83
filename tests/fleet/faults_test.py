#!/usr/bin/env python3
"""Wherever and by whatever a push is ended, the store has each VM whole or not at all, and the next push makes it equal
to the host.

    faults_test.py LIBPQ_FAULTS [--long]

--long kills the pusher at every call of libpq. Otherwise it is killed at a sample of the calls.
"""
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from host import compare, copy_of, documents, make_host, shell, store_tables
from postgres import PROGRAMS, Checks, Cluster

SAMPLE = 8
CACHE = "UPDATE disk_attachments SET driver_cache = '{}' WHERE driver_cache IS NOT NULL;"


def checksums(store, tables):
    """What the store has of its only source: a digest for each table."""
    each = ''.join(
        f"SELECT '{table}', md5(coalesce(string_agg(md5((to_jsonb(t) - 'source_id')::text), '' ORDER BY to_jsonb(t)::text), '')) FROM virtsql.\"{table}\" AS t;\n"
        for table in tables)
    return dict(store.rows(each + "SELECT 'captures', md5(string_agg(c.id || coalesce(encode(c.document_sha256, 'hex'), ''), ',' ORDER BY c.id)) "
                           "FROM virtsql.captures AS c;\nSELECT 'documents', md5(string_agg(encode(d.sha256, 'hex'), ',' ORDER BY d.sha256)) "
                           "FROM virtsql.documents AS d;"))


def counts(store, tables):
    """How many rows each VM has in each table."""
    arms = ' UNION ALL '.join(f"SELECT vm_uuid::text, '{table}', count(*) FROM virtsql.\"{table}\" GROUP BY 1" for table in tables)
    return {(vm, table): count for vm, table, count in store.rows(arms)}


def check_whole(checks, store, tables, whole, what):
    """Checks that each VM that is in the store has all its rows, and each capture its document."""
    found = counts(store, tables)
    vms = {vm for vm, _ in found}
    wanted = {key: count for key, count in whole.items() if key[0] in vms}
    checks.same(found, wanted, f'{what}: no VM is half there')
    checks.same(store.value("SELECT count(*) FROM virtsql.captures AS c WHERE c.document_sha256 IS NOT NULL AND NOT EXISTS "
                            "(SELECT 1 FROM virtsql.documents AS d WHERE d.source_id = c.source_id AND d.sha256 = c.document_sha256)"), '0',
                f'{what}: no capture is without its document')
    checks.same(store.value("SELECT count(*) FROM virtsql.virtual_machines AS v WHERE EXISTS (SELECT 1 FROM virtsql.disk_attachments AS a "
                            "WHERE a.vm_uuid = v.vm_uuid AND a.driver_cache IS NOT NULL AND position('cache=''' || a.driver_cache IN v.xml) = 0)"), '0',
                f'{what}: rows and XML are of one moment')


def killed_everywhere(checks, cluster, database, faults, all_calls, folder):
    store = cluster.store('whole')
    store.add_host('kvm1')
    count_file = os.path.join(folder, 'count')
    store.push('kvm1', database, environment={'LD_PRELOAD': faults, 'VIRTSQL_COUNT': count_file})
    with open(count_file, encoding='ascii') as file:
        calls = int(file.read())
    checks.that(calls > 50, f'the calls of libpq are counted: {calls}')
    tables = store_tables(store)
    of_vms = [name for name, in store.rows("SELECT DISTINCT table_name FROM virtsql.columns() WHERE column_name = 'vm_uuid'") if name in tables
              and name not in ('vm_snapshots', 'vm_checkpoints', 'vendor_options', 'virtumancer_imports', 'port_bindings')]
    of_vms = [name for name in of_vms if store.value(f"SELECT to_regprocedure('virtsql.put_{name}(uuid[], jsonb)') IS NOT NULL") == 't']
    whole, wanted = counts(store, of_vms), checksums(store, tables)
    step = 1 if all_calls else max(1, calls // SAMPLE)
    for at in range(1, calls + 1, step):
        one = cluster.store(f'killed_{at}')
        one.add_host('kvm1')
        done = one.push('kvm1', database, check=False, environment={'LD_PRELOAD': faults, 'VIRTSQL_KILL_AT': str(at)})
        checks.same(done.returncode, -signal.SIGKILL, f'killed at call {at}')
        check_whole(checks, one, of_vms, whole, f'killed at call {at}')
        one.push('kvm1', database)
        checks.same(checksums(one, tables), wanted, f'after a kill at call {at} and another push')
        cluster.drop(one)
    # The same with a change of VMs that the store already has.
    step = 1 if all_calls else 11
    for at in range(1, 60, step):
        shell(database, CACHE.format('writeback' if at % 2 else 'none'))
        done = store.push('kvm1', database, check=False, environment={'LD_PRELOAD': faults, 'VIRTSQL_KILL_AT': str(at)})
        check_whole(checks, store, of_vms, whole, f'changed, killed at call {at}')
        if done.returncode == 0:
            break
    store.push('kvm1', database)
    checks.that('changed 0 rows' in store.push('kvm1', database).stdout, 'then nothing is left to push')
    return checksums(store, tables)


class Cut(threading.Thread):
    """Stands between the pusher and PostgreSQL. Cuts the connection after PostgreSQL answered a COMMIT and before the
    pusher has the answer."""

    def __init__(self, folder, server):
        super().__init__(daemon=True)
        self.path, self.server, self.cuts = os.path.join(folder, '.s.PGSQL.5432'), server, 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        self.start()

    def run(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.server)
            threading.Thread(target=self.between, args=(client, server), daemon=True).start()

    def between(self, client, server):
        committing = threading.Event()

        def answers():
            while data := server.recv(65536):
                if committing.is_set():
                    time.sleep(0.2)  # the transaction is committed by now
                    self.cuts += 1
                    break
                client.sendall(data)
            for end in (client, server):
                end.shutdown(socket.SHUT_RDWR)

        threading.Thread(target=answers, daemon=True).start()
        try:
            while data := client.recv(65536):
                if b'COMMIT' in data:
                    committing.set()
                server.sendall(data)
        except OSError:
            pass


def answer_lost(checks, cluster, database):
    store = cluster.store('cut')
    store.add_host('kvm1')
    with tempfile.TemporaryDirectory() as folder:
        cut = Cut(folder, os.path.join(cluster.folder, '.s.PGSQL.5432'))
        ends = 0
        # Each push commits one transaction more, and never gets the answer.
        while store.push('kvm1', database, folder=folder, check=False).returncode != 0:
            ends += 1
            if ends > 10:
                break
        checks.that(1 < ends < 10 and cut.cuts >= ends, f'answers were lost, and pushes went on: {ends} of {cut.cuts}')
    checks.that('changed 0 rows' in store.push('kvm1', database).stdout, 'what was committed is not sent again')
    return store


def crash_in_a_push(checks, cluster, database, faults, wanted):
    """PostgreSQL crashes while a push is under way, at several places of it."""
    for at in (25, 60, 90):
        store = cluster.store(f'crash_{at}')
        store.add_host('kvm1')
        pusher = stopped_push(store, database, faults, at, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        cluster.stop('immediate')
        cluster.start()
        pusher.send_signal(signal.SIGCONT)
        checks.same(pusher.wait(30), 1, f'a push fails if PostgreSQL crashes at call {at}: {pusher.stderr.read().strip()}')
        tables = store_tables(store)
        whole = {vm for vm, in store.rows('SELECT vm_uuid FROM virtsql.virtual_machines')}
        store.push('kvm1', database)
        checks.same(checksums(store, tables), wanted, f'after a crash at call {at} and another push')
        checks.that(whole <= {vm for vm, in store.rows('SELECT vm_uuid FROM virtsql.virtual_machines')}, f'what was there before the crash at call {at} is there')
        cluster.drop(store)


def stopped_push(store, database, faults, at, **pipes):
    """Starts a pusher that stops before its call `at` of libpq and goes on at a SIGCONT. Returns its process, which has
    stopped."""
    process = subprocess.Popen(store.push_command('kvm1', database), env={**os.environ, 'LD_PRELOAD': faults, 'VIRTSQL_STOP_AT': str(at)}, text=True, **pipes)
    deadline = time.time() + 20
    while time.time() < deadline:
        with open(f'/proc/{process.pid}/stat', encoding='ascii') as stat:
            if stat.read().split()[2] == 'T':
                return process
        time.sleep(0.05)
    raise AssertionError('the pusher does not stop at the call')


def two_at_once(checks, cluster, database, faults):
    """A second pusher of the same source waits for the first, and then has nothing to do."""
    store = cluster.store('two')
    store.add_host('kvm1')
    first = stopped_push(store, database, faults, 40, stdout=subprocess.PIPE)
    second = subprocess.Popen(store.push_command('kvm1', database), stdout=subprocess.PIPE, text=True)
    time.sleep(1)
    checks.that(second.poll() is None, 'the second pusher waits')
    rows = store.value('SELECT count(*) FROM virtsql.virtual_machines')
    first.send_signal(signal.SIGCONT)
    checks.same(first.wait(30), 0, 'the first one ends well')
    checks.same(second.wait(30), 0, 'so does the second')
    checks.that('changed 0 rows' in second.stdout.read(), 'which has nothing to do')
    checks.same(rows, '0', 'nothing was pushed meanwhile')


def changed_meanwhile(checks, cluster, database, faults):
    """What is written after the pusher looked at the host, but before it read the rows that differ, is in the store
    after this push or the next."""
    store = cluster.store('meanwhile')
    store.add_host('kvm1')
    store.push('kvm1', database)
    shell(database, CACHE.format('directsync'))
    pusher = stopped_push(store, database, faults, 1, stdout=subprocess.PIPE)  # at its first call to the store
    # Rows of other tables change, come and go.
    shell(database, "UPDATE port_attachments SET model_name = 'e1000'; UPDATE virtual_machines SET title = 'meanwhile'; "
                    "INSERT INTO vsock_attachments (vm_uuid, position, cid_auto) SELECT uuid, 0, 'yes' FROM virtual_machines LIMIT 1; DELETE FROM memory_balloon_attachments;")
    pusher.send_signal(signal.SIGCONT)
    checks.same(pusher.wait(30), 0, 'the push ends well')
    store.push('kvm1', database)
    checks.that('changed 0 rows' in store.push('kvm1', database).stdout, 'nothing is left to push')
    source = store.value('SELECT source_id FROM virtsql.sources')
    compare(checks, store, source, database, 'changed meanwhile', store_tables(store))


@contextlib.contextmanager
def running_daemon(checks, store, database, folder):
    """Runs the daemon. Gives its process and the path of its log, which is printed if a check has failed."""
    config, log = (os.path.join(folder, store.name + end) for end in ('.conf', '.log'))
    with open(config, 'w', encoding='ascii') as file:
        file.write(f"database = {database}\nfleet = {store.conninfo('virtsql-kvm1')}\nfleet_debounce = 1\nfleet_resync = 300\n")
    with open(log, 'w', encoding='utf-8') as file:
        daemon = subprocess.Popen([os.path.join(PROGRAMS, 'virtsql-push'), '--config', config], stderr=file)
    try:
        yield daemon, log
    finally:
        daemon.kill()
        daemon.wait()
        if checks.failed:
            with open(log, encoding='utf-8') as file:
                print(file.read())


def becomes(found, wanted, seconds):
    """Whether found() returns what is wanted within the time."""
    deadline = time.time() + seconds
    while time.time() < deadline:
        if found() == wanted:
            return True
        time.sleep(0.1)
    return False


CACHES = 'SELECT DISTINCT driver_cache FROM virtsql.disk_attachments WHERE driver_cache IS NOT NULL'


def daemon_through_a_crash(checks, cluster, database, folder):
    """The daemon pushes what is written, waits while PostgreSQL is down, and goes on by itself."""
    store = cluster.store('daemon')
    store.add_host('kvm1')

    def arrives(sql, wanted, seconds):
        return becomes(lambda: store.psql(sql, check=False).stdout.strip(), wanted, seconds)

    with running_daemon(checks, store, database, folder) as (daemon, _):
        vms = shell(database, 'SELECT count(*) FROM virtual_machines;')
        checks.that(int(vms) > 5, 'there are VMs')
        checks.that(arrives('SELECT count(*) FROM virtsql.virtual_machines', vms, 30), 'the daemon pushes what is there')
        shell(database, CACHE.format('unsafe'))
        checks.that(arrives(CACHES, 'unsafe', 20), 'the daemon pushes a change')  # how soon is measured by bench/fleet_store
        cluster.stop('immediate')
        shell(database, CACHE.format('directsync'))
        time.sleep(3)
        checks.that(daemon.poll() is None, 'the daemon lives on while PostgreSQL is down')
        cluster.start()
        checks.that(arrives(CACHES, 'directsync', 60), 'what was written meanwhile arrives')
        # The daemon may be stopped or hang: whoever writes the database does not notice, and the WAL does not grow.
        daemon.send_signal(signal.SIGSTOP)
        for i in range(30):
            shell(database, CACHE.format('none' if i % 2 else 'writeback'))
        shell(database, 'PRAGMA wal_checkpoint(TRUNCATE);', extension=False)
        wal = database + '-wal'
        checks.that(not os.path.exists(wal) or os.path.getsize(wal) == 0, 'a pusher that hangs keeps no WAL')
        daemon.send_signal(signal.SIGCONT)
        checks.that(arrives(CACHES, 'none', 30), 'once it runs again, it pushes')


def daemon_and_another(checks, cluster, database, folder):
    """The daemon says once that another pusher of its host is at work, and pushes when that has ended."""
    store = cluster.store('another')
    store.add_host('kvm1')
    identity = shell(database, 'SELECT id FROM virtsql_database;')
    other = subprocess.Popen(['psql', '-X', '-q', '-At', '-d', store.conninfo('virtsql-kvm1')], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    other.stdin.write(f"SELECT source FROM virtsql.hello('{identity}', 'kvm1', '1', 4, now());\n")
    other.stdin.flush()
    checks.same(other.stdout.readline(), '1\n', 'another pusher is at work')

    with running_daemon(checks, store, database, folder) as (_, log):
        def said():
            with open(log, encoding='utf-8') as file:
                return file.read().count('another pusher of this host is at work')

        checks.that(becomes(said, 1, 20), 'the daemon says so')
        time.sleep(7)  # it tries again after 5 s
        checks.same(said(), 1, 'and says it once')
        other.communicate()
        vms = shell(database, 'SELECT count(*) FROM virtual_machines;')
        checks.that(becomes(lambda: store.value('SELECT count(*) FROM virtsql.virtual_machines'), vms, 30), 'then it pushes')


def daemon_and_its_files(checks, cluster, database, folder):
    """The daemon goes on if the database's name has been that of a broken file, and if its folder is replaced."""
    store = cluster.store('files')
    store.add_host('kvm1')
    place = os.path.join(folder, 'place')
    os.mkdir(place)
    database = copy_of(database, os.path.join(place, 'host.db'))
    shell(database, 'PRAGMA journal_mode = WAL;' + CACHE.format('none'))

    def arrives(wanted, seconds):
        return becomes(lambda: store.psql(CACHES, check=False).stdout.strip(), wanted, seconds)

    with running_daemon(checks, store, database, folder) as (daemon, log):
        checks.that(arrives('none', 30), 'the daemon pushes what is there')
        shell(database, 'PRAGMA wal_checkpoint(TRUNCATE);', extension=False)
        with open(database + '.broken', 'w', encoding='ascii') as file:
            file.write('This is no database, and long enough not to be taken for an empty one. ' * 100)
        os.rename(database, database + '.away')
        os.rename(database + '.broken', database)
        checks.that(becomes(lambda: 'not a database' in open(log, encoding='utf-8').read(), True, 30), 'a file that is no database is named')
        os.rename(database + '.away', database)
        shell(database, CACHE.format('unsafe'))
        checks.that(arrives('unsafe', 60), 'once the database is back, it is pushed')
        checks.that(daemon.poll() is None, 'and the daemon lives')

        os.rename(place, place + '.old')
        shutil.copytree(place + '.old', place)
        time.sleep(3)
        for cache in ('directsync', 'writeback'):
            shell(database, CACHE.format(cache))
            checks.that(arrives(cache, 30), f'a write into the new folder is pushed: {cache}')


def main():
    checks = Checks()
    faults, all_calls = sys.argv[1], '--long' in sys.argv
    with Cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        database = make_host(os.path.join(folder, 'host.db'), documents(distinct=True)[:10] + documents()[:3])
        wanted = killed_everywhere(checks, cluster, database, faults, all_calls, folder)
        crash_in_a_push(checks, cluster, database, faults, wanted)
        answer_lost(checks, cluster, database)
        two_at_once(checks, cluster, database, faults)
        changed_meanwhile(checks, cluster, database, faults)
        daemon_through_a_crash(checks, cluster, database, folder)
        daemon_and_another(checks, cluster, database, folder)
        daemon_and_its_files(checks, cluster, database, folder)
    checks.end()


if __name__ == '__main__':
    sys.exit(main())
