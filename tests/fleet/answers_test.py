#!/usr/bin/env python3
"""Every view, finding and recipe gives the same answers in the store as in SQLite.

    answers_test.py RECIPES FINDINGS

The VMs come from the tests of the recipes and of the findings (their folders). They are in one database with all hosts,
which is asked in SQLite, and in several databases, which are pushed into one store.
"""
import csv
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import uuid

from host import copy_of, shell, uuid_of
from postgres import PROGRAMS, Checks, Cluster

sys.dont_write_bytecode = True
RECIPES, FINDINGS = sys.argv[1:3]
sys.path += [RECIPES, FINDINGS]
from fixtures import FIXTURES  # noqa: E402
from fleet import build  # noqa: E402
from parameters import PARAMETERS  # noqa: E402

SQL = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'sql')
# Recipes that write, or write files.
ONLY_ON_HOSTS = {'attach_mdev', 'attach_volume', 'new_vm', 'set_discard', 'export_xml'}
# Views that no host's database has: they show what only the store knows.
ONLY_IN_THE_STORE = {'claims', 'host_lag', 'problems', 'current_virtual_machines'}


def plain(name, value):
    """A value as text, the same from both databases: numbers without a fraction of 0, UUIDs in one spelling."""
    if value is None or isinstance(value, bool):
        return None if value is None else str(int(value))
    if isinstance(value, (int, float)):
        return repr(float(value)) if value != int(value) else str(int(value))
    return uuid_of(value) or value if name in ('uuid', 'vm_uuid') else value


# Printed between the answers to several queries.
BETWEEN = '-- next --'


def sqlite_answers(database, queries, parameters=None):
    """Returns the rows of each query, asked in the shell with the extension, because recipes call its functions."""
    script = '.parameter init\n' + ''.join(f"INSERT INTO temp.sqlite_parameters VALUES (':{name}', {value});\n" for name, value in (parameters or {}).items())
    script = (script if parameters else '') + '.mode json\n' + f'.print {BETWEEN}\n'.join(sql.rstrip().rstrip(';') + ';\n' for sql in queries)
    return [[[(name, plain(name, value)) for name, value in row.items()] for row in json.loads(text.strip() or '[]')]
            for text in shell(database, script).split(BETWEEN)]


def store_answers(store, queries, parameters=None):
    settings = [option for name, value in (parameters or {}).items() for option in ('-v', f'{name}={value}')]
    asked = (f"SELECT row_to_json(answer) FROM (\n{sql.rstrip().rstrip(';')}) AS answer;\n" for sql in queries)
    text = store.psql('SET search_path = virtsql;\n' + f'\\echo {BETWEEN}\n'.join(asked), 'reader', options=[*settings, '--no-align', '--csv']).stdout
    out = []
    for answer in text.split(BETWEEN + '\n'):
        rows = (json.loads(row[0], object_pairs_hook=list) for row in csv.reader(io.StringIO(answer)))
        out.append([[(name, plain(name, value)) for name, value in row if name != 'source_id'] for row in rows])
    return out


