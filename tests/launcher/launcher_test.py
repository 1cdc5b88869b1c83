#!/usr/bin/env python3
"""The virtsql command, as people call it.

    launcher_test.py PATH_OF_VIRTSQL

VIRTSQL_EXTENSION names the extension that was built.
"""
import csv
import json
import os
import re
import shutil
import subprocess
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

    def test_reads_only_unless_told(self):
        done = subprocess.run([self.launcher, self.database, 'DELETE FROM virtual_machines'], capture_output=True, text=True, check=False)
        self.assertIn('readonly', done.stderr)
        self.assertNotEqual(done.returncode, 0)
        copy = os.path.join(self.folder.name, 'copy.db')
        shutil.copyfile(self.database, copy)
        self.call('--write', copy, "UPDATE virtual_machines SET title = 'new' WHERE name = 'web02'")
        self.assertEqual(self.call(copy, "SELECT title FROM vms WHERE name = 'web02'").strip(), 'new')

    def test_says_what_it_does_not_know(self):
        self.assertIn('no option --writ', self.call('--writ', self.database, status=2))
        self.assertIn('there is no /nowhere/x.db', self.call('/nowhere/x.db', 'SELECT 1', status=2))
        self.assertIn('--host is for virtsql report', self.call('--host', 'kvm1', self.database, status=2))
        self.assertIn('no severity bad', self.call('check', '--severity', 'bad', self.database, status=2))
        self.assertIn('needs a value', self.call('report', '--vm', status=2))

    def test_version_and_help(self):
        self.assertRegex(self.call('--version'), r'^virtsql \d+\.\d+')
        self.assertIn('virtsql check', self.call('--help'))

    def test_recipes(self):
        names = [line.split()[0] for line in self.call('--recipes').split('\n') if line]
        self.assertIn('find_by_mac', names)
        found = self.call('--recipe', 'find_by_mac', 'mac=52:54:00:3A:10:02', self.database)
        self.assertIn('web02-copy', found)
        self.assertIn('no recipe nothing', self.call('--recipe', 'nothing', self.database, status=2))
        self.assertIn('no parameter cam', self.call('--recipe', 'find_by_mac', 'cam=1', self.database, status=2))

    def test_report(self):
        self.assertTrue(self.call('report', '--host', 'kvm2', self.database).startswith('<!doctype html>'))
        self.assertIn('no VM "nothing"', self.call('report', '--vm', 'nothing', self.database, status=1))

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
        self.assertIn('52:54:00:3a:10:02', {row['Mac Address'] for row in sheets['vNetwork']})

    def test_check(self):
        self.assertIn('duplicate_mac', self.call('check', self.database, status=1))
        gravest = self.call('check', '--severity', 'error', self.database, status=1)
        self.assertEqual({line.split('\t')[0] for line in gravest.split('\n') if line}, {'error'})
        empty = os.path.join(self.folder.name, 'empty.db')
        self.call('--write', empty, 'SELECT virtsql_init()')
        self.assertEqual(self.call('check', empty), '')
        noise = os.path.join(self.folder.name, 'noise.db')
        with open(noise, 'wb') as file:
            file.write(os.urandom(8192))
        self.call('check', noise, status=2)

    def test_metrics(self):
        """Every line is a comment or a sample of Prometheus' text format, each metric once."""
        seen, helped = set(), []
        for line in self.call('metrics', self.database).strip().split('\n'):
            if line.startswith('# HELP '):
                helped.append(line.split()[2])
            elif not line.startswith('# TYPE '):
                sample = re.fullmatch(r'([a-z_]+)(\{([a-z_]+="[^"\n]*",?)*\})? (-?\d+(\.\d+)?)', line)
                self.assertTrue(sample, line)
                self.assertIn(sample[1], helped)
                self.assertNotIn(line.rsplit(' ', 1)[0], seen)
                seen.add(line.rsplit(' ', 1)[0])
        self.assertEqual(len(helped), len(set(helped)))
        self.assertIn('virtsql_findings{host="kvm1",severity="error"}', seen)


if __name__ == '__main__':
    unittest.main(verbosity=2)
