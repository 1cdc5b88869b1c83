"""The database of make_fleet's documents, which the recipes and the report are tested on."""
import os
import subprocess
import sys

import sqlite_shell

HERE = os.path.dirname(os.path.abspath(__file__))

# The time of the fleet, in microseconds: 2026-03-10 12:00:00 UTC. Definitions are imported one a second, the day before
# the week that the tests ask for.
NOW = 1773144000 * 1000000
DAY = 86400 * 1000000


def shell(database, script, readonly=True):
    return sqlite_shell.printed(database, script=script, readonly=readonly, cwd=os.path.dirname(database))


def build(folder, more=()):
    """Makes the database of the fleet: imports every document, and moves the history to known days. Returns its
    path. `more` are further documents: (host, kind, XML)."""
    fleet = os.path.join(folder, 'fleet')
    subprocess.run([sys.executable, os.path.join(HERE, 'make_fleet'), fleet], check=True)
    for number, (host, kind, xml) in enumerate(more):
        with open(os.path.join(fleet, f'9{number:02}-{host}-{kind}-more.xml'), 'w', encoding='utf-8') as file:
            file.write(xml)
    script = ['.bail on', '.mode list', 'SELECT virtsql_init() > 0;']
    for name in sorted(os.listdir(fleet)):
        _, host, kind, _ = name.split('-', 3)
        script.append(f"SELECT {kind}_import(readfile('{os.path.join(fleet, name)}'), '{host}') IS NULL;")
    # What the clock and the hook would have made: known times of the imports, and the runs of app01, app02 and app03
    # with their first definitions.
    script.append(f'''
      PRAGMA foreign_keys = OFF;
      DROP TRIGGER captures_updated;
      CREATE TEMP TABLE moved AS SELECT id AS old, {NOW - 8 * DAY} + 1000000 * row_number() OVER (ORDER BY id) AS new FROM captures;
      UPDATE captures SET id = (SELECT new FROM moved WHERE old = captures.id);''')
    tables = ('virtual_machines', 'networks', 'node_devices', 'storage_pools', 'volumes', 'vm_snapshots')
    script += [f'UPDATE {table} SET capture_id = (SELECT new FROM moved WHERE old = capture_id);' for table in tables]
    script.append(f'''
      -- The second definitions came two days ago, the copy of web02 yesterday.
      UPDATE captures SET id = id + {6 * DAY} WHERE id IN
        (SELECT max(c.id) FROM captures AS c JOIN virtual_machines AS v ON v.uuid = c.vm_uuid WHERE c.kind = 'domain' AND v.name IN ('app02', 'app03') GROUP BY v.uuid);
      UPDATE captures SET id = id + {7 * DAY} WHERE vm_uuid = (SELECT uuid FROM virtual_machines WHERE name = 'web02-copy');
      UPDATE virtual_machines SET capture_id = (SELECT max(id) FROM captures WHERE kind = 'domain' AND vm_uuid = uuid);
      INSERT INTO captures (id, host_id, kind, vm_uuid, driver, operation, sub_operation, config, document_sha256, exact, source, name)
        SELECT min(c.id) + {3 * DAY} + 60000000 * e.key, c.host_id, 'domain', c.vm_uuid, 'qemu', e.value, 'begin', 'live', c.document_sha256, 1, 'hook', v.name
        FROM captures AS c JOIN virtual_machines AS v ON v.uuid = c.vm_uuid AND c.kind = 'domain', json_each('["prepare", "start", "started"]') AS e
        WHERE v.name IN ('app01', 'app02', 'app03') GROUP BY v.uuid, e.key;
      INSERT INTO captures (id, host_id, kind, vm_uuid, driver, operation, sub_operation, config, document_sha256, exact, source, name)
        SELECT max(c.id) + {DAY} + 60000000 * e.key, c.host_id, 'domain', c.vm_uuid, 'qemu', e.value, 'end', 'live', c.document_sha256, 1, 'hook', v.name
        FROM captures AS c JOIN virtual_machines AS v ON v.uuid = c.vm_uuid AND c.kind = 'domain', json_each('["stopped", "release"]') AS e
        WHERE v.name = 'app03' GROUP BY v.uuid, e.key;
      INSERT OR REPLACE INTO vm_states (vm_uuid, host_id, state, autostart, persistent, since, last_seen)
        SELECT v.uuid, v.host_id, CASE v.name WHEN 'app03' THEN 'shut off' ELSE 'running' END, 1, 1,
          (SELECT max(c.captured_at) FROM captures AS c WHERE c.vm_uuid = v.uuid AND c.operation = 'started'), '2026-03-10T12:00:00.000Z'
        FROM virtual_machines AS v WHERE v.name IN ('app01', 'app02', 'app03');
      -- What runs is not what was defined since.
      UPDATE virtual_machines SET sync_status = 'DRIFTED' WHERE name = 'app02';
      PRAGMA foreign_key_check;''')
    database = os.path.join(folder, 'fleet.db')
    output = shell(database, '\n'.join(script), readonly=False)
    wrong = [line for line in output.split('\n') if line not in ('', '0', '1')]
    if wrong:
        sys.exit('The fleet was not imported:\n' + '\n'.join(wrong))
    failed = shell(database, "SELECT name, error FROM captures WHERE error IS NOT NULL OR exact IS NOT 1;")
    if failed:
        sys.exit('Documents of the fleet are not given back as they are:\n' + failed)
    return database
