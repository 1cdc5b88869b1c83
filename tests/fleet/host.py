"""Makes a host's database from the project's documents with the extension, and reads from it what the store should
have."""
import base64
import glob
import json
import os
import re
import sqlite3

import sqlite_shell

DOCUMENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'documents')
# The columns that the store adds to the host's virtual_machines.
ADDED = ('vm_uuid', 'xml', 'push_sha256', 'push_tables', 'drift')


def shell(database, script, extension=True):
    # A pusher may have the database open: who closes it holds a lock for a moment.
    return sqlite_shell.printed(database, script=script, load=extension, options=('-cmd', '.timeout 10000')).strip()


def documents(distinct=False):
    """The paths of the project's domains; those with the same UUID follow each other. If `distinct`, one path for each
    UUID."""
    seen = {}
    for path in sorted(glob.glob(os.path.join(DOCUMENTS, '**', '*.xml'), recursive=True)):
        with open(path, encoding='utf-8', errors='replace') as file:
            text = file.read()
        found = re.search(r'<uuid>\s*([^<\s]+)', text)
        if re.match(r'\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<domain\b', text, re.S):
            seen.setdefault(found.group(1) if found else path, []).append(path)
    return [path for paths in seen.values() for path in (paths[:1] if distinct else paths)]


def make_host(database, paths=None, objects=True):
    """Makes a database and imports the documents one after the other: a VM with several documents has a history.
    Returns its path."""
    script = 'SELECT virtsql_init();\n'
    script += ''.join(f"SELECT domain_import(readfile('{path}'));\n" for path in (documents() if paths is None else paths))
    if objects:
        for kind in ('network', 'pool', 'volume', 'snapshot'):
            script += f"SELECT {kind}_import(readfile('{DOCUMENTS}/objects/{kind}.xml'));\n"
    shell(database, script)
    return database


def copy_of(database, to):
    """Copies the database, with what its WAL has, and returns the copy's path."""
    shell(database, f"VACUUM INTO '{to}';", extension=False)
    return to


def uuid_of(text):
    digits = re.sub(r'[-\s]', '', text.lower())
    if not re.fullmatch('[0-9a-f]{32}', digits):
        return None
    return '-'.join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def host_rows(database, tables):
    """The rows of a host's tables as the store should have them: without values that are NULL."""
    connection = sqlite3.connect(f'file:{database}?mode=ro', uri=True)
    connection.text_factory = bytes
    out = {}
    for table in tables:
        cursor = connection.execute(f'SELECT * FROM "{table}"' + (
            ' AS s WHERE EXISTS (SELECT 1 FROM virtual_machines AS v WHERE v.uuid = s.vm_uuid)' if table == 'vm_states' else ''))
        names = [item[0] for item in cursor.description]
        rows = [{spelled(name): as_stored(name, value) for name, value in zip(names, row) if value is not None and name != 'identity'} for row in cursor]
        out[table] = sorted(rows, key=as_text)
    connection.close()
    return out


def spelled(name):
    return 'host_' + name if name in ('source_id', 'extra') else name


def as_stored(name, value):
    # The module sqlite3 gives blobs as bytes, and with this text_factory texts as well.
    if isinstance(value, bytes):
        value = '\\x' + value.hex() if name.endswith('sha256') else value.decode()
    return uuid_of(value) if name == 'vm_uuid' else value


def as_text(row):
    return json.dumps(row, sort_keys=True, default=str)


def store_tables(store):
    """The names of the store's tables that hold rows of hosts."""
    return [name for name, in store.rows(
        "SELECT substr(proname, 5) FROM pg_proc WHERE pronamespace = 'virtsql'::regnamespace AND proname ~ '^put_' AND proname "
        "NOT IN ('put_parts', 'put_unplaced', 'put_documents', 'put_captures', 'put_changes', 'put_refusals') ORDER BY 1")]


def store_rows(store, source, tables):
    """The store's rows of a source, table by table, as host_rows() gives them. Here all rows of a VM have its
    vm_uuid."""
    script = ''.join(
        f"SELECT '{table}', jsonb_strip_nulls(to_jsonb(t)) FROM virtsql.\"{table}\" AS t WHERE t.source_id = {source};\n" for table in tables)
    out = {table: [] for table in tables}
    for table, text in store.rows(script):
        row = json.loads(text)
        extra = row.pop('extra', {})
        del row['source_id']
        if table == 'virtual_machines':
            for name in ADDED:
                row.pop(name, None)
        row.update({name: value if isinstance(value, str) else base64.b64decode(value['base64']) for name, value in extra.items()})
        out[table].append(row)
    return out


def compare(checks, store, source, database, what, tables=None):
    """Checks that each table of the source has the host's rows. Returns how many rows the host has."""
    tables = tables or store_tables(store)
    found = store_rows(store, source, tables)
    wanted = host_rows(database, tables)
    for table in tables:
        # In the store all rows of a VM have vm_uuid. In the host's database rows that belong to another row have none.
        says_vm = any('vm_uuid' in row for row in wanted[table])
        mine = sorted(({name: value for name, value in row.items() if says_vm or name != 'vm_uuid'} for row in found[table]), key=as_text)
        odd = [pair for pair in zip(mine, wanted[table]) if pair[0] != pair[1]][:1]
        checks.that(mine == wanted[table], f'{what}: {table} has {len(mine)} rows, the host {len(wanted[table])}: {str(odd)[:1500]}')
    return sum(len(rows) for rows in wanted.values())


def compare_xml(checks, store, source, database, what):
    """Checks that the VMs' XML in the store is what the host's rows give, byte for byte, and that the captured bytes
    are the same."""
    wanted = {}
    for line in shell(database, "SELECT uuid || ' ' || hex(domain_xml(uuid)) FROM virtual_machines;").split('\n'):
        uuid, text = line.split(' ')
        wanted[uuid_of(uuid)] = text.lower()
    found = dict(store.rows(f"SELECT vm_uuid, encode(convert_to(xml, 'UTF8'), 'hex') FROM virtsql.virtual_machines WHERE source_id = {source}"))
    checks.same(sorted(found), sorted(wanted), f'{what}: the VMs')
    for uuid, text in wanted.items():
        checks.that(found.get(uuid) == text, f'{what}: the XML of {uuid}')
    captured = shell(database, "SELECT id || ' ' || hex(captured_xml(id)) FROM captures WHERE document_sha256 IS NOT NULL ORDER BY id;")
    stored = '\n'.join(f'{id} {text.upper()}' for id, text in store.rows(
        f"SELECT c.id, encode(coalesce(convert_to(d.document, 'UTF8'), d.raw), 'hex') FROM virtsql.captures AS c JOIN virtsql.documents AS d "
        f"ON d.source_id = c.source_id AND d.sha256 = c.document_sha256 WHERE c.source_id = {source} ORDER BY c.id"))
    checks.same(stored, captured, f'{what}: the captured bytes')


def everything(store, source, tables):
    """All that the store has of a source, to compare before and after. The rows are sorted, because tables have no
    order."""
    rows = {table: sorted(rows, key=as_text) for table, rows in store_rows(store, source, tables).items()}
    return json.dumps([rows, store.rows(f'SELECT * FROM virtsql.captures WHERE source_id = {source} ORDER BY id'),
                       store.rows(f'SELECT * FROM virtsql.documents WHERE source_id = {source} ORDER BY sha256')], default=str)


def remove(*paths):
    for path in paths:
        for suffix in ('', '-wal', '-shm'):
            if os.path.exists(path + suffix):
                os.remove(path + suffix)

