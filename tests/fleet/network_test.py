#!/usr/bin/env python3
"""The connection to the store: TLS with right and wrong certificates, no free connection, no room on the server's
disk."""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from host import compare, make_host, shell
from postgres import Checks, Cluster, skip

SERVER = 'db.example'


def openssl(*arguments, folder):
    done = subprocess.run(['openssl', *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise AssertionError(f'openssl {arguments}: {done.stdout}')


def make_authority(folder, name):
    openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', f'/CN={name}',
            '-keyout', f'{name}.key', '-out', f'{name}.crt', folder=folder)


def make_certificate(folder, authority, name, subject, days='2'):
    with open(os.path.join(folder, 'extensions'), 'w', encoding='utf-8') as file:
        file.write(f'subjectAltName=DNS:{subject}\n')
    openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', f'/CN={subject}',
            '-keyout', f'{name}.key', '-out', f'{name}.csr', folder=folder)
    openssl('x509', '-req', '-in', f'{name}.csr', '-CA', f'{authority}.crt', '-CAkey', f'{authority}.key', '-CAcreateserial', '-days', days,
            '-extfile', 'extensions', '-out', f'{name}.crt', folder=folder)


def free_port():
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        return listener.getsockname()[1]


def with_tls(cluster, certificate, first='hostssl all virtsql-kvm2 127.0.0.1/32 cert'):
    """Restarts the server so that the network reaches it with TLS alone."""
    cluster.stop('fast')
    with open(os.path.join(cluster.data, 'pg_hba.conf'), 'w', encoding='utf-8') as file:
        file.write(f'local all all trust\n{first}\nhostssl all all 127.0.0.1/32 scram-sha-256\n')
    for name in (certificate + '.crt', certificate + '.key', 'ca.crt'):
        path = shutil.copy(os.path.join(cluster.folder, 'tls', name), os.path.join(cluster.data, name))
        os.chmod(path, 0o600)
        if cluster.run_as:
            os.chown(path, cluster.run_as['user'], cluster.run_as['group'])
    cluster.start(f'-c listen_addresses=127.0.0.1 -c ssl=on -c ssl_cert_file={certificate}.crt -c ssl_key_file={certificate}.key -c ssl_ca_file=ca.crt')


def tls(checks, cluster, database):
    folder = os.path.join(cluster.folder, 'tls')
    os.mkdir(folder)
    make_authority(folder, 'ca')
    make_authority(folder, 'other')
    make_certificate(folder, 'ca', 'server', SERVER)
    make_certificate(folder, 'ca', 'expired', SERVER, days='0')
    make_certificate(folder, 'ca', 'client', 'virtsql-kvm2')
    make_certificate(folder, 'ca', 'stranger', 'virtsql-kvm9')
    make_certificate(folder, 'other', 'forged', 'virtsql-kvm2')
    store = cluster.store('tls')
    said = store.fleet('add-host', 'kvm1', options=['--password']).stdout
    password = said.split('password=')[1].strip()
    store.add_host('kvm2')
    with_tls(cluster, 'server')

    def push(role, secret, authority='ca', name=SERVER, mode='verify-full', check=False):
        conninfo = f"host={name} hostaddr=127.0.0.1 port={cluster.port} dbname=tls user={role} {secret} sslmode={mode} sslrootcert={folder}/{authority}.crt"
        return store.push('kvm1', database, '--fleet', conninfo, check=check)

    def certificate(name):
        return f'sslcert={folder}/{name}.crt sslkey={folder}/{name}.key'

    def refused(done, words, what):
        checks.that(done.returncode == 1 and words in done.stderr, f'{what}: {done.returncode} {done.stderr.strip()}')

    mine = 'password=' + password
    refused(push('virtsql-kvm1', mine, authority='other'), 'certificate verify failed', 'a server of another authority')
    refused(push('virtsql-kvm1', mine, name='evil.example'), 'does not match host name', 'a server of another name')
    refused(push('virtsql-kvm1', 'password=wrong'), 'password authentication failed', 'a wrong password')
    refused(push('virtsql-kvm1', mine, mode='disable'), 'no encryption', 'no TLS')
    refused(push('virtsql-kvm2', certificate('forged')), 'unknown ca', 'a client of another authority')
    refused(push('virtsql-kvm2', certificate('stranger')), 'certificate authentication failed', 'the certificate of another host')
    checks.same(store.value('SELECT count(*) FROM virtsql.captures'), '0', 'nothing came')
    push('virtsql-kvm1', mine, check=True)
    compare(checks, store, store.value("SELECT source_id FROM virtsql.sources WHERE role = 'virtsql-kvm1'"), database, 'with a password')
    shell(database, "UPDATE virtsql_database SET id = '22222222-2222-4333-8444-555555555555';")
    push('virtsql-kvm2', certificate('client'), check=True)
    compare(checks, store, store.value("SELECT source_id FROM virtsql.sources WHERE role = 'virtsql-kvm2'"), database, 'with a certificate')
    time.sleep(1)
    with_tls(cluster, 'expired')
    refused(push('virtsql-kvm2', certificate('client')), 'certificate verify failed', 'a server whose certificate expired')