def translated(text):
    done = subprocess.run([os.path.join(PROGRAMS, 'virtsql-fleet'), 'translate'], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise AssertionError(f'translate: {done.stderr}\n{text}')
    return done.stdout


def in_any_order(rows):
    return sorted(json.dumps(sorted(row)) for row in rows)


def columns_of_views(database):
    connection = sqlite3.connect(f'file:{database}?mode=ro', uri=True)
    names = [name for name, in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY 1")]
    out = {name: [row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')] for name in names}
    connection.close()
    return out


def check_columns(checks, store, database):
    """Checks that the store has every view of a host's database: source_id, then the same columns."""
    found = {}
    for view, column in store.rows("SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid WHERE "
                                   "c.relnamespace = 'virtsql'::regnamespace AND c.relkind = 'v' AND a.attnum > 0 ORDER BY c.relname, a.attnum"):
        found.setdefault(view, []).append(column)
    wanted = columns_of_views(database)
    checks.same(sorted(set(found) - ONLY_IN_THE_STORE), sorted(wanted), 'the views')
    for view, columns in wanted.items():
        checks.same(found.get(view), ['source_id', *columns], f'the columns of {view}')


def compare_views(checks, found, wanted, what):
    for view in wanted:
        mine, theirs = in_any_order(found[view]), in_any_order(wanted[view])
        missing, more = sorted(set(theirs) - set(mine))[:1], sorted(set(mine) - set(theirs))[:1]
        checks.that(mine == theirs, f'{what}: {view} has {len(mine)} rows, SQLite {len(theirs)}; not there: {str(missing)[:1200]}; too much: {str(more)[:1200]}')


def check_views(checks, store, answers, what):
    """Compares every view with SQLite's answers. Returns how many rows were compared."""
    compare_views(checks, dict(zip(answers, store_answers(store, [f'SELECT * FROM "{view}"' for view in answers]))), answers, what)
    return sum(len(rows) for rows in answers.values())


def recipes():
    return sorted(file[:-4] for file in os.listdir(os.path.join(SQL, 'recipes')) if file.endswith('.sql'))


def check_recipes(checks, store, database, what):
    answered = 0
    for name in recipes():
        with open(os.path.join(SQL, 'recipes', name + '.sql'), encoding='utf-8') as file:
            text = file.read()
        if name in ONLY_ON_HOSTS:
            refused = subprocess.run([os.path.join(PROGRAMS, 'virtsql-fleet'), 'translate'], input=text, stderr=subprocess.PIPE, text=True)
            checks.that(refused.returncode == 1 and 'the fleet' in refused.stderr, f'{name} is refused in words')
            continue
        query = translated(text)
        used = set(re.findall(r':([a-z_]+)\b', re.sub(r"'(?:[^']|'')*'|--.*", '', text)))
        for values in [{}, *PARAMETERS.get(name, [])]:
            wanted, = sqlite_answers(database, [text], values)
            found, = store_answers(store, [query], {**dict.fromkeys(used, 'NULL'), **values})
            checks.same(found, wanted, f'{what}: recipe {name} {values}')
            answered += bool(wanted)
    return answered


def split(database, folder):
    """Makes three databases, each with every third host and the rows that belong to it. Ids stay as they are."""
    hosts = shell(database, 'SELECT name FROM hosts ORDER BY 1;').split('\n')
    out = {}
    for number in range(3):
        path = copy_of(database, os.path.join(folder, f'{number}-{os.path.basename(database)}'))
        of_hosts = shell(path, "SELECT m.name FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c ON c.name = 'host_id' "
                         "WHERE m.type = 'table' ORDER BY m.name = 'virtual_machines' DESC;").split('\n')
        triggers = shell(path, "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'captures';").split('\n')
        mine = ', '.join(f"'{host}'" for host in hosts[number::3])
        # Captures without a host stay with their VM; those without a VM stay in the first database.
        other = 'host_id IN (SELECT id FROM other) OR host_id IS NULL AND ' + (
            'coalesce(vm_uuid NOT IN (SELECT uuid FROM virtual_machines), 1)' if number else 'vm_uuid NOT IN (SELECT uuid FROM virtual_machines)')
        shell(path, 'PRAGMA foreign_keys = ON; BEGIN; PRAGMA defer_foreign_keys = ON;\n' +
              ''.join(f'DROP TRIGGER {trigger};\n' for trigger in triggers) +
              f"""CREATE TEMP TABLE other AS SELECT id FROM hosts WHERE name NOT IN ({mine});
              UPDATE virtsql_database SET id = '{number}0000000-0000-4000-8000-000000000000';\n""" +
              ''.join(f'DELETE FROM "{table}" WHERE {other if table == "captures" else "host_id IN (SELECT id FROM other)"};\n' for table in of_hosts) +
              'DELETE FROM hosts WHERE id IN (SELECT id FROM other); COMMIT;')
        out[f'part{number}'] = path
    return out


def push(cluster, name, databases):
    store = cluster.store(name)
    for host, database in databases.items():
        store.add_host(host)
        store.push(host, database)
    return store


def ask_views(database):
    views = sorted(columns_of_views(database))
    return dict(zip(views, sqlite_answers(database, [f'SELECT * FROM "{view}"' for view in views])))


def check_recipe_fleet(checks, cluster, folder):
    """Compares the fleet of the recipes. Its parts keep the ids of the one database, so that all columns can be
    compared."""
    database = build(folder)
    answers = ask_views(database)
    for store, what in ((push(cluster, 'whole', {'all': database}), 'one source'), (push(cluster, 'parts', split(database, folder)), 'three sources')):
        check_columns(checks, store, database)
        rows = check_views(checks, store, answers, what)
        checks.that(rows > 300, f'there are rows to compare: {rows}')
        answered = check_recipes(checks, store, database, what)
        checks.that(answered > 25, f'recipes have answers: {answered}')


def without_ids(answers):
    """The answers without ids and times, which differ between databases that were made separately."""
    def same_everywhere(value):
        return re.sub(r'2\d{3}-\d\d-\d\dT[\d:.]+Z', 'then', value) if value else value
    return {view: [[(name, same_everywhere(value)) for name, value in row if name != 'id' and not name.endswith('_id')] for row in rows]
            for view, rows in answers.items()}


def check_findings(checks, cluster, folder):
    """Compares the findings of the same VMs in one database and in three that were made separately: there one id means
    several things."""
    rules = list(FIXTURES)
    answers = without_ids(ask_views(make_findings(folder, 'all', rules)))
    parts = {f'host{number}': make_findings(folder, f'part{number}', rules[number::3]) for number in range(3)}
    store = push(cluster, 'findings', parts)
    found = without_ids(dict(zip(answers, store_answers(store, [f'SELECT * FROM "{view}"' for view in answers]))))
    compare_views(checks, found, answers, 'made apart')
    silent = set(rules) - {dict(row)['rule'] for row in found['findings']}
    checks.same(sorted(silent), [], 'the rules that found nothing')


def of_rule(rule, text, names):
    """The fixture's document or SQL, with names and UUIDs of VMs that no other rule has."""
    for name in names:
        own = f'{rule}-{name}'
        text = text.replace(f'<name>{name}</name>', f'<name>{own}</name>').replace(f"name = '{name}'", f"name = '{own}'")
        text = text.replace(str(uuid.uuid5(uuid.NAMESPACE_DNS, name)), str(uuid.uuid5(uuid.NAMESPACE_DNS, own)))
    return text


def make_findings(folder, name, rules):
    """Makes one database of the fixtures of the rules, and returns its path."""
    database = os.path.join(folder, name + '.db')
    script = 'SELECT virtsql_init();\n'
    for rule in rules:
        documents, _ = FIXTURES[rule]
        names = {re.search('<name>(.*?)</name>', document[2])[1] for document in documents if document[0] == 'domain'}
        for number, document in enumerate(documents):
            if isinstance(document, str):
                script += of_rule(rule, document, names) + ';\n'
                continue
            kind, host, xml = document
            path = os.path.join(folder, f'{rule}-{number}')
            with open(path, 'w', encoding='utf-8') as file:
                file.write(of_rule(rule, xml, names))
            script += f"SELECT {kind}_import(readfile('{path}'), '{rule}-{host}');\n"
    shell(database, script)
    return database


def main():
    checks = Checks()
    with Cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        cluster.empty('roles').psql('CREATE ROLE reader LOGIN;')
        cluster.store('first').psql('GRANT virtsql_reader TO reader;')
        check_recipe_fleet(checks, cluster, folder)
        check_findings(checks, cluster, folder)
    checks.end()


if __name__ == '__main__':
    main()
