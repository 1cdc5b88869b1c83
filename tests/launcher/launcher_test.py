#!/usr/bin/env python3
"""The virtsql command does what people call it for.

    launcher_test.py PATH_OF_VIRTSQL

VIRTSQL_EXTENSION names the extension that was built.
"""
import csv
import grp
import json
import os
import pty
import re
import resource
import shutil
import subprocess
import time
import unittest

from command import Command


class Launcher(Command):
    def test_plain_values_where_nobody_looks(self):
        xml = self.call(self.database, "SELECT domain_xml('web01')")
        self.assertTrue(xml.startswith('<domain'), xml[:80])

    def test_options_in_any_place(self):
        for arguments in ((self.database, 'SELECT 1 AS one', '--json'), ('--json', self.database, 'SELECT 1 AS one')):
            self.assertEqual(json.loads(self.call(*arguments)), [{'one': 1}])
        self.assertEqual(self.call('--csv', self.database, 'SELECT 1 AS one, 2 AS two').split(), ['one,two', '1,2'])
        for command in ('check', 'metrics', 'report'):
            self.assertIn('--json is for SQL and recipes', self.call(command, '--json', self.database, status=2))
        for number, arguments in enumerate((('--csv', '{}', 'report'), ('--csv', '{}', '--host', 'kvm2', 'report'), ('report', '--csv', '{}'))):
            sheets = self.path(f'sheets in place {number}')
            self.assertEqual(self.call(*(word.format(sheets) for word in arguments), self.database), '')
            self.assertIn('vInfo.csv', os.listdir(sheets))
        self.assertIn('--csv of virtsql report needs a folder', self.call('--csv', 'report', self.database, status=2))

    def test_no_rows_are_json_too(self):
        self.assertEqual(self.call('--json', self.database, 'SELECT 1 WHERE 0'), '[]\n')
        self.assertEqual(self.call('--json', '--recipe', 'find_by_mac', 'mac=none', self.database), '[]\n')
        self.assertNotIn('[]', self.call('--json', self.database, 'SELECT * FROM nothing', status=1))
        self.assertEqual(self.call('--csv', self.database, 'SELECT 1 WHERE 0'), '')

    def test_reads_only_unless_told(self):
        done = subprocess.run([self.launcher, self.database, 'DELETE FROM virtual_machines'], capture_output=True, text=True, check=False)
        self.assertIn('readonly', done.stderr)
        self.assertNotEqual(done.returncode, 0)
        copy = os.path.join(self.folder.name, 'copy.db')
        shutil.copyfile(self.database, copy)
        self.call('--write', copy, "UPDATE virtual_machines SET title = 'new' WHERE name = 'web02'")
        self.assertEqual(self.call(copy, "SELECT title FROM vms WHERE name = 'web02'").strip(), 'new')

    def test_says_how_what_writes_is_run(self):
        hint = 'virtsql: the database is opened read-only; --write opens it for writing\n'
        update = "UPDATE virtual_machines SET title = 'new' WHERE name = 'web02'"
        for arguments in ((self.database, update), ('--json', self.database, update), ('--csv', self.database, 'SELECT 1', update)):
            said = self.call(*arguments, status=8)  # SQLite's code of this fault
            self.assertIn('attempt to write a readonly database', said)
            self.assertEqual(said.count(hint), 1)
            self.assertTrue(said.endswith(hint), said)
        done = subprocess.run([self.launcher, self.database], input=update + ';', capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr.endswith(hint)), (1, '', True))
        # Other faults, and their status, are sqlite3's own.
        self.assertNotIn('--write', self.call(self.database, 'SELECT * FROM nothing', status=1))
        # A recipe that writes says so before it does anything, and each that writes is known as such.
        recipes = os.path.join(os.path.dirname(self.launcher), 'recipes')
        for name in sorted(name for name in os.listdir(recipes) if name.endswith('.sql')):
            with open(os.path.join(recipes, name), encoding='utf-8') as file:
                if not re.search('^ *(INSERT|UPDATE|DELETE)', file.read(), re.M):
                    continue
            recipe = name.removesuffix('.sql')
            self.assertEqual(self.call('--recipe', recipe, self.database, status=1),
                             f'virtsql: the recipe {recipe} writes, and the database is opened read-only; run virtsql --write --recipe {recipe} [KEY=VALUE...] [DB]\n')
            self.call('--write', '--recipe', recipe, self.copy('written.db'))
            self.assertIn("the fleet's store is only read", self.call('--fleet', 'dbname=none', '--recipe', recipe, status=2))

    def test_others_may_not_read_the_database_that_it_makes(self):
        for mask in (0o022, 0o000):
            database = self.path(f'made-under-{mask:o}.db')
            subprocess.run([self.launcher, '--write', database, 'SELECT virtsql_init()'], check=True, capture_output=True, umask=mask)
            self.assertEqual(oct(os.stat(database).st_mode & 0o777), '0o640')

    def test_says_what_it_does_not_know(self):
        self.assertIn('no option --writ', self.call('--writ', self.database, status=2))
        self.assertIn('there is no /nowhere/x.db', self.call('/nowhere/x.db', 'SELECT 1', status=2))
        # SQL of one word is taken for a database's name, but none is made.
        self.assertIn('needs the database before it', self.call('--write', 'VACUUM', status=2))
        self.assertFalse(os.path.exists('VACUUM'))
        self.assertIn('--host is for virtsql report and virtsql restore', self.call('--host', 'kvm1', self.database, status=2))
        self.assertIn('no severity bad', self.call('check', '--severity', 'bad', self.database, status=2))
        # An option without its value is refused, although a database is given.
        for option in ('--vm', '--host', '--theme', '--csv'):
            self.assertEqual(self.call('report', self.database, option, status=2), f'virtsql: {option} needs a value; virtsql --help\n')
        for option in ('--recipe', '--fleet', '--severity'):
            self.assertIn(f'{option} needs a value', self.call(self.database, option, status=2))

    def test_output_that_cannot_be_written_is_an_error(self):
        commands = (('report', self.database), ('--json', self.database, 'SELECT 1'), (self.database, 'SELECT 1'), ('--recipe', 'find_by_mac', self.database),
                    ('--recipes',), ('--help',), ('--version',), ('check', self.database), ('metrics', self.database),
                    ('restore', '--host', 'kvm1', self.path('not told'), self.database))
        for arguments in commands:
            with open('/dev/full', 'w', encoding='utf-8') as full:
                done = subprocess.run([self.launcher, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn('No space left on device\nvirtsql: the output could not be written\n', done.stderr)
        done = subprocess.run(['sh', '-c', '"$0" "$@" >&-', self.launcher, self.database, 'SELECT 1'], stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (2, 'virtsql: standard output is closed\n'))
        # A sheet of the report is output, too.
        folder = self.path('full sheets')
        os.mkdir(folder)
        os.symlink('/dev/full', folder + '/vHost.csv')
        self.assertIn('vHost.csv could not be written', self.call('report', '--csv', folder, self.database, status=2))

    def test_the_status_of_sql_counts_whatever_the_output_is(self):
        for where in ('| cat', '>/dev/null', f'>{self.path("out")}'):
            script = f'set -o pipefail; "$0" "$1" "SELECT 1" "SELECT * FROM nothing" {where}'
            self.assertEqual(subprocess.run(['bash', '-c', script, self.launcher, self.database], capture_output=True, check=False).returncode, 1, where)
        # Who has read enough is told nothing.
        done = subprocess.run(['bash', '-c', '"$0" report "$1" | head -c 5', self.launcher, self.database], capture_output=True, text=True, check=False)
        self.assertEqual((done.stdout, done.stderr), ('<!doc', ''))

    def test_a_value_may_look_like_an_option_of_echo(self):
        for name in ('-n', '-e'):
            self.assertIn(f'no VM "{name}"', self.call('report', '--vm', name, self.database, status=2))

    def test_an_empty_value_is_not_left_out(self):
        # A script's variable that is not set must not ask for everything.
        for arguments in (('report', '--host', ''), ('report', '--vm', ''), ('report', '--theme', ''), ('report', '--csv', ''), ('check', '--severity', ''),
                          ('restore', '--host', '', self.path('unset')), ('--recipe', ''), ('--fleet', '')):
            option = next(word for word in arguments if word.startswith('--'))
            self.assertEqual(self.call(*arguments, self.database, status=2), f'virtsql: the value of {option} is empty; give one, or leave {option} out\n')
        for command in ('git', 'restore'):
            self.assertIn('needs a folder', self.call(command, '', self.database, status=2))
        for arguments in (('report', ''), ('--write', '', 'SELECT 1')):
            self.assertIn("the database's name is empty", self.call(*arguments, status=2))
        # One that has a line break at its end keeps it.
        self.assertIn('no host "kvm1?"', self.call('report', '--host', 'kvm1\n', self.database, status=2))

    def test_the_users_sqliterc_changes_nothing(self):
        home = self.path('home')
        os.mkdir(home)
        with open(home + '/.sqliterc', 'w', encoding='utf-8') as file:
            file.write('.headers on\n.mode json\n.echo on\n')
        # sqlite3 looks for it in the home folder that /etc/passwd names, so one that is found first looks in another.
        with open(home + '/sqlite3', 'w', encoding='utf-8') as file:
            file.write(f"""#!/bin/sh
case " $* " in *' -init '*) ;; *) set -- -init '{home}/.sqliterc' "$@" ;; esac
exec '{shutil.which('sqlite3')}' "$@"
""")
        os.chmod(home + '/sqlite3', 0o755)
        environment = dict(os.environ, PATH=home + ':' + os.environ['PATH'])

        def at_home(*arguments, given=''):
            done = subprocess.run([self.launcher, *arguments], capture_output=True, text=True, input=given, env=environment, check=False)
            return done.returncode, done.stdout + done.stderr

        def timeless(status, said):
            # A report says the minute in which it was made, and that may end between two of them.
            return status, re.sub(r'\d{4}-\d\d-\d\d \d\d:\d\d UTC', '(now)', said)

        for arguments in (('--version',), (self.database, "SELECT domain_xml('web01')"), (self.database, 'SELECT 1 AS one', '--csv'),
                          ('metrics', self.database), ('report', '--host', 'kvm2', self.database),
                          ('--recipe', 'find_by_mac', 'mac=52:54:00:3A:10:02', self.database)):
            self.assertEqual(timeless(*at_home(*arguments)), timeless(0, self.call(*arguments)))
        self.assertEqual(at_home('check', self.database), (1, self.call('check', self.database, status=1)))
        self.assertEqual(at_home(self.database, given='SELECT 1 AS one, 2 AS two;'), (0, '1|2\n'))
        status, said = at_home('restore', '--host', 'kvm1', home + '/restored', self.database)
        self.assertEqual((status, said.split(';')[0]), (0, f"{len(self.definitions(home + '/restored'))} definitions of kvm1"))
        with open(home + '/restored/restore', encoding='utf-8') as script:
            self.assertIn('\ntry define --file domains/0001-web01.xml\n', script.read())
        sheets = home + '/sheets'
        self.assertEqual(at_home('report', '--csv', sheets, self.database), (0, ''))
        with open(sheets + '/vInfo.csv', encoding='utf-8') as file:
            self.assertTrue(file.readline().startswith('VM,'))

    def test_a_path_may_begin_like_an_option(self):
        folder = self.path('dashes')
        os.mkdir(folder)
        shutil.copyfile(self.database, folder + '/-x.db')

        def call(*arguments, status=0):
            done = subprocess.run([self.launcher, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd=folder, check=False)
            self.assertEqual(done.returncode, status, done.stdout + done.stderr)
            return done.stdout + done.stderr

        self.assertEqual(call('--', '-x.db', 'SELECT 1', '-- a comment\nSELECT 2'), '1\n2\n')
        self.assertIn('there is no ./-y.db', call('--', '-y.db', 'SELECT 1', status=2))
        self.assertIn('duplicate_mac', call('check', '--', '-x.db', status=1))
        self.assertEqual(call('report', '--host', 'kvm2', '--', '-x.db')[:5], '<!doc')
        self.assertIn('virtsql_vms', call('metrics', '--', '-x.db'))
        self.assertIn('52:54:00:3a:10:02', call('--recipe', 'find_by_mac', '--', 'mac=52:54:00:3A:10:02', '-x.db'))
        call('report', '--csv', '-sheets', '--', '-x.db')
        self.assertIn('vInfo.csv', os.listdir(folder + '/-sheets'))
        for _ in ('made', 'continued'):
            call('git', '--', '-git', '-x.db')
        self.assertIn('kvm1', os.listdir(folder + '/-git'))
        self.assertIn(' definitions of kvm1; ./-all/restore', call('restore', '--host', 'kvm1', '--', '-all', '-x.db'))

    def test_a_checkout_and_folders_of_any_name(self):
        top = self.path('it\'s a "quoted" \\name')
        shutil.copytree(os.path.dirname(os.path.dirname(self.launcher)), top, symlinks=True)
        self.addCleanup(shutil.rmtree, top)
        for arguments in (('--version',), ('--libvirt', self.database, 'SELECT virtsql_version()'), ('metrics', self.database),
                          ('--recipe', 'find_by_mac', 'mac=52:54:00:3A:10:02', self.database), ('report', '--csv', top + '/sheets', self.database)):
            done = subprocess.run([top + '/sql/virtsql', *arguments], capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, self.call(*arguments), ''))
        self.assertIn('vInfo.csv', os.listdir(top + '/sheets'))

    def test_version_and_help(self):
        self.assertRegex(self.call('--version'), r'^virtsql \d+\.\d+')
        self.assertIn('virtsql check', self.call('--help'))

    def test_the_shell_says_where_to_look(self):
        ours, theirs = pty.openpty()
        done = subprocess.Popen([self.launcher, self.database], stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        os.close(theirs)
        os.write(ours, b'.quit\n')
        banner = done.communicate(timeout=60)[0]
        os.close(ours)
        self.assertIn('read-only', banner)
        self.assertIn('virtsql_search', banner)
        named = re.search(r'To read: (.*) in (\S+)', banner)
        for document in re.findall(r'\w+[.]md', named[1]):
            self.assertTrue(os.path.exists(os.path.join(named[2], document)), document)

    def complete(self, *words):
        """What the completion of bash offers for the last word."""
        script = ('source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _virtsql "$1"; printf "%s\\n" "${COMPREPLY[@]}"')
        completion = os.path.join(os.path.dirname(self.launcher), 'completion', 'virtsql')
        done = subprocess.run(['bash', '-c', script, completion, self.launcher, *words], capture_output=True, text=True, check=False,
                              cwd=os.path.dirname(self.database))
        self.assertEqual(done.stderr, '')
        return done.stdout.split()

    def test_completion(self):
        for before in ((), ('--write',), ('--host', 'kvm1'), ('--fleet', 'host', '=', 'db')):
            self.assertEqual(self.complete(*before, 'met'), ['metrics'])
        self.assertEqual(self.complete('fleet.db', 'met'), [])
        self.assertEqual(self.complete('check', '--severity', 'w'), ['warning'])
        self.assertEqual(self.complete('report', '--theme', ''), ['light', 'dark', 'auto'])
        self.assertIn('find_by_mac', self.complete('--recipe', 'find_by_'))
        self.assertEqual(self.complete('--recipe', 'find_by_mac', 'm'), ['mac='])
        self.assertEqual(self.complete('check', 'fleet.d'), ['fleet.db'])
        # It offers every option and command of the help, and no other.
        offered = {word for word in self.complete('-')}
        self.assertEqual(offered, set(re.findall(r'--[a-z]+', self.call('--help'))))
        commands = set(re.findall(r'^  virtsql ([a-z]+) ', self.call('--help'), re.M))
        self.assertEqual(commands, set(self.complete('')) - set(os.listdir(os.path.dirname(self.database))))

    def test_recipes(self):
        names = [line.split()[0] for line in self.call('--recipes').split('\n') if line]
        self.assertIn('find_by_mac', names)
        found = self.call('--recipe', 'find_by_mac', 'mac=52:54:00:3A:10:02', self.database)
        self.assertIn('web02-copy', found)
        self.assertIn('no recipe nothing', self.call('--recipe', 'nothing', self.database, status=2))
        # What is no time must not read as "nothing changed".
        self.assertEqual(self.call('--recipe', 'changed_this_week', 'since=7d', self.database), self.call('--recipe', 'changed_this_week', self.database))
        for recipe, parameter in (('changed_this_week', 'since=2026-3-2'), ('snapshots', 'now=garbage')):
            self.assertIn('is no time; give', self.call('--recipe', recipe, parameter, self.database, status=1))
        self.assertIn('no parameter cam', self.call('--recipe', 'find_by_mac', 'cam=1', self.database, status=2))

    def test_report(self):
        self.assertTrue(self.call('report', '--host', 'kvm2', self.database).startswith('<!doctype html>'))
        self.assertIn('no VM "nothing"', self.call('report', '--vm', 'nothing', self.database, status=2))

    def test_a_database_that_cannot_be_read(self):
        foreign = self.path('foreign.db')
        subprocess.run(['sqlite3', foreign, 'CREATE TABLE t (a)'], check=True)
        for database in (self.launcher, foreign, self.folder.name):
            for command in (('report',), ('report', '--csv', self.path('no_sheets')), ('check',), ('metrics',), ('git', self.path('no_git')),
                            ('restore', self.path('no_host'))):
                self.call(*command, database, status=2)
        self.call(self.launcher, 'SELECT * FROM vms', status=26)

    def test_report_as_sheets(self):
        folder = os.path.join(self.folder.name, 'sheets')
        self.call('report', '--csv', folder, self.database)
        sheets = {}
        for name in ('vInfo', 'vCPU', 'vMemory', 'vDisk', 'vNetwork', 'vSnapshot', 'vHost'):
            with open(os.path.join(folder, name + '.csv'), encoding='utf-8', newline='') as file:
                sheets[name] = list(csv.DictReader(file))
            self.assertTrue(sheets[name], name)
        self.assertEqual({row['VM'] for row in sheets['vInfo']}, set(self.call(self.database, "SELECT name FROM vms WHERE state <> 'undefined'").split()))
        self.assertEqual([row['Memory'] for row in sheets['vInfo'] if row['VM'] == 'db01'], ['65536'])
        self.assertEqual({row['Powerstate'] for row in sheets['vInfo'] if row['State'] == 'unknown'}, {''})
        # The medium in a drive is no disk of the VM; of what is not known there is no sum.
        for row in sheets['vInfo']:
            sizes = [disk['Capacity MiB'] for disk in sheets['vDisk'] if disk['VM UUID'] == row['VM UUID'] and disk['Device'] in ('disk', 'lun')]
            self.assertEqual((row['Disks'], row['Provisioned MiB']), (str(len(sizes)), '' if '' in sizes else str(sum(map(int, sizes)))), row['VM'])
        self.assertIn('cdrom', {disk['Device'] for disk in sheets['vDisk'] if disk['Capacity MiB']})
        self.assertIn('52:54:00:3a:10:02', {row['Mac Address'] for row in sheets['vNetwork']})
        self.call('report', '--csv', folder, '--host', 'kvm2', self.database)
        for name, rows in sheets.items():
            with open(os.path.join(folder, name + '.csv'), encoding='utf-8', newline='') as file:
                self.assertEqual(list(csv.DictReader(file)), [row for row in rows if row['Host'] == 'kvm2'], name)
        # A sheet without rows has its header.
        self.call('report', '--csv', folder, '--host', 'kvm3', self.database)
        for name, rows in sheets.items():
            with open(os.path.join(folder, name + '.csv'), encoding='utf-8', newline='') as file:
                sheet = csv.DictReader(file)
                self.assertEqual(sheet.fieldnames, list(rows[0]), name)
                self.assertEqual(list(sheet), [row for row in rows if row['Host'] == 'kvm3'], name)
        # What it cannot do it does not leave out silently.
        for arguments, said in ((('--host', 'nothing'), 'no host "nothing"'), (('--vm', 'web01'), '--vm is for the page')):
            self.assertIn(said, self.call('report', '--csv', self.path('no sheets'), *arguments, self.database, status=2))
        self.assertFalse(os.path.exists(self.path('no sheets')))

    def test_check(self):
        self.assertIn('duplicate_mac', self.call('check', self.database, status=1))
        gravest = self.call('check', '--severity', 'error', self.database, status=1)
        self.assertEqual({line.split('\t')[0] for line in gravest.split('\n') if line}, {'error'})
        empty = os.path.join(self.folder.name, 'empty.db')
        self.call('--write', empty, 'SELECT virtsql_init()')
        self.assertEqual(self.call('check', empty), '')
        # Whatever a name has in it, a finding is one line of five fields.
        self.call('--write', empty, '''SELECT domain_import('<domain type="kvm"><name>a&#10;b&#9;c&#13;d\\n</name><uuid>11111111-2222-4333-8444-555555555555</uuid>
          <os><type arch="x86_64" machine="pc-q35-7.2">hvm</type></os><devices><disk type="file" device="disk"><driver name="qemu" type="raw" cache="unsafe"/>
          <source file="/i&#10;/x"/><target dev="vda" bus="virtio"/></disk></devices></domain>', 'h' || char(9) || 'o')''')
        findings = [line.split('\t') for line in self.call('check', empty, status=1).removesuffix('\n').split('\n')]
        self.assertEqual({tuple(fields[1:3]) for fields in findings}, {('h\\to', 'a\\nb\\tc\\rd\\\\n')})
        self.assertEqual({len(fields) for fields in findings}, {5})
        noise = os.path.join(self.folder.name, 'noise.db')
        with open(noise, 'wb') as file:
            file.write(os.urandom(8192))
        self.call('check', noise, status=2)

    def test_metrics(self):
        """Every line is a comment or a sample of Prometheus' text format, each metric once."""
        self.assertIn('no metrics of the spool', self.call('metrics', self.database))
        spool = self.path('spool')
        os.makedirs(spool + '/bad')
        self.addCleanup(shutil.rmtree, spool)
        now = int(time.time())
        for name in (f'{(now - 500) * 1000000:020}.record', f'{(now - 5) * 1000000:020}.record', '.new-1-2', 'sequence', 'bad/1.record', 'bad/1.record.reason'):
            with open(os.path.join(spool, name), 'w', encoding='utf-8') as file:
                file.write('x')
        seen, helped, values = set(), [], {}
        for line in self.call('metrics', self.database).strip().split('\n'):
            if line.startswith('# HELP '):
                helped.append(line.split()[2])
            elif line.startswith('# TYPE '):
                # Retention lets each number become less, so none is a counter.
                self.assertEqual(line.split()[3], 'gauge', line)
            else:
                sample = re.fullmatch(r'([a-z_]+)(\{([a-z_]+="[^"\n]*",?)*\})? (-?\d+(\.\d+)?)', line)
                self.assertTrue(sample, line)
                self.assertIn(sample[1], helped)
                self.assertNotIn(line.rsplit(' ', 1)[0], seen)
                seen.add(line.rsplit(' ', 1)[0])
                values[line.rsplit(' ', 1)[0]] = float(sample[4])
        self.assertEqual(len(helped), len(set(helped)))
        self.assertIn('virtsql_findings{host="kvm1",severity="error"}', seen)
        self.assertEqual((values['virtsql_spool_records'], values['virtsql_spool_set_aside']), (2, 1))
        self.assertAlmostEqual(values['virtsql_spool_oldest_record_age_seconds'], 500, delta=60)
        self.assertEqual(values['virtsql_database_bytes'], os.path.getsize(self.database))
        # A sync that found nothing new made no capture, but libvirt named each VM.
        seen_again = self.copy('seen.db')
        self.call('--write', seen_again, "UPDATE vm_states SET state = 'shut off', last_seen = strftime('%Y-%m-%dT%H:%M:%fZ', 4000000000 + rowid_of, 'unixepoch') "
                  'FROM (SELECT vm_uuid AS of, row_number() OVER (PARTITION BY host_id ORDER BY vm_uuid) - 1 AS rowid_of FROM vm_states) AS n WHERE n.of = vm_uuid')
        self.assertIn('\nvirtsql_last_sync_timestamp_seconds{host="kvm1"} 4000000000\n', self.call('metrics', seen_again))
        # Without VMs, syncs leave no trace: that the last capture of one is old does not mean that there are none.
        self.call('--write', seen_again, "UPDATE vm_states SET state = 'undefined'")
        without = self.call('metrics', seen_again)
        self.assertNotIn('virtsql_last_sync_timestamp_seconds{host="kvm1"}', without)
        # What is 0 is said.
        self.assertIn('\nvirtsql_managed_vms{host="kvm1"} 0\n', without)
        self.call('--write', seen_again, 'DELETE FROM virtual_machines')
        for severity in ('error', 'warning', 'notice'):
            self.assertIn(f'\nvirtsql_findings{{host="kvm1",severity="{severity}"}} 0\n', self.call('metrics', seen_again))
        # The name of a folder is no pattern.
        shutil.copytree(spool, self.path('[s]/spool'))
        self.assertIn('\nvirtsql_spool_set_aside 1\n', self.call('metrics', self.copy('[s]/fleet.db')))
        # The rules for alerts name only metrics that exist.
        with open(os.path.join(os.path.dirname(self.launcher), 'metrics', 'alerts.yml'), encoding='utf-8') as rules:
            text = rules.read()
        self.assertNotRegex(text, r'\b(increase|rate|irate)\(')
        used = set(re.findall(r'virtsql_[a-z_]+', text))
        self.assertGreater(len(used), 4)
        self.assertLessEqual(used, set(helped) | {'virtsql_capture_errors', 'virtsql_last_sync_timestamp_seconds'})

    def test_restore(self):
        folder = self.path('restored')
        self.assertIn('--host: kvm1, kvm2, kvm3', self.call('restore', folder, self.database, status=2))
        self.assertIn('no host "kvm"', self.call('restore', '--host', 'kvm', folder, self.database, status=2))
        self.assertIn('no host "kvm1\nkvm2"', self.call('restore', '--host', 'kvm1\nkvm2', folder, self.database, status=2))
        self.assertFalse(os.path.exists(folder))
        self.call('restore', folder, '--host', 'kvm1', self.database)
        with open(folder + '/domains/0001-web01.xml', encoding='utf-8') as file:
            self.assertEqual(file.read(), self.call(self.database, "SELECT domain_xml('web01', 'inactive')"))
        self.assertEqual(subprocess.run(['sh', '-n', folder + '/restore'], check=False).returncode, 0)
        self.assertIn('not empty', self.call('restore', folder, '--host', 'kvm1', self.database, status=2))

    def test_restore_leaves_out_what_no_xml_can_say(self):
        folder, database = self.path('without one'), self.copy('edited.db')
        self.call('--write', database, "UPDATE virtual_machines SET title = char(1) WHERE name = 'web01'")
        self.assertIn('web01', self.call('restore', folder, '--host', 'kvm1', database, status=1))
        self.assertTrue(self.definitions(folder))
        with open(folder + '/restore', encoding='utf-8') as script:
            self.assertRegex(script.read(), 'left_out VM web01 [-0-9a-f]+\n')

    def test_restore_leaves_out_each_thing_that_no_xml_can_say(self):
        folder, database, uuid = self.path('without things'), self.path('things.db'), 'b0000000-0000-4000-8000-000000000007'
        domain = f"<domain type='kvm'><name>web</name><uuid>{uuid}</uuid><os><type>hvm</type></os></domain>"
        things = (('secret', 'secrets', "<secret><uuid>{}</uuid><usage type='ceph'><name>{}</name></usage></secret>", 'description'),
                  ('network', 'networks', '<network><name>{1}</name><uuid>{0}</uuid></network>', 'bridge_name'),
                  ('pool', 'storage_pools', "<pool type='dir'><name>{1}</name><uuid>{0}</uuid><target><path>/{1}</path></target></pool>", 'path'),
                  ('nwfilter', 'nw_filters', "<filter name='{1}'><uuid>{0}</uuid></filter>", 'chain'),
                  ('snapshot', 'vm_snapshots', '<domainsnapshot><name>{1}</name><creationTime>1</creationTime>' + domain + '</domainsnapshot>', 'description'),
                  ('checkpoint', 'vm_checkpoints', '<domaincheckpoint><name>{1}</name><creationTime>1</creationTime>' + domain + '</domaincheckpoint>', 'description'))
        script = ['SELECT virtsql_init()', f"""SELECT domain_import('{domain.replace("'", "''")}', 'h')"""]
        for number, (kind, table, xml, column) in enumerate(things):
            for name in ('bad', 'good'):
                given = xml.format(f'5c6d49af-b071-6127-b4ec-6f8ed4b5{name == "bad":02}{number:02}', name).replace("'", "''")
                script.append(f"SELECT {kind}_import('{given}', 'h')")
            script.append(f"UPDATE {table} SET {column} = char(1) WHERE {'usage_name' if kind == 'secret' else 'name'} = 'bad'")
        self.call('--write', database, *script)
        said = self.call('restore', folder, database, status=1)
        for kind, *_ in things:
            self.assertRegex(said, rf'\bleft_out {kind} (web\.)?bad\n')
        self.assertIn('say why', said)
        files = self.definitions(folder)
        self.assertEqual(len(files), len(things) + 1)
        self.assertFalse([file for file in files if 'bad' in file])
        self.assertEqual(subprocess.run(['sh', '-n', folder + '/restore'], check=False).returncode, 0)

    def test_restore_defines_mediated_devices(self):
        folder, database = self.path('devices'), self.path('devices.db')
        device = ('<device><name>{0}</name>{1}<parent>pci_0000_00_01_0</parent>'
                  '<capability type="mdev"><type id="a-1"/><uuid>c2177883-f1bb-47f0-914d-32a22e3a880{2}</uuid></capability></device>')
        self.call('--write', database, 'SELECT virtsql_init()', f"SELECT nodedev_import('{device.format('there', '<path>/sys/x</path>', 1)}', 'h')",
                  f"SELECT nodedev_import('{device.format('idle', '', 2)}', 'h')", "SELECT nodedev_import('<device><name>computer</name></device>', 'h')")
        self.call('restore', folder, database)
        self.assertEqual(sorted(self.definitions(folder)), ['0001-there.xml', '0002-idle.xml'])
        with open(folder + '/restore', encoding='utf-8') as script:
            calls = [line for line in script.read().split('\n') if line.startswith('try nodedev-')]
        self.assertEqual(calls, ['try nodedev-define --file devices/0001-there.xml', 'try nodedev-define --file devices/0002-idle.xml',
                                 'try nodedev-autostart --device there', 'try nodedev-start --device there'])

    def test_restore_gives_each_host_its_own_vm_of_a_uuid(self):
        database = self.path('two.db')
        xml = ("<domain type='kvm'><name>{}</name><uuid>b0000000-0000-4000-8000-000000000001</uuid>"
               "<memory unit='KiB'>{}</memory><os><type>hvm</type></os></domain>")
        self.call('--write', database, 'SELECT virtsql_init()', *(
            f"""SELECT domain_import('{xml.format('ha', memory).replace("'", "''")}', '{host}')""" for host, memory in (('one', 1024), ('two', 2048))))
        for host, memory in (('one', 1024), ('two', 2048)):
            self.call('restore', '--host', host, self.path(host), database)
            with open(self.path(host) + '/domains/0001-ha.xml', encoding='utf-8') as file:
                self.assertIn(f'{memory}</memory>', file.read())

    def test_restore_says_what_libvirt_described_in_no_xml(self):
        folder, database = self.path('unread'), self.copy('unread.db')
        capture = '''INSERT INTO captures (id, host_id, kind, driver, operation, config, source, name, error)
          SELECT {}, id, 'nwfilter', 'nwfilter', 'sync', 'persistent', 'sync', '{}', {} FROM hosts WHERE name = 'kvm1' '''
        self.call('--write', database, capture.format(4000000000000000, "it''s <b>", "'no XML'"), capture.format(4000000001000000, 'mended', "'no XML'"),
                  capture.format(4000000002000000, 'mended', 'NULL'))
        said = self.call('restore', folder, '--host', 'kvm1', database, status=1)
        self.assertIn("not_read nwfilter 'it'\\''s <b>'", said)
        self.assertIn('could not be read', said)
        self.assertNotIn('mended', said)
        self.assertTrue(self.definitions(folder))
        self.assertEqual(subprocess.run(['sh', '-n', folder + '/restore'], check=False).returncode, 0)

    def test_restore_runs_nothing_that_a_name_says(self):
        database, folder = self.path('hostile.db'), self.path('hostile')
        names = ['a%s$(touch PWNED)', "it's", '-x', '--help', 'two words', 'a`touch PWNED`', '"', '\\', '$HOME', "';touch PWNED;'", '%s', 'a\n; touch PWNED\n', 'é*']

        def sql(text):
            return "'" + text.replace("'", "''") + "'"

        def xml(text):
            for character, reference in (('&', '&amp;'), ('<', '&lt;'), ("'", '&apos;'), ('"', '&quot;'), ('\n', '&#10;')):
                text = text.replace(character, reference)
            return text

        uuids = [f"b{number}%s$(touch PWNED)';touch PWNED;'" for number in range(len(names))]
        script = ['SELECT virtsql_init()']
        for number, (name, uuid) in enumerate(zip(names, uuids)):
            script += [f'SELECT {function}_import({sql(document)}, {sql("h")})' for function, document in (
                ('nwfilter', f"<filter name='{xml(name)}' chain='root'><uuid>5c6d49af-b071-6127-b4ec-6f8ed4b553{number:02}</uuid></filter>"),
                ('network', f"<network><name>{xml(name)}</name><uuid>dd8fe884-6c02-601e-7551-cca97df1c5{number:02}</uuid></network>"),
                ('domain', f"<domain type='kvm'><name>{number}{xml(name)}</name><uuid>{xml(uuid)}</uuid><os><type>hvm</type></os></domain>"),
                ('snapshot', f"<domainsnapshot><name>{xml(name)}</name><creationTime>1</creationTime><domain type='kvm'><name>{number}{xml(name)}</name>"
                             f"<uuid>{xml(uuid)}</uuid><os><type>hvm</type></os></domain></domainsnapshot>"))]
        # Networks that run, and VMs that start by themselves, have calls of their own.
        script += ["""INSERT INTO captures (id, host_id, kind, driver, operation, config, source, name)
          SELECT 4000000000000000 + id, host_id, 'network', 'network', 'started', 'live', 'event', name FROM networks""",
                   'UPDATE vm_states SET autostart = 1']
        self.call('--write', database, *script)
        self.call('restore', folder, database)
        # A virsh that notes what it is called with, and knows no filter. CDPATH has another folder of the same name.
        programs, called = self.path('programs'), self.path('called')
        os.makedirs(programs + '/hostile')
        with open(programs + '/virsh', 'w', encoding='utf-8') as file:
            file.write(f"""#!/bin/sh
printf '%s\\0' "$@" >>'{called}'
printf '\\1\\0' >>'{called}'
[ "$4" != nwfilter-dumpxml ] && [ -e restore ]
""")
        os.chmod(programs + '/virsh', 0o755)
        environment = dict(os.environ, PATH=programs + ':' + os.environ['PATH'], CDPATH=programs)
        subprocess.run(['sh', 'hostile/restore', 'test:///default'], env=environment, cwd=self.folder.name, check=True)
        with open(called, encoding='utf-8') as file:
            calls = [tuple(call.split('\0'))[:-1] for call in file.read().split('\1\0')[:-1]]
        self.assertEqual({call[:3] for call in calls}, {('--quiet', '--connect', 'test:///default')})
        for command, option, values in (('nwfilter-dumpxml', '--nwfilter', names), ('net-autostart', '--network', names), ('net-start', '--network', names),
                                        ('snapshot-create', '--domain', uuids), ('autostart', '--domain', uuids)):
            self.assertEqual(sorted(call[5] for call in calls if call[3:5] == (command, option)), sorted(values), command)
        for command, option in (('nwfilter-define', 4), ('net-define', 4), ('define', 4), ('snapshot-create', 7)):
            files = [call[option + 1] for call in calls if call[3] == command]
            self.assertEqual({call[option] for call in calls if call[3] == command}, {'--xmlfile' if command == 'snapshot-create' else '--file'})
            self.assertEqual(len(files), len(names))
            for name in files:
                self.assertTrue(os.path.exists(os.path.join(folder, name)), name)
        for _, _, made in os.walk(self.folder.name):
            self.assertNotIn('PWNED', made)
        # The script takes one URI, which may not be an empty variable.
        for arguments in ([''], ['--help'], ['a:///', 'b:///']):
            done = subprocess.run([folder + '/restore', *arguments], env=environment, capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stderr[:6]), (2, 'usage:'))

    def definitions(self, folder):
        return [name for _, _, names in os.walk(folder) for name in names if name.endswith('.xml')]

    def test_restore_fails_if_it_cannot_write(self):
        def restore(folder, **how):
            done = subprocess.run([self.launcher, 'restore', '--host', 'kvm1', folder, self.database], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                                  check=False, **how)
            self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
            self.assertEqual(done.stdout, '')
            return done.stderr

        self.assertIn('mkdir', restore(self.database + '/restored'))
        # No file may get longer than a few definitions are: like a full disk. Python ignores the signal, and so does what
        # it starts.
        folder = self.path('short')
        self.assertIn('is the disk full', restore(folder, restore_signals=False, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))))
        self.assertFalse(os.path.exists(folder + '/restore'))
        if os.getuid() == 0:
            os.chmod(self.folder.name, 0o755)
            os.mkdir(self.path('of_root'))
            self.assertIn('could not be written', restore(self.path('of_root'), user='nobody', group='nogroup', extra_groups=[]))

    def test_who_may_not_read_is_told_what_to_do(self):
        # Runs as nobody: with a folder that only its group may enter, then with a file that only its group may read, then
        # with those that only their owner may read, or the group root.
        if os.getuid() != 0:
            self.skipTest('only root can become another')
        os.chmod(self.folder.name, 0o755)
        daemon = grp.getgrnam('daemon').gr_gid
        for folder_mode, mode, group, said, advice in (
                (0o750, 0o640, daemon, 'you may not look into', 'members of the group daemon may: sudo adduser nobody daemon'),
                (0o755, 0o640, daemon, 'you may not read', 'members of the group daemon may: sudo adduser nobody daemon'),
                (0o700, 0o640, daemon, 'you may not look into', 'only its owner may, who is root'),
                (0o755, 0o600, daemon, 'you may not read', 'only its owner may, who is root'),
                (0o755, 0o600, 0, 'you may not read', 'only its owner may, who is root'),
                (0o750, 0o640, 0, 'you may not look into', 'only its owner may, who is root')):
            folder = self.path(f'closed{folder_mode:o}{mode:o}{group}')
            os.mkdir(folder)
            shutil.copyfile(self.database, folder + '/vms.db')
            for path, permissions in ((folder + '/vms.db', mode), (folder, folder_mode)):
                os.chown(path, 0, group)
                os.chmod(path, permissions)
            done = subprocess.run([self.launcher, folder + '/vms.db', 'SELECT 1'], capture_output=True, text=True, user='nobody', group='nogroup',
                                  extra_groups=[], check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(said, done.stderr)
            self.assertIn(advice, done.stderr)
            self.assertEqual('adduser' in done.stderr, 'adduser' in advice)

    def test_libvirts_functions(self):
        known = "SELECT count(*) FROM pragma_module_list WHERE name = 'libvirt_domains'"
        self.assertEqual(self.call(self.database, known), '0\n')
        self.assertEqual(self.call('--libvirt', self.database, known), '1\n')
        alone = self.path('alone')
        shutil.copytree(os.path.dirname(os.path.dirname(self.launcher)), alone, symlinks=True)
        os.unlink(alone + '/build/sqlite_ext/virtsql_libvirt.so')
        done = subprocess.run([alone + '/sql/virtsql', '--libvirt', self.database, known], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn('virtsql_libvirt.so is missing', done.stderr)


if __name__ == '__main__':
    unittest.main(verbosity=2)
