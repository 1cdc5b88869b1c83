#!/usr/bin/env python3
"""The store answers as the host's database does: domain_xml, captured_xml, domain_history, domain_at."""
import os
import sys
import tempfile

from host import copy_of, make_host, shell
from postgres import Checks, Cluster

GONE = '0d0d0d0d-0000-4000-8000-00000000000a'
MOVED = '0d0d0d0d-0000-4000-8000-00000000000b'
PASSING = '0d0d0d0d-0000-4000-8000-00000000000c'
LIKE = '0d0d0d0d-0000-4000-8000-00000000000d'
NAMED = '0e0e0e0e-0000-4000-8000-00000000000e'  # a name
ILL = '0d0d0d0d-0000-4000-8000-00000000000f'
SAME = '0d0d0d0d-0000-4000-8000-000000000010'
DOMAIN = "<domain type=''kvm''><name>{name}</name><uuid>{uuid}</uuid><memory unit=''KiB''>{memory}</memory></domain>"


def text(value):
    return "'" + value.replace("'", "''") + "'"


def main():
    checks = Checks()
    with Cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        database = make_host(os.path.join(folder, 'host.db'))
        # The history of a VM: it is changed, undefined on a host that never had it and on its own, and defined again.
        for memory in (1024, 2048):
            shell(database, f"SELECT domain_import('{DOMAIN.format(name='changing', uuid=GONE, memory=memory)}', 'h');")
        shell(database, "INSERT INTO hosts (name) VALUES ('left');")
        for host in ('left', 'h'):
            shell(database, f"INSERT INTO captures (id, host_id, kind, vm_uuid, driver, operation, config, source) SELECT max(c.id) + 5000, h.id, 'domain', "
                  f"'{GONE}', 'qemu', 'undefine', 'persistent', 'event' FROM captures AS c, hosts AS h WHERE h.name = '{host}';")
        shell(database, f"SELECT domain_import('{DOMAIN.format(name='changing', uuid=GONE, memory=2048)}', 'h');")
        # A transient VM: libvirt forgets it when it stops, and says so a moment later.
        running = DOMAIN.format(name='passing', uuid=PASSING, memory=512).replace("<domain ", "<domain id=''7'' ")
        shell(database, f"SELECT domain_import('{running}', 'h');")
        for after, operation in ((500000, 'stopped'), (38000, 'undefine')):
            shell(database, f"INSERT INTO captures (id, host_id, kind, vm_uuid, driver, operation, config, source) SELECT id + {after}, host_id, 'domain', "
                  f"vm_uuid, 'qemu', '{operation}', 'live', 'event' FROM captures WHERE vm_uuid = '{PASSING}' ORDER BY id DESC LIMIT 1;")
        shell(database, f"UPDATE vm_states SET state = 'undefined', since = (SELECT captured_at FROM captures WHERE operation = 'stopped' "
              f"AND vm_uuid = '{PASSING}') WHERE vm_uuid = '{PASSING}';")
        store = cluster.store('main')
        store.psql('CREATE ROLE reader LOGIN IN ROLE virtsql_reader')
        store.add_host('kvm1')
        store.push('kvm1', database)

        def ask(sql):
            return store.value(sql, 'reader')

        def fails(sql, words):
            done = store.psql(sql, 'reader', check=False)
            checks.that(done.returncode != 0 and words in done.stderr, f'{sql}: {done.stderr.strip() or "nothing was said"}')

        vms = [line.split('|') for line in shell(database, 'SELECT uuid, name FROM virtual_machines WHERE name IN '
                                                 '(SELECT name FROM virtual_machines GROUP BY name HAVING count(*) = 1);').split('\n')]
        checks.that(len(vms) > 5, 'there are VMs')
        for uuid, name in vms:
            if len(uuid) == 36:
                xml = shell(database, f'SELECT domain_xml({text(uuid)});')
                for spelled in (uuid, uuid.upper(), uuid.replace('-', '')):
                    checks.same(ask(f'SELECT virtsql.domain_xml({text(spelled)})').strip(), xml, f'domain_xml of {spelled}')
            if name:
                checks.same(ask(f'SELECT virtsql.domain_xml({text(name)})').strip(), shell(database, f'SELECT domain_xml({text(name)});'), f'domain_xml of {name}')
        fails("SELECT virtsql.domain_xml('nobody')", 'no VM "nobody"')

        ids = shell(database, f"SELECT id FROM captures WHERE vm_uuid = '{GONE}' ORDER BY id;").split('\n')
        checks.same(len(ids), 5, 'captures')
        for number in ids[:2] + ids[4:]:
            checks.same(ask(f'SELECT virtsql.captured_xml(1, {number})'), shell(database, f'SELECT captured_xml({number});'), f'captured_xml({number})')
        fails('SELECT virtsql.captured_xml(1, 7)', 'no capture 7')

        columns = 'capture_id, operation, sub_operation, config, source, driver, host, size, exact, changed'
        for vm in (GONE, 'changing'):
            there = store.rows(f'SELECT {columns} FROM virtsql.domain_history({text(vm)})', 'reader')
            here = [tuple(line.split('|')) for line in shell(database, f'SELECT {columns} FROM domain_history({text(vm)});').split('\n')]
            checks.same(there, here, f'domain_history of {vm}')
        checks.same([row[-1] for row in there], ['1', '1', '', '', '1'], 'each document changed something')

        changes = 'captured_at, capture_id, change, device, key, path, old, new'
        there = store.rows(f"SELECT {changes.replace('captured_at', 'virtsql.utc(captured_at)')} FROM virtsql.domain_changes('{GONE}')", 'reader')
        here = [tuple(line.split('|')) for line in shell(database, f"SELECT {changes} FROM domain_changes('{GONE}');").split('\n')]
        checks.same(there, here, 'domain_changes')
        checks.that(any(row[-2:] == ('1024 KiB', '2048 KiB') for row in there), 'it says what changed')
        checks.same(ask(f"SELECT count(*) FROM virtsql.domain_changes('{GONE}', '2999-01-01')"), '0', 'domain_changes since')

        # Times that recipes take.
        for time in ('2026-03-02', '2026-03-02T12:00:00+02:00', '1772409600'):
            checks.same(ask(f"SELECT virtsql.virtsql_time('{time}')"), shell(database, f"SELECT virtsql_time('{time}');"), time)
        for age in ('7 days', '7d', ' 7 '):
            checks.same(ask(f"SELECT virtsql.julianday(virtsql.utc(now())) - virtsql.julianday(virtsql.virtsql_time('{age}')) BETWEEN 6.999 AND 7.001"), 't', age)
        for time in ('2026-13-02', 'last week', '99999999999999999999', ''):
            fails(f"SELECT virtsql.virtsql_time('{time}')", 'is no time')

        for vm, count in ((GONE, 5), (PASSING, 3)):
            moments = shell(database, f"SELECT captured_at FROM captures WHERE vm_uuid = '{vm}' ORDER BY id;").split('\n')
            checks.same(len(moments), count, 'captures')
            for at in ('2001-01-01T00:00:00Z', *moments, '2999-01-01T00:00:00Z'):
                here = shell(database, f"SELECT coalesce(domain_at('{vm}', '{at}'), 'none');")
                checks.same(ask(f"SELECT coalesce(virtsql.domain_at('{vm}', '{at}'), 'none')"), here, f'domain_at {at} of {vm}')

        # The same VM is on a second host as well: a question must say which one it means, and the history has both.
        other = copy_of(database, os.path.join(folder, 'other.db'))
        shell(other, "UPDATE virtsql_database SET id = '11111111-2222-4333-8444-555555555555';"
              f"UPDATE virtual_machines SET memory = 4096 WHERE uuid = '{GONE}';")
        store.add_host('kvm2')
        store.push('kvm2', other)
        fails(f"SELECT virtsql.domain_xml('{GONE}')", 'source 1')
        fails("SELECT virtsql.domain_xml('changing')", 'source 2')
        checks.that('<memory unit=\'KiB\'>2048<' in ask(f"SELECT virtsql.domain_xml('{GONE}', 1)"), 'the first host has its own')
        checks.that('<memory unit=\'KiB\'>4096<' in ask(f"SELECT virtsql.domain_xml('changing', 2)"), 'the second host has its own')
        fails("SELECT virtsql.domain_xml('changing')", f'is {GONE} on h (source 1), {GONE} on h (source 2); name the source\n')
        for asked in (GONE, 'changing'):
            checks.same(ask(f"SELECT count(DISTINCT source_id) FROM virtsql.domain_history('{asked}')"), '2', f'the history of {asked} is of both hosts')
        checks.same(ask("SELECT count(*) FROM virtsql.domain_changes('changing')"), ask(f"SELECT count(*) FROM virtsql.domain_changes('{GONE}')"), 'changes by name')
        for call in ("domain_diff('a', 'b')", "device_xml('vm_disks', 1)", "domain_clone(vm_uuid, 'x')", 'domain_accept(vm_uuid)', "domain_clone('a', 'x')", 'domain_drift()'):
            fails(f'SELECT virtsql.{call} FROM virtsql.virtual_machines', "the fleet's store has no " + call.split('(')[0])

        # Both hosts had it: which one is meant?
        fails(f"SELECT virtsql.domain_at('{GONE}', now())", 'source 2')
        checks.that('2048' in ask(f"SELECT virtsql.domain_at('{GONE}', now(), 1)"), 'a source that is named is meant')

        # A VM that moved: at each time it is asked of the host that had it then.
        memory = {}
        for number, place in ((1, database), (2, other)):
            memory[number] = DOMAIN.format(name='moving', uuid=MOVED, memory=number * 1024)
            shell(place, f"SELECT domain_import('{memory[number]}', 'h');")
            if place == database:
                shell(place, f"INSERT INTO captures (id, host_id, kind, vm_uuid, driver, operation, config, source) SELECT id + 5000, host_id, 'domain', "
                      f"vm_uuid, 'qemu', 'undefine', 'persistent', 'event' FROM captures WHERE vm_uuid = '{MOVED}';")
            store.push(f'kvm{number}', place)

        def had(shift, number):
            return ask(f"SELECT coalesce(virtsql.domain_at('{MOVED}', captured_at + interval '{shift}'), 'none') FROM virtsql.captures WHERE vm_uuid = '{MOVED}' "
                       f"AND source_id = {number} ORDER BY id LIMIT 1")

        checks.that('>1024<' in had('0', 1), 'before it moved, on the first host')
        checks.same(had('-1 second', 1), 'none', 'before that nothing was known')
        checks.that('>2048<' in had('0', 2), 'afterwards on the second')
        for statement in ("UPDATE virtsql.sources SET retired_at = now() + interval '1 hour' WHERE source_id = 2",
                          f"DELETE FROM virtsql.virtual_machines WHERE vm_uuid = '{MOVED}'"):
            store.psql(statement)
            checks.that('>1024<' in had('0', 1) and '>2048<' in had('0', 2), f'also after {statement}')
        checks.same(had('2 hours', 2), 'none', 'a host that was retired has it no more')
        store.psql('UPDATE virtsql.sources SET retired_at = NULL')
        fails(f"SELECT virtsql.domain_at('{MOVED.replace('0d', '0e')}', now())", 'no VM')

        # Names that look like UUIDs, a UUID that is none, and a name that several VMs have.
        odd = make_host(os.path.join(folder, 'odd.db'), [], objects=False)
        for name, uuid in ((NAMED, LIKE), ('ill', ILL), ('same', SAME), ('same-too', SAME.replace('0d', '0e'))):
            shell(odd, f"SELECT domain_import('{DOMAIN.format(name=name, uuid=uuid, memory=7)}', 'odd');")
        shell(odd, f"UPDATE virtual_machines SET uuid = 'zzz' WHERE name = 'ill'; UPDATE virtual_machines SET name = 'same' WHERE name = 'same-too';")
        store.add_host('odd')
        store.push('odd', odd)
        checks.that(f'<name>{NAMED}</name>' in ask(f"SELECT virtsql.domain_xml('{NAMED}')"), 'a name that looks like a UUID')
        checks.same(ask(f"SELECT count(*) FROM virtsql.domain_history('{NAMED}')"), '1', 'its history')
        checks.that('<name>ill</name>' in ask("SELECT virtsql.domain_xml('zzz')"), 'a UUID that is none')
        checks.same(ask("SELECT virtsql.uuid_of_vm('zzz') = vm_uuid FROM virtsql.virtual_machines WHERE uuid = 'zzz'"), 't', 'also for its history')
        checks.same(ask("SELECT count(*) FROM virtsql.domain_history('0f0f0f0f-0000-4000-8000-000000000001')"), '0', 'a UUID that nobody has has no history')
        for call in ('domain_xml', 'domain_history'):
            fails(f"SELECT virtsql.{call}('same')", f"is {SAME} on odd (source 3), {SAME.replace('0d', '0e')} on odd (source 3); name its UUID\n")

        # Views show the VM once: where it runs, else where it was heard of last.
        def places(view, column):
            return store.rows(f"SELECT source_id FROM virtsql.{view} WHERE {column} = '{GONE}'", 'reader')

        store.psql(f"INSERT INTO virtsql.vm_states (vm_uuid, source_id, host_id, state, last_seen) SELECT vm_uuid, source_id, host_id, 'shut off', "
                   f"CASE source_id WHEN 1 THEN '2026-01-02' ELSE '2026-01-01' END FROM virtsql.virtual_machines WHERE vm_uuid = '{GONE}' "
                   "ON CONFLICT (vm_uuid, source_id, host_id) DO UPDATE SET state = excluded.state, last_seen = excluded.last_seen")
        for view, column in (('vms', 'uuid'), ('defined_vms', 'uuid'), ('current_virtual_machines', 'vm_uuid')):
            checks.same(places(view, column), [('1',)], f'{view}: where it was heard of last')
        store.psql(f"UPDATE virtsql.vm_states SET state = 'running' WHERE vm_uuid = '{GONE}' AND source_id = 2")
        for view, column in (('vms', 'uuid'), ('defined_vms', 'uuid'), ('current_virtual_machines', 'vm_uuid')):
            checks.same(places(view, column), [('2',)], f'{view}: where it runs')
        checks.same(sorted(places('claims', 'vm_uuid')), [('1',), ('2',)], 'claims has both')

        # A VM that sleeps or crashed is there too, but what runs goes before it.
        for states, source in ((('shut off', 'pmsuspended'), '2'), (('shut off', 'crashed'), '2'), (('crashed', 'running'), '2'), (('pmsuspended', 'crashed'), '1')):
            for number, state in enumerate(states, 1):
                store.psql(f"UPDATE virtsql.vm_states SET state = '{state}' WHERE vm_uuid = '{GONE}' AND source_id = {number}")
            checks.same(places('current_virtual_machines', 'vm_uuid'), [(source,)], f'current where it is {states}')

        # The VM is undefined on the second host: only the first has it.
        store.psql(f"UPDATE virtsql.vm_states SET state = 'undefined' WHERE vm_uuid = '{GONE}' AND source_id = 2")
        checks.that('2048' in ask("SELECT virtsql.domain_xml('changing')"), 'what is gone does not count')
        checks.same(places('vms', 'uuid'), [('1',)], 'nor in the views')
        checks.same(places('claims', 'vm_uuid'), [], 'nor is it a claim')
    checks.end()


if __name__ == '__main__':
    sys.exit(main())
