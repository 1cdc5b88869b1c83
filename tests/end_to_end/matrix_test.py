#!/usr/bin/env python3
"""After each thing that an administrator does (matrix.py), the database soon has what libvirt has.

    matrix_test.py BUILD [WORD...]    run by `isolated`; WORD: only to the step that has all of them in it

Right after each step, libvirt_sync() into an empty database finds out what libvirt has. virtsqld's database must have
the same: the states of VMs, the rows and documents of everything, sync_status and drift.
"""
import os
import statistics
import sys
import time

from corpus_test import Virsh
from drift_test import Shell
from hypervisor import DATA, DATABASE, FOLDER, Daemons, await_that, empty_hypervisor, install_hooks, install_programs, pids, run, virsh, write
from matrix import FILES, IMAGES, STEPS

SECONDS = 5  # a step that takes longer is missed
LATE = 1.5   # a step that takes longer, with the comparison itself, is late; half of them may be, on a busy machine
LEAST = 140  # steps that libvirt must have accepted; with fewer the test proves nothing

HAS = "JOIN vm_states AS s ON s.vm_uuid = v.uuid WHERE s.state <> 'undefined'"
# The newest document of each thing. No capture says that a live network or pool ended, so their live documents are not
# compared.
NEWEST = """FROM (SELECT *, row_number() OVER (PARTITION BY kind, config, vm_uuid, iif(kind = 'domain', NULL, name) ORDER BY seq DESC) AS n FROM captures
  WHERE seq NOT IN (SELECT seq FROM late_captures) AND (kind <> 'domain' OR config <> 'live' OR document_sha256 NOTNULL) AND (kind = 'domain' OR source <> 'hook'))
  WHERE n = 1"""
# Volumes are compared by their rows. Their documents have times of access, whose changes raise no event.
QUESTIONS = {
    'states': f'SELECT v.uuid, v.name, s.state, s.reason, s.autostart, s.persistent, s.managed_save FROM virtual_machines AS v {HAS}',
    'definitions': f"SELECT vm_uuid, hex(document_sha256) {NEWEST} AND kind = 'domain' AND config = 'persistent' AND operation <> 'undefine'",
    'what runs': f"SELECT vm_uuid, hex(document_sha256) {NEWEST} AND kind = 'domain' AND config = 'live' AND vm_uuid IN "
                 "(SELECT vm_uuid FROM vm_states WHERE state IN ('running', 'paused'))",
    'documents': f"SELECT kind, name, vm_uuid, hex(document_sha256) {NEWEST} AND config = 'persistent' AND operation <> 'undefine' AND kind NOT IN "
                 "('domain', 'volume', 'capabilities', 'domaincaps', 'nodedev')",
    # Persistent VMs only: if a running VM is undefined, the rows keep its definition, and drift says that libvirt lacks
    # it.
    'rows': f'SELECT v.uuid, hex(domain_xml(v.uuid)) FROM virtual_machines AS v {HAS} AND s.persistent',
    'status': f'SELECT v.uuid, v.sync_status FROM virtual_machines AS v {HAS} AND s.persistent',
    'drift': f'SELECT v.uuid, d.change, d.path, d.old, d.new, d.against FROM domain_drift AS d JOIN virtual_machines AS v ON v.uuid = d.vm_uuid {HAS} AND s.persistent',
    'things': "SELECT 'network', name, uuid FROM networks UNION ALL SELECT 'pool', name, uuid FROM storage_pools UNION ALL SELECT 'volume', path, capacity "
              "FROM volumes UNION ALL SELECT 'snapshot', name, vm_uuid FROM vm_snapshots UNION ALL SELECT 'checkpoint', name, vm_uuid FROM vm_checkpoints "
              "UNION ALL SELECT 'backup', mode, vm_uuid FROM vm_backups UNION ALL SELECT 'filter', name, uuid FROM nw_filters UNION ALL SELECT 'secret', "
              "usage_name, uuid FROM secrets UNION ALL SELECT 'interface', name, NULL FROM host_interfaces UNION ALL SELECT 'port', mac_address, uuid FROM port_bindings",
}


