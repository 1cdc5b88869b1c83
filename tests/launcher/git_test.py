#!/usr/bin/env python3
"""virtsql git writes the history of definitions as a git repository.

    git_test.py PATH_OF_VIRTSQL
"""
import os
import re
import shutil
import subprocess
import unittest

from command import Command

SECOND = 1000000


class Git(Command):
    def git(self, repository, *arguments):
        done = subprocess.run(['git', '-C', repository, *arguments], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def query(self, database, sql):
        return self.call(database, sql).rstrip('\n').split('\n')

    def tell(self, database, name, sql):
        """Imports a changed definition of the VM on the same host. `sql` is an expression of `xml`, the VM's newest
        definition."""
        self.call('--write', database,
                  f"SELECT domain_import({sql}, (SELECT host FROM vms WHERE name = '{name}')) FROM (SELECT domain_at('{name}', 'now') AS xml)")

    def undefine(self, database, name, after=SECOND):
        self.call('--write', database, f"""
          INSERT INTO captures (id, host_id, kind, vm_uuid, driver, operation, source, name)
          SELECT (SELECT max(id) FROM captures WHERE vm_uuid = v.uuid) + {after}, host_id, 'domain', uuid, 'qemu', 'undefine', 'event', name
          FROM virtual_machines AS v WHERE name = '{name}'""")

    def test_one_commit_for_each_capture_that_changed_a_definition(self):
        repository = self.path('all')
        self.call('git', repository, self.database)
        commits = self.git(repository, 'log', '--reverse', '--date=format:%Y-%m-%dT%H:%M:%S', '--format=%an|%ae|%ad').split()
        wanted = [f'{host}|virtsql@{host}|{at[:19]}' for host, at in (line.split('|') for line in self.query(self.database, """
          SELECT h.host, h.captured_at FROM (SELECT DISTINCT vm_uuid FROM captures WHERE kind = 'domain') AS v, domain_history(v.vm_uuid) AS h
          WHERE h.changed AND h.config = 'persistent' ORDER BY h.capture_id"""))]
        self.assertGreater(len(wanted), 20)
        self.assertEqual(commits, wanted)
        # Each file is the document that was captured last, byte for byte. The history has what app02 was before.
        for uuid, host, name in (line.split('|') for line in self.query(self.database, 'SELECT uuid, host, name FROM vms')):
            with open(f'{repository}/{host}/{name}.xml', encoding='utf-8') as file:
                self.assertEqual(file.read() + '\n', self.call(self.database, f"SELECT domain_at('{uuid}', 'now')"))
        first, second = self.git(repository, 'log', '--reverse', '--format=%H', '--', 'kvm1/app02.xml').split()
        before = self.query(self.database, "SELECT min(capture_id) FROM domain_history('app02')")[0]
        self.assertEqual(self.git(repository, 'show', first + ':kvm1/app02.xml') + '\n', self.call(self.database, f'SELECT captured_xml({before})'))
        self.assertNotEqual(first, second)
        self.assertEqual(self.git(repository, 'status', '--porcelain'), '')

    def test_goes_on_where_it_ended(self):
        repository, database = self.path('again'), self.copy('again.db')
        self.call('git', repository, database)
        head = self.git(repository, 'rev-parse', 'HEAD')
        self.call('git', repository, database)
        self.assertEqual(self.git(repository, 'rev-parse', 'HEAD'), head)
        # A capture that changes nothing makes no commit. White space is no change of a definition.
        self.tell(database, 'app01', "replace(xml, '  <devices>', '    <devices>')")
        self.call('git', repository, database)
        self.assertEqual(self.git(repository, 'rev-parse', 'HEAD'), head)
        self.tell(database, 'app01', "replace(xml, '</vcpu>', '</vcpu><title>new</title>')")
        self.tell(database, 'app01', "replace(xml, '<title>new</title>', '<title>newer</title>')")
        self.call('git', repository, database)
        self.assertEqual(self.git(repository, 'log', '--format=%s', head.strip() + '..'), 'change app01\nchange app01\n')
        self.assertEqual(self.git(repository, 'show', '--format=%b', '--stat', 'HEAD').count('kvm1/app01.xml'), 1)

    def test_a_renamed_vm_is_a_rename(self):
        repository, database = self.path('renamed'), self.copy('renamed.db')
        for first in (True, False):
            self.call('git', repository, database)
            old, new = ('app01', 'shop') if first else ('shop', 'a "quoted" name')
            self.tell(database, old, f"replace(xml, '<name>{old}<', '<name>{new}<')")
            self.call('git', repository, database)
            self.assertEqual(self.git(repository, 'log', '-1', '--format=%s').strip(), f'rename {old} to {new}')
            changes = self.git(repository, 'show', '-z', '--format=', '--name-status', '--find-renames', 'HEAD').split('\0')
            self.assertTrue(changes[0].startswith('R'), changes)
            self.assertEqual(changes[1:3], [f'kvm1/{old}.xml', f'kvm1/{new}.xml'.replace('"', '%22')])

    def test_what_is_gone_is_removed(self):
        repository, database = self.path('gone'), self.copy('gone.db')
        self.undefine(database, 'app02')
        self.call('git', repository, database)
        self.assertFalse(os.path.exists(repository + '/kvm1/app02.xml'))
        self.assertEqual(len(self.git(repository, 'log', '--format=%s', '--', 'kvm1/app02.xml').split('\n')) - 1, 3)
        # Another VM takes the name before libvirt reports the end of the first VM: the file then has the other VM.
        self.call('--write', database, "SELECT domain_import(replace(replace(domain_at(uuid, 'now'), uuid, '11111111-2222-4333-8444-555555555555'), "
                  "'</vcpu>', '</vcpu><title>another</title>'), 'kvm1') FROM vms WHERE name = 'app03'")
        self.undefine(database, "app03' AND uuid <> '11111111-2222-4333-8444-555555555555", 30 * 365 * 86400 * SECOND)
        self.call('git', repository, database)
        with open(repository + '/kvm1/app03.xml', encoding='utf-8') as file:
            self.assertIn('another', file.read())

    def test_what_was_pruned_is_known_from_the_repository(self):
        repository, database = self.path('pruned'), self.copy('pruned.db')
        self.call('git', repository, database)
        self.tell(database, 'app01', "replace(xml, '<name>app01<', '<name>it''s shop<')")
        self.tell(database, 'app03', "replace(xml, '  <devices>', '    <devices>')")
        self.undefine(database, 'app02')
        self.call('--write', database, "SELECT virtsql_prune('0 days')")
        self.assertEqual(self.query(database, "SELECT count(*) FROM captures WHERE vm_uuid = (SELECT uuid FROM vms WHERE name = 'it''s shop') AND name = 'app01' AND config = 'persistent'"), ['0'])
        head = self.git(repository, 'rev-parse', 'HEAD').strip()
        self.call('git', repository, database)
        self.assertEqual(sorted(self.git(repository, 'log', '--format=%s', head + '..').strip().split('\n')), ["rename app01 to it's shop", 'undefine app02'])
        files = os.listdir(repository + '/kvm1')
        self.assertIn("it's shop.xml", files)
        self.assertFalse({'app01.xml', 'app02.xml'} & set(files))
        self.tell(database, "it''s shop", "replace(xml, '</vcpu>', '</vcpu><title>new</title>')")
        self.call('--write', database, "SELECT virtsql_prune('0 days')")
        self.call('git', repository, database)
        self.assertEqual(self.git(repository, 'log', '-1', '--format=%s').strip(), "change it's shop")

    def test_late_captures_are_left_out(self):
        repository, database = self.path('late'), self.copy('late.db')
        self.call('git', repository, database)
        head = self.git(repository, 'rev-parse', 'HEAD')
        self.undefine(database, 'app02', -3600 * SECOND)
        self.call('git', repository, database)
        self.assertEqual(self.git(repository, 'rev-parse', 'HEAD'), head)

    def test_a_database_restored_from_a_backup_is_continued(self):
        repository, database, backup = self.path('restored'), self.copy('to restore.db'), self.path('backup.db')

        def change(name, *titles):
            for title in titles:
                self.tell(database, name, f"replace(xml, '</vcpu>', '</vcpu><title>{title}</title>')")
                self.call('git', repository, database)

        def subjects():
            return self.git(repository, 'log', '--format=%s', head + '..').strip().split('\n')

        self.call('git', repository, database)
        self.call(database, f"VACUUM INTO '{backup}'")
        change('app01', 'lost')
        change('app02', 'lost')
        change('app03', 'lost')
        os.replace(backup, database)
        head = self.git(repository, 'rev-parse', 'HEAD').strip()
        # The captures get the numbers again that the lost ones had.
        for name in ('app02', 'app01'):
            change(name, 'new')
            self.assertEqual(self.git(repository, 'log', '-1', '--format=%s').strip(), 'change ' + name)
            with open(f'{repository}/kvm1/{name}.xml', encoding='utf-8') as file:
                self.assertIn('>new<', file.read())
        self.assertEqual(subjects(), ['change app01', 'change app02'])
        self.call('git', repository, database)
        change('app01', 'newer', 'newest', 'last')
        self.assertEqual(subjects(), ['change app01'] * 4 + ['change app02'])

    def test_no_name_leaves_its_folder(self):
        repository, database = self.path('hostile'), self.copy('hostile.db')
        for number, name in enumerate(('../../../escape', '.git', 'git~1', 'x' * 1000, '-rf', 'two\nlines', '%s', 'x:y', 'x%3Ay')):
            self.call('--write', database, f"""SELECT domain_import(replace(replace(domain_at('app01', 'now'), uuid, '11111111-2222-4333-8444-55555555555{number}'),
              '<name>app01<', '<name>{name}<'), '../a <b>/.git') FROM vms WHERE name = 'app01'""")
        self.call('git', repository, database)
        self.assertEqual(len(self.git(repository, 'ls-files', '%2E.*').split('\n')) - 1, 9)
        self.assertEqual(self.git(repository, 'log', '-1', '--format=%an'), '../a  b /.git\n')
        self.git(repository, 'fsck', '--strict')

    def test_a_uuid_writes_no_command_of_the_stream(self):
        # The name is too long for a file, so the UUID names it; the second UUID is too long as well.
        repository, database = self.path('hostile uuid'), self.copy('hostile uuid.db')
        for uuid in ('x"\nD "kvm1/app01.xml"\nM 100644 inline "kvm1/../../escape', 'u' * 1000):
            self.call('--write', database, f"""SELECT domain_import(replace(replace(domain_at('app01', 'now'), uuid, '{uuid}'),
              '<name>app01<', '<name>{'n' * 1000}<'), 'kvm1') FROM vms WHERE name = 'app01'""")
        self.call('git', repository, database)
        files = self.git(repository, 'ls-files', '-z', 'kvm1').split('\0')
        self.assertIn('kvm1/app01.xml', files)
        self.assertIn('kvm1/x%22%0AD %22kvm1%2Fapp01.xml%22%0AM 100644 inline %22kvm1%2F..%2F..%2Fescape.xml', files)
        self.assertEqual(len([name for name in files if re.fullmatch('kvm1/[0-9A-F]{64}[.]xml', name)]), 1)
        self.git(repository, 'fsck', '--strict')

    def test_repositories_of_others_stay(self):
        for name, prepare in (('full', 'touch file'), ('other', 'git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m a')):
            folder = self.path(name)
            os.mkdir(folder)
            subprocess.run(prepare, shell=True, cwd=folder, check=True)
            self.assertIn('name ', self.call('git', folder, self.database, status=2))
        repository = self.path('mine')
        self.call('git', repository, self.database)
        with open(repository + '/kvm1/app01.xml', 'a', encoding='utf-8') as file:
            file.write('mine')
        self.assertIn('not committed', self.call('git', repository, self.database, status=2))
        self.git(repository, 'checkout', '-q', '.')
        fresh = self.path('fresh.db')
        self.call('--write', fresh, 'SELECT virtsql_init()')
        self.assertIn('something else', self.call('git', repository, fresh, status=2))
        self.call('git', self.path('nothing'), fresh)
        # Nothing is made for a database that is none of virtsql's.
        foreign = self.path('foreign.db')
        subprocess.run(['sqlite3', foreign, 'CREATE TABLE t (a)'], check=True)
        self.assertIn('no such table: virtsql_database', self.call('git', self.path('not made'), foreign, status=2))
        self.assertFalse(os.path.exists(self.path('not made')))
        self.assertIn('needs a folder', self.call('git', status=2))

    def test_the_folder_is_the_repository_whatever_git_runs_it(self):
        other, repository = self.path('of a hook'), self.path('by a hook')
        subprocess.run(['git', 'init', '--quiet', other], check=True)
        for variable in ('GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE'):
            value = other + {'GIT_DIR': '/.git', 'GIT_WORK_TREE': '', 'GIT_INDEX_FILE': '/.git/index'}[variable]
            done = subprocess.run([self.launcher, 'git', repository, self.database], env=os.environ | {variable: value}, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, variable + done.stderr)
            self.assertEqual(self.git(repository, 'status', '--porcelain'), '', variable)
            self.assertEqual(os.listdir(other), ['.git'])
        self.assertEqual(self.git(other, 'for-each-ref'), '')

    def test_files_that_are_not_committed_stay_even_if_git_is_told_to_hide_them(self):
        repository = self.path('hidden')
        self.call('git', repository, self.database)
        self.git(repository, 'config', 'status.showUntrackedFiles', 'no')
        with open(repository + '/mine.xml', 'w', encoding='utf-8') as file:
            file.write('mine')
        self.assertIn('not committed', self.call('git', repository, self.database, status=2))

    def test_a_database_that_cannot_be_read_leaves_the_repository_as_it_was(self):
        repository, database = self.path('damaged'), self.copy('damaged.db')
        self.call('git', repository, database)
        head = self.git(repository, 'rev-parse', 'HEAD')
        self.tell(database, 'app01', "replace(xml, '</vcpu>', '</vcpu><title>new</title>')")
        self.call('--write', database, 'ALTER TABLE documents RENAME TO lost')
        self.call('git', repository, database, status=2)
        self.assertEqual(self.git(repository, 'rev-parse', 'HEAD'), head)

    def test_a_damaged_document_is_passed_over(self):
        database = self.copy('unreadable.db')
        continued, fresh = self.path('continued'), self.path('first')
        self.call('git', continued, database)
        before = self.git(continued, 'rev-list', '--count', 'HEAD')
        for vm, title in (('app03', 'damaged'), ('app01', 'new'), ('app03', 'whole')):
            self.tell(database, vm, f"replace(xml, '</vcpu>', '</vcpu><description>{title}</description>')")
        self.call('--write', database, 'DROP TRIGGER documents_updated', """
          UPDATE documents SET content = x'00' WHERE sha256 = (
            SELECT document_sha256 FROM captures WHERE id = (SELECT capture_id FROM domain_history('app03') ORDER BY capture_id DESC LIMIT 1 OFFSET 1))""")
        self.assertEqual(self.query(database, "SELECT count(*) FROM domain_history('app03') WHERE changed IS NULL"), ['1'])
        for repository in (continued, fresh):
            self.call('git', repository, database)
            self.assertEqual(self.git(repository, 'log', '-2', '--format=%s').split('\n')[:2], ['change app03', 'change app01'])
            self.assertIn('>whole<', self.git(repository, 'show', 'HEAD'))
        self.assertEqual(int(self.git(continued, 'rev-list', '--count', 'HEAD')), int(before) + 2)

    def test_files_that_git_cannot_list_are_an_error(self):
        repository, database = self.path('unlisted'), self.copy('unlisted.db')
        self.call('git', repository, database)
        head = self.git(repository, 'rev-parse', 'HEAD')
        self.tell(database, 'app01', "replace(xml, '</vcpu>', '</vcpu><title>new</title>')")
        programs = self.path('programs')
        os.mkdir(programs)
        with open(programs + '/git', 'w', encoding='utf-8') as file:
            file.write(f'''#!/bin/sh
case " $* " in *' grep '*) exit 128 ;; esac
exec '{shutil.which('git')}' "$@"
''')
        os.chmod(programs + '/git', 0o755)
        done = subprocess.run([self.launcher, 'git', repository, database], env=dict(os.environ, PATH=programs + ':' + os.environ['PATH']), capture_output=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(self.git(repository, 'rev-parse', 'HEAD'), head)

    def test_a_work_tree_that_git_may_not_change_is_an_error(self):
        repository, database = self.path('locked'), self.copy('locked.db')
        self.call('git', repository, database)
        self.tell(database, 'app01', "replace(xml, '</vcpu>', '</vcpu><title>new</title>')")
        with open(repository + '/.git/index.lock', 'w', encoding='utf-8'):
            self.assertIn('index.lock', self.call('git', repository, database, status=2))


if __name__ == '__main__':
    unittest.main(verbosity=2)