def no_connection_left(checks, cluster, database):
    store = cluster.store('crowded')
    store.add_host('kvm1')
    cluster.stop('fast')
    cluster.start('-c max_connections=4 -c superuser_reserved_connections=1')
    store.psql('CREATE ROLE sitter LOGIN;')
    sitters = []
    try:
        # A connection that was just closed may still count. Then PostgreSQL refuses one of these, and the next round
        # replaces it.
        for _ in range(30):
            if store.value("SELECT count(*) FROM pg_stat_activity WHERE usename = 'sitter'") == '3':
                break
            sitters.append(subprocess.Popen(['psql', '-X', '-d', store.conninfo('sitter'), '-c', 'SELECT pg_sleep(60)'],
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
            time.sleep(0.3)
        else:
            checks.that(False, 'there are three other connections')
        done = store.push('kvm1', database, check=False)
        checks.that(done.returncode == 1 and 'connection slots' in done.stderr, f'no connection is left: {done.stderr.strip()}')
    finally:
        for sitter in sitters:
            sitter.kill()
            sitter.wait()
    store.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sitter'")
    cluster.stop('fast')
    cluster.start()
    store.push('kvm1', database)
    compare(checks, store, store.value('SELECT source_id FROM virtsql.sources'), database, 'once there is a connection')


def disk_full(checks, cluster, database):
    """The store's tables are on a small disk. The server's WAL is on another one, so that the server goes on."""
    disk = os.path.join(cluster.folder, 'disk')
    os.mkdir(disk)
    subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=160m', 'tmpfs', disk], check=True)
    if cluster.run_as:
        os.chown(disk, cluster.run_as['user'], cluster.run_as['group'])
    cluster.empty('disks').psql(f"CREATE TABLESPACE small LOCATION '{disk}';")
    store = cluster.store('small_disk', 'TABLESPACE small')
    store.add_host('kvm1')
    store.psql('CREATE TABLE junk (t text); ALTER TABLE junk ALTER t SET STORAGE PLAIN;')
    for rows in (1000, 10):
        while store.psql(f"INSERT INTO junk SELECT repeat('x', 7000) FROM generate_series(1, {rows})", check=False).returncode == 0:
            pass
    done = store.push('kvm1', database, check=False)
    checks.that(done.returncode == 1 and 'No space left on device' in done.stderr, f'a full disk is said: {done.returncode} {done.stderr.strip()}')
    store.psql('DROP TABLE junk; CHECKPOINT;')
    store.push('kvm1', database)
    compare(checks, store, store.value('SELECT source_id FROM virtsql.sources'), database, 'once there is room')
    checks.that('changed 0 rows' in store.push('kvm1', database).stdout, 'and all is there')
    cluster.drop(store)


def main():
    if not shutil.which('openssl'):
        skip('there is no openssl')
    may_mount = os.geteuid() == 0 and subprocess.run(['unshare', '--mount', 'true'], stderr=subprocess.DEVNULL).returncode == 0
    if may_mount and 'MOUNTS_OF_ITS_OWN' not in os.environ:
        os.execvpe('unshare', ['unshare', '--mount', sys.executable, *sys.argv], {**os.environ, 'MOUNTS_OF_ITS_OWN': 'yes'})
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder, Cluster(port=free_port()) as cluster:
        database = make_host(os.path.join(folder, 'host.db'))
        no_connection_left(checks, cluster, database)
        tls(checks, cluster, database)
        if may_mount:
            disk_full(checks, cluster, database)
        else:
            print('the full disk is left out: no right to mount')
    checks.end()


if __name__ == '__main__':
    main()