class Matrix:
    def __init__(self, build):
        self.build = build
        self.daemons = Daemons()
        empty_hypervisor(self.daemons)
        install_programs(build)
        install_hooks(build, 'qemu', 'network')
        os.makedirs(DATA, 0o750)
        os.makedirs('/var/lib/libvirt/dnsmasq', exist_ok=True)  # where libvirt keeps the addresses of a network's interfaces
        for name, text in FILES.items():
            write(name, text.replace('{folder}', FOLDER))
        for name in IMAGES:
            run('qemu-img', 'create', '-q', '-f', 'qcow2', f'{FOLDER}/{name}.qcow2', '16M')
        self.restart('libvirtd')
        self.restart('virtsqld')
        self.virsh = Virsh('qemu:///system')
        self.lateness, self.faults, self.refused = [], {}, {}

    def go(self, program):
        if program == 'libvirtd':
            self.daemons.start_libvirtd()
            self.virsh = Virsh('qemu:///system')
        else:
            self.daemons.start(program, log=program + '.log')
            await_that(lambda: os.path.exists(DATABASE), 'virtsqld made the database')

    def restart(self, program):
        if program in self.daemons.running:
            self.daemons.stop(program)
        self.go(program)

    def do(self, command):
        """Runs the command. Returns libvirt's error, or None."""
        verb, _, rest = command.replace('{folder}', FOLDER).partition(' ')
        if verb == 'file':
            path, size = rest.split()
            os.makedirs(os.path.dirname(f'{FOLDER}/{path}'), exist_ok=True)
            with open(f'{FOLDER}/{path}', 'wb') as file:
                file.truncate(int(size))
        elif verb == 'run':
            run(*rest.split(), check=False)
        elif verb == 'stop':
            self.daemons.stop(rest)
        elif verb in ('go', 'restart'):
            getattr(self, verb)(rest)
        elif verb == 'kill':
            for pid in pids(rest):
                os.kill(pid, 9)
            if rest.startswith('qemu') and 'libvirtd' in self.daemons.running:
                await_that(lambda: not virsh('list', '--name').strip(), 'libvirtd saw the end of the guests')
            if rest in self.daemons.running:
                self.daemons.running.pop(rest).wait()
                self.go(rest)
        elif verb == 'delete':
            for name in os.listdir(DATA):
                if name.startswith('virtsql.db') and not name.endswith('lock'):
                    os.unlink(f'{DATA}/{name}')
            await_that(lambda: os.path.exists(DATABASE), 'virtsqld made the database')
        else:
            for line in self.virsh(f'{verb} {rest}').split('\n'):
                if line.startswith('error:'):
                    return line
        return None

    def truth(self):
        shell = Shell(self.build)
        shell("SELECT libvirt_sync('qemu:///system')")
        answers = {name: set(shell(question)) for name, question in QUESTIONS.items()}
        shell.end()
        return answers

    @staticmethod
    def differences(shell, truth):
        """Where the database differs from the truth: the question, the rows that are missing, the rows that are too
        many."""
        out = []
        for name, question in QUESTIONS.items():
            try:
                found = set(shell(question))
            except AssertionError as error:  # the database is being made
                found = {(str(error),)}
            if found != truth[name]:
                out.append((name, 'missing', sorted(truth[name] - found, key=str), 'too much', sorted(found - truth[name], key=str)))
        return out

    def step(self, commands):
        for command in commands:
            error = self.do(command)
            if error:
                self.refused[command] = error
        begin = time.monotonic()
        truth = self.truth()
        shell = Shell(self.build, DATABASE)
        differences = self.differences(shell, truth)
        while differences and time.monotonic() < begin + SECONDS:
            time.sleep(0.03)
            differences = self.differences(shell, truth)
        self.lateness.append(time.monotonic() - begin)
        shell.end()
        if differences:
            self.faults['; '.join(commands)] = differences

    def main(self, words):
        for step in STEPS:
            commands = (step,) if isinstance(step, str) else step
            self.step(commands)
            if words and all(word in ' '.join(commands) for word in words):
                break
        for name in virsh('list', '--name').split():
            virsh('destroy', name)
        self.virsh.end()
        self.daemons.stop_all()
        for command, error in self.refused.items():
            print(f'{command}: not here: {error}')
        for step, differences in self.faults.items():
            print(step)
            for row in differences:
                print('   ', *(str(item)[:300] for item in row), sep=' | ')
        done = len(self.lateness) - len(self.refused)
        late = [seconds for seconds in self.lateness if seconds > LATE]
        print(f'{done} steps done, {len(self.faults)} missed, {len(late)} late; median {statistics.median(self.lateness):.2f} s, latest {max(self.lateness):.2f} s')
        return 1 if self.faults or len(late) > len(self.lateness) / 2 or (not words and done < LEAST) else 0


if __name__ == '__main__':
    sys.exit(Matrix(sys.argv[1]).main(sys.argv[2:]))
