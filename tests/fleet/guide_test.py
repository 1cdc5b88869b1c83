#!/usr/bin/env python3
"""FLEET.md's first five minutes work as they are written: a store that is reached with TLS, and two hosts in namespaces
of their own.

    guide_test.py FLEET.md LAUNCHER

Run by tests/end_to_end/isolated. There is no systemd, only a systemctl that starts what the unit says.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from host import make_host, shell
from launcher_test import make_launcher, vm
from network_test import SERVER, make_authority, make_certificate, with_tls
from postgres import PROGRAMS, Checks, Cluster

UNIT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'hook', 'systemd', 'virtsql-push.service')
HOSTS = ('kvm1', 'kvm2')
# What a machine has before the guide begins: its name, an /etc of its own, its database.
AS_HOST = """set -e
hostname {host}
mount -t overlay overlay -o lowerdir=/etc,upperdir={folder}/etc,workdir={folder}/work /etc
mount --bind {folder}/data /var/lib/virtsql
cd {folder}/home
set -x
"""


def blocks(document):
    with open(document, encoding='utf-8') as file:
        section = file.read().split('## Set up in five minutes')[1].split('\n## ')[0]
    return re.findall(r'```sh\n(.*?)```', section, re.S)


def install(folder):
    """Installs the packages' files and user, as far as the guide needs them."""
    launcher = make_launcher(folder)
    for path in (*(os.path.join(PROGRAMS, name) for name in ('virtsql-fleet', 'virtsql-push')), launcher):
        os.symlink(path, os.path.join('/usr/sbin', os.path.basename(path)))
    subprocess.run(['groupadd', '--force', '--system', 'virtsql'], check=True)
    subprocess.run('id virtsql-push || useradd --system --gid virtsql --no-create-home virtsql-push', shell=True, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(UNIT, encoding='utf-8') as file:
        unit = dict(line.strip().split('=', 1) for line in file if re.match('[A-Z][A-Za-z]+=', line))
    with open('/usr/sbin/systemctl', 'w', encoding='utf-8') as file:
        file.write(f'#!/bin/sh\n[ "$*" = "enable --now virtsql-push" ] || exit 1\n'
                   f'env --ignore-environment {unit["Environment"]} HOME=/nonexistent setpriv --reuid={unit["User"]} --regid={unit["Group"]} --clear-groups {unit["ExecStart"]} </dev/null >/dev/null 2>&1 &\n')
    os.chmod('/usr/sbin/systemctl', 0o755)
    os.makedirs('/var/lib/virtsql', exist_ok=True)


def make_machine(folder, number, host):
    mine = os.path.join(folder, host)
    for name in ('etc', 'work', 'data', 'home'):
        os.makedirs(os.path.join(mine, name))
    database = make_host(os.path.join(mine, 'data', 'virtsql.db'), [], objects=False)
    path = os.path.join(mine, 'vm.xml')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(vm(f'{host}-web', f'0d0d0d0d-0000-4000-8000-00000000000{number}', f'52:54:00:12:34:5{5 + number}'))
    shell(database, f"SELECT domain_import(readfile('{path}'), '{host}');")
    subprocess.run(['chgrp', '-R', 'virtsql', os.path.join(mine, 'data')], check=True)
    subprocess.run(['chmod', '-R', 'g+rwX', os.path.join(mine, 'data')], check=True)
    return mine, database


def main():
    checks = Checks()
    server, host, asking = blocks(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder, Cluster() as cluster:
        os.chmod(folder, 0o755)
        tls = os.path.join(cluster.folder, 'tls')
        os.mkdir(tls)
        make_authority(tls, 'ca')
        make_certificate(tls, 'ca', 'server', SERVER)
        with_tls(cluster, 'server', 'hostssl all postgres 127.0.0.1/32 trust')
        with open('/etc/hosts', 'a', encoding='utf-8') as file:
            file.write(f'127.0.0.1 {SERVER}\n')
        shutil.copy(os.path.join(tls, 'ca.crt'), folder)
        install(folder)
        environment = {**os.environ, 'PGHOST': cluster.folder, 'PGUSER': 'postgres'}

        def run(script, what, command=('bash', '-c'), **options):
            done = subprocess.run([*command, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder, **options)
            checks.that(done.returncode == 0, f'{what}: {done.returncode} {done.stdout[-500:]} {done.stderr[-1500:]}')
            return done.stdout

        run('set -e\n' + server, 'the server', env=environment)
        machines = {}
        for number, name in enumerate(HOSTS):
            machines[name], database = make_machine(folder, number, name)
            for file in (os.path.join(tls, 'ca.crt'), os.path.join(folder, name + '.service')):
                shutil.copy(file, os.path.join(machines[name], 'home'))
            said = run(AS_HOST.format(host=name, folder=machines[name]) + host, name, ('unshare', '--mount', '--uts', 'bash', '-c'))
            checks.that('pushed 1 VMs' in said, f'{name} pushes: {said}')
        said = run('set -e\n' + asking, 'who asks', env=environment)
        checks.same([line.split('|')[:2] for line in said.split('\n')[:2]], [['kvm1', 'kvm1-web'], ['kvm2', 'kvm2-web']], 'the VMs of both hosts')
        checks.that('kvm2|kvm2-web|52:54:00:12:34:56' in said, 'the recipe')
        with open(os.path.join(folder, 'fleet.html'), encoding='utf-8') as file:
            page = file.read()
        checks.that('kvm1-web' in page and 'kvm2-web' in page, 'the report')

        # The daemons run: a change arrives in the store.
        shell(database, "UPDATE vm_disks SET driver_cache = 'writethrough';")
        deadline = time.time() + 20
        found = ''
        while found != 'kvm2' and time.time() < deadline:
            time.sleep(0.2)
            found = run("virtsql --fleet 'dbname=virtsql user=anna' \"SELECT v.host FROM vm_disks AS d JOIN vms AS v ON v.uuid = d.vm_uuid WHERE d.driver_cache = 'writethrough'\"",
                        'a question', env=environment).strip()
        checks.same(found, 'kvm2', 'a change arrives')
    checks.end()


if __name__ == '__main__':
    main()
