#!/usr/bin/env python3
"""`virtsql --fleet` asks all hosts: with SQL, recipes, check and the report. `virtsql-fleet load` brings back what the
store has.

    launcher_test.py LAUNCHER
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

from host import documents, host_rows, make_host, shell, store_tables
from postgres import EXTENSION, PROGRAMS, Checks, Cluster

ON_BOTH = '0d0d0d0d-0000-4000-8000-00000000000b'


def vm(name, uuid, mac, target='vda'):
    return (f"<domain type='kvm'><name>{name}</name><uuid>{uuid}</uuid><memory unit='KiB'>1048576</memory><os><type arch='x86_64' "
            f"machine='q35'>hvm</type></os><devices><disk type='file' device='disk'><driver name='qemu' cache='unsafe'/><source file='/i/{name}'/>"
            f"<backingStore type='file'><format type='qcow2'/><source file='/i/base'/><backingStore type='file'><format type='raw'/><source file='/i/root'/></backingStore></backingStore>"
            f"<target dev='{target}' bus='virtio'/></disk><interface type='network'><mac address='{mac}'/><source network='lan'/></interface></devices></domain>")


def make_launcher(folder):
    """Makes a folder that looks like a clone that was built, and returns the path of its virtsql command."""
    os.makedirs(os.path.join(folder, 'clone', 'build'))
    shutil.copytree(os.path.dirname(os.path.abspath(sys.argv[1])), os.path.join(folder, 'clone', 'sql'))
    os.symlink(os.path.dirname(EXTENSION), os.path.join(folder, 'clone', 'build', 'sqlite_ext'))
    os.symlink(PROGRAMS, os.path.join(folder, 'clone', 'build', 'hook'))
    return os.path.join(folder, 'clone', 'sql', 'virtsql')


def make_hosts(folder):
    """Makes two databases separately, so that one id means something else in each. Returns their paths by host."""
    out = {}
    for number, host in enumerate(('kvm1', 'kvm2')):
        path = os.path.join(folder, host + '.db')
        make_host(path, [], objects=False)
        texts = [vm(f'{host}-web', f'0d0d0d0d-0000-4000-8000-0000000000{number}1', f'52:54:00:00:00:0{number}'), vm('both', ON_BOTH, '52:54:00:00:00:09', 'v&#10;d&#9;\\a')]
        script = ''
        for place, text in enumerate(texts[::-1] if number else texts):
            name = os.path.join(folder, f'{host}-{place}.xml')
            with open(name, 'w', encoding='utf-8') as file:
                file.write(text)
            script += f"SELECT domain_import(readfile('{name}'), '{host}');\n"
        shell(path, script)
        out[host] = path
    return out


def main():
    checks = Checks()
    with Cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        launcher = make_launcher(folder)
        store = cluster.store('main')
        store.psql('CREATE ROLE reader LOGIN IN ROLE virtsql_reader')
        hosts = make_hosts(folder)
        for host, database in hosts.items():
            store.add_host(host)
            store.push(host, database)
        tables = store_tables(store)

        def ask(*arguments, status=0, **options):
            done = subprocess.run([launcher, '--fleet', store.conninfo('reader'), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
            checks.that(done.returncode == status, f'{arguments}: {done.returncode}, not {status}: {done.stderr[:500]}')
            return done.stdout + (done.stderr if status else '')

        checks.same(ask("SELECT name FROM vms ORDER BY 1"), 'both\nkvm1-web\nkvm2-web\n', 'SQL')
        checks.same(ask("SELECT domain_xml('kvm1-web')").strip(), shell(hosts['kvm1'], "SELECT domain_xml('kvm1-web');"), 'domain_xml')
        checks.same(ask('--csv', 'SELECT host, name FROM vms ORDER BY 1, 2 LIMIT 1'), 'host,name\nkvm1,kvm1-web\n', '--csv')
        checks.that('kvm2-web' in ask(input='SELECT name FROM vms;'), 'SQL from standard input')
        checks.same(ask('--recipe', 'find_by_mac', 'mac=52:54:00:00:00:01').split('|')[:2], ['kvm2', 'kvm2-web'], 'a recipe with a parameter')
        checks.that("has no parameter nothing" in ask('--recipe', 'find_by_mac', 'nothing=1', status=2), 'an unknown parameter')
        checks.same(ask('--recipe', 'find_by_mac', "mac=x' OR '1'='1"), '', 'a parameter is a value, never SQL')
        checks.that('only read' in ask('--recipe', 'new_vm', status=2), 'a recipe that writes')
        exported = os.path.join(folder, 'exported')
        os.mkdir(exported)
        checks.same(ask('--recipe', 'export_xml', cwd=exported).count('\n'), 3, 'a recipe that writes files')
        checks.same(sorted(os.listdir(exported)), ['kvm1-kvm1-web.xml', 'kvm2-both.xml', 'kvm2-kvm2-web.xml'], 'has a file for each VM')
        with open(os.path.join(exported, 'kvm1-kvm1-web.xml'), encoding='utf-8') as file:
            checks.same(file.read().strip(), shell(hosts['kvm1'], "SELECT domain_xml('kvm1-web', 'inactive');"), 'with its XML')
        checks.that('read-only transaction' in ask('DELETE FROM virtsql.sources', status=1), 'SQL that writes')
        # Connection strings may have options, which libpq takes instead of PGOPTIONS.
        settings = "SELECT to_regclass('vms') IS NOT NULL, current_setting('default_transaction_read_only'), current_setting('TimeZone')"
        tokyo = {**os.environ, 'PGTZ': 'Asia/Tokyo', 'PAGER': 'cat', 'TERM': 'dumb'}
        for options in ('', " options='-c statement_timeout=1min'"):
            command = [launcher, '--fleet', store.conninfo('reader') + options]
            for arguments, typed in (([settings], None), ([], settings)):
                done = subprocess.run([*command, *arguments], input=typed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=tokyo)
                checks.same((done.stdout, done.stderr), ('t|on|UTC\n', ''), f'the settings of a session{options}')
            done = subprocess.run(['script', '-qec', shlex.join(command), '/dev/null'], input=settings + ';\n\\q\n', stdout=subprocess.PIPE, text=True, env=tokyo)
            checks.that(re.search(r't\W+on\W+UTC', done.stdout), f'the settings at a terminal{options}: {done.stdout}')
        for arguments in (['--write', 'SELECT 1'], ['--json', 'SELECT 1'], ['--recipe', 'nothing']):
            checks.that('virtsql: ' in ask(*arguments, status=2), f'{arguments} is refused')

        lines = ask('check', status=1).strip().split('\n')
        wanted = {line for database in hosts.values() for line in subprocess.run([launcher, 'check', database], stdout=subprocess.PIPE, text=True).stdout.strip().split('\n')}
        checks.that(set(lines) <= wanted and {line.split('\t')[2] for line in lines} == {'both', 'kvm1-web', 'kvm2-web'}, f'check: {lines}')
        checks.same([line.split('\t')[4].split()[0] for line in lines if '\tboth\tcache_unsafe' in line], [r'v\nd\t\\a'], 'check: what two hosts claim is looked at once, and is one line')
        checks.same(ask('check', '--severity', 'error'), '', 'check of errors alone')

        page = ask('report')
        checks.that(all(name in page for name in ('kvm1', 'kvm2', 'kvm1-web', 'kvm2-web')) and page.strip().endswith('</html>'), 'the report of all')
        page = ask('report', '--host', 'kvm2')
        checks.that('kvm2-web' in page and 'kvm1-web' not in page, 'the report of one host')
        checks.that('no host "kvm9"' in ask('report', '--host', 'kvm9', status=2), 'an unknown host')
        ask('report', '--csv', os.path.join(folder, 'sheets'))
        with open(os.path.join(folder, 'sheets', 'vInfo.csv'), encoding='utf-8') as sheet:
            checks.that('kvm1-web' in sheet.read(), 'the report as tables')
        checks.that('virtsql_vms{' in ask('metrics'), 'metrics')
        ask('restore', '--host', 'kvm1', os.path.join(folder, 'restored'))
        checks.that(any('kvm1-web' in name for _, _, names in os.walk(os.path.join(folder, 'restored')) for name in names), 'restore')

        # git goes on with each host's history, in whatever order the hosts have something new.
        repository = os.path.join(folder, 'history')

        def git(*arguments):
            return subprocess.run(['git', '-C', repository, *arguments], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()

        ask('git', repository)
        head = git('rev-parse', 'HEAD')
        checks.same(git('ls-files').split(), ['kvm1/both.xml', 'kvm1/kvm1-web.xml', 'kvm2/both.xml', 'kvm2/kvm2-web.xml'], 'git: the files of all hosts')
        ask('git', repository)
        checks.same(git('rev-parse', 'HEAD'), head, 'git: nothing new')
        for host, model in (('kvm1', 'e1000'), ('kvm2', 'rtl8139'), ('kvm1', 'virtio')):
            shell(hosts[host], f'''SELECT domain_import(replace(captured_xml(min(c.id)), '</interface>', '<model type="{model}"/></interface>'), '{host}')
              FROM captures AS c JOIN virtual_machines AS v ON v.uuid = c.vm_uuid WHERE v.name = '{host}-web';''')
            store.push(host, hosts[host])
            ask('git', repository)
            checks.same(git('log', '--format=%s %an', head + '..'), f'change {host}-web {host}', f'git: what is new of {host}')
            head = git('rev-parse', 'HEAD')

        def load(name, *host, of=store):
            path = os.path.join(folder, name)
            done = subprocess.run([os.path.join(PROGRAMS, 'virtsql-fleet'), 'load', of.conninfo(), path, *host], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            checks.same((done.returncode, done.stderr), (0, ''), f'load {name}')
            checks.same(shell(path, 'PRAGMA integrity_check; PRAGMA foreign_key_check;'), 'ok', f'{name} is sound')
            return path

        everything = "SELECT name, uuid, hex(domain_xml(uuid)) FROM virtual_machines ORDER BY 1; SELECT host, vm_name, rule, detail FROM findings ORDER BY 1, 2, 3;"
        both = load('both.db')
        checks.same(shell(both, 'SELECT count(*), count(DISTINCT host_id) FROM virtual_machines;'), '3|2', 'all hosts')
        checks.same(shell(both, "SELECT count(*) FROM domain_history('both');"), '2', 'the history is of both hosts')
        for host in hosts:
            uuid = shell(both, f"SELECT uuid FROM virtual_machines WHERE name = '{host}-web';")
            checks.same(shell(both, f"SELECT domain_xml('{uuid}');"), shell(hosts[host], f"SELECT domain_xml('{uuid}');"), f'the XML of {host}')

        # If the store has one host, that comes back as it was pushed: rows, ids, history.
        whole = cluster.store('whole')
        whole.add_host('host')
        database = make_host(os.path.join(folder, 'host.db'), [path for path in documents() if 'hostile' not in path])
        shell(database, "UPDATE disk_attachments SET driver_cache = 'directsync' WHERE id = (SELECT min(id) FROM disk_attachments);")
        whole.push('host', database)
        again = load('again.db', of=whole)
        here, there = host_rows(database, tables), host_rows(again, tables)
        for table in tables:
            checks.that(here[table] == there[table], f'{table} comes back: {[pair for pair in zip(here[table], there[table]) if pair[0] != pair[1]][:1]}')
        checks.same(shell(again, everything), shell(database, everything), 'XML and findings come back')
        history = 'SELECT id, kind, vm_uuid, operation, config, source, exact, hex(captured_xml(id)) FROM captures ORDER BY id;'
        checks.same(shell(again, history), shell(database, history), 'the history comes back')
    checks.end()


if __name__ == '__main__':
    main()
