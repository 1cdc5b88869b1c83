"""Starts a PostgreSQL of the test's own, on a socket in a folder of its own. It is gone afterwards.

    with Cluster() as cluster:
        store = cluster.store('main')           # a database with a store in it
        store.add_host('kvm1')
        store.push('kvm1', '/path/virtsql.db')
        store.rows('SELECT name FROM virtsql.virtual_machines')

The programs are those in the folder VIRTSQL_FLEET_PROGRAMS. If there is no PostgreSQL, or none that may be run, the
test exits with status 77, which ctest counts as skipped.
"""
import csv
import glob
import io
import os
import pwd
import shutil
import subprocess
import sys
import tempfile

PROGRAMS = os.environ['VIRTSQL_FLEET_PROGRAMS']
EXTENSION = os.environ['VIRTSQL_EXTENSION'].removesuffix('.so')


def skip(why):
    print('skipped: ' + why)
    sys.exit(77)


def find_server():
    """The folder of initdb, pg_ctl and postgres. Skips the test if there is none."""
    folders = sorted(glob.glob('/usr/lib/postgresql/*/bin'), key=lambda path: int(path.split('/')[4]), reverse=True)
    for folder in [*folders, *os.environ['PATH'].split(':')]:
        if all(os.access(os.path.join(folder, name), os.X_OK) for name in ('initdb', 'pg_ctl', 'postgres')):
            return folder
    return skip('there is no PostgreSQL server (Debian: postgresql)')


class Store:
    """A database of the cluster with a store in it."""

    def __init__(self, cluster, name):
        self.cluster, self.name = cluster, name

    def conninfo(self, user=None, folder=None):
        return f'host={folder or self.cluster.folder} port={self.cluster.port} dbname={self.name} user={user or self.cluster.user}'

    def psql(self, sql, user=None, check=True, options=()):
        done = subprocess.run(
            ['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '--csv', '-t', *options, '-d', self.conninfo(user)],
            input=sql, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if check and done.returncode:
            raise AssertionError(f'{sql[:400]}\n{done.stderr}')
        return done

    def rows(self, sql, user=None):
        return [tuple(row) for row in csv.reader(io.StringIO(self.psql(sql, user).stdout))]

    def value(self, sql, user=None):
        found = self.rows(sql, user)
        return found[0][0] if found else None

    def fleet(self, command, *arguments, check=True, options=()):
        done = subprocess.run([os.path.join(PROGRAMS, 'virtsql-fleet'), command, *options, self.conninfo(), *arguments],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if check and done.returncode:
            raise AssertionError(f'virtsql-fleet {command}: {done.stderr}')
        return done

    def add_host(self, host):
        return self.fleet('add-host', host)

    def push_command(self, host, database, *options, folder=None):
        return [os.path.join(PROGRAMS, 'virtsql-push'), '--once', '--database', database, '--config', '/dev/null',
                '--fleet', self.conninfo('virtsql-' + host, folder), *options]

    def push(self, host, database, *options, check=True, folder=None, environment=None, timeout=60):
        done = subprocess.run(self.push_command(host, database, *options, folder=folder),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=timeout,
                              env={**os.environ, **(environment or {})})
        if check and done.returncode:
            raise AssertionError(f'virtsql-push: {done.returncode} {done.stderr}')
        return done


class Cluster:
    def __init__(self, port=5432):
        self.port = port

    def __enter__(self):
        self.bin = find_server()
        if not shutil.which('psql'):
            skip('there is no psql (Debian: postgresql-client)')
        self.folder = tempfile.mkdtemp(prefix='virtsql-fleet-')
        self.data = os.path.join(self.folder, 'data')
        self.user = 'postgres' if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.run_as = {}
        if os.geteuid() == 0:
            # PostgreSQL does not run as root.
            try:
                owner = pwd.getpwnam('postgres')
            except KeyError:
                owner = pwd.getpwnam('nobody')
            self.run_as = {'user': owner.pw_uid, 'group': owner.pw_gid, 'extra_groups': []}
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        os.chmod(self.folder, 0o755)
        self.run('initdb', '-D', self.data, '-E', 'UTF8', '--locale=C.UTF-8', '-A', 'trust', '-U', self.user, '--no-sync')
        self.start()
        self.made_template = False
        return self

    def __exit__(self, *_):
        self.stop('immediate')
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, program, *arguments, check=True):
        done = subprocess.run([os.path.join(self.bin, program), *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, cwd=self.folder, **self.run_as)
        if check and done.returncode:
            raise AssertionError(f'{program}: {done.stdout}')
        return done

    def start(self, settings=''):
        self.run('pg_ctl', '-D', self.data, '-l', os.path.join(self.folder, 'log'), '-w', '-t', '60', 'start', '-o',
                 f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c port={self.port} -c fsync=off -c jit=off {settings}")

    def stop(self, mode):
        self.run('pg_ctl', '-D', self.data, '-w', '-m', mode, 'stop', check=False)

    def store(self, name, options=''):
        """Makes a new store. The first call makes a template that is copied from then on. `options` are those of CREATE
        DATABASE."""
        admin = Store(self, 'postgres')
        if not self.made_template:
            admin.psql('CREATE DATABASE made;')
            Store(self, 'made').fleet('init')
            self.made_template = True
        admin.psql(f'CREATE DATABASE {name} TEMPLATE made {options};')
        return Store(self, name)

    def drop(self, store):
        Store(self, 'postgres').psql(f'DROP DATABASE {store.name} WITH (FORCE);')

    def empty(self, name):
        Store(self, 'postgres').psql(f'CREATE DATABASE {name};')
        return Store(self, name)


class Checks:
    """Counts the checks, and prints those that fail."""

    def __init__(self):
        self.count, self.failed = 0, []

    def that(self, condition, what):
        self.count += 1
        if not condition:
            self.failed.append(what)
            print('FAILED: ' + what, flush=True)

    def same(self, found, wanted, what):
        self.that(found == wanted, f'{what}: {str(found)[:1500]!r}, not {str(wanted)[:1500]!r}')

    def end(self):
        print(f'{self.count} checks, {len(self.failed)} failed')
        sys.exit(1 if self.failed or not self.count else 0)
