"""What bench/fleet_store and bench/fleet_scale share: the programs of a build, figures as bench/compare keeps them,
databases of hosts.

Call use_build() before you import a module of tests/fleet: these find the programs while they are imported.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
import uuid

from results import holds, peers_head, peers_row, table_line

ROOT = pathlib.Path(__file__).resolve().parent.parent


def use_build(build):
    """Makes the modules of tests/fleet use the programs of a build folder, and builds the programs if it has none."""
    if not (build / 'hook/virtsql-push').exists() or not (build / 'bench/fleet').exists():
        subprocess.run(['cmake', '-S', ROOT, '-B', build, '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Release', '-DVIRTSQL_BENCH=ON', '-DVIRTSQL_TESTS=OFF'],
                       check=True, stdout=subprocess.DEVNULL)
        subprocess.run(['ninja', '-j2', '-C', build, 'virtsql-push', 'virtsql-fleet', 'sqlite_ext/virtsql.so', 'bench/fleet'], check=True, stdout=sys.stderr)
    os.environ['VIRTSQL_FLEET_PROGRAMS'] = str(build / 'hook')
    os.environ['VIRTSQL_EXTENSION'] = str(build / 'sqlite_ext/virtsql.so')
    sys.dont_write_bytecode = True
    sys.path[:0] = [str(ROOT / 'tests/fleet'), str(ROOT / 'tests/python')]


class Figures:
    """Figures with their bounds, each printed as a line of a table once it is measured."""

    def __init__(self, group):
        self.group, self.all = group, []
        print(table_line(peers_head()) + '\n' + table_line(['---'] * len(peers_head())), flush=True)

    def add(self, what, ours, unit, about='', peer='', theirs=None, most=None, least=None, limit=''):
        """`most` or `least` bounds `ours`: as a multiple of `theirs` if there is a peer. `limit` says why, if it does
        not hold."""
        kinds = ('at_most', 'at_least') if theirs is None else ('times_peer', 'times_peer_or_more')
        bound = 'none' if most is None and least is None else kinds[0] if most is not None else kinds[1]
        figure = {'group': self.group, 'what': what, 'about': about, 'unit': unit, 'peer_name': peer, 'ours': round(ours, 6),
                  'peer': None if theirs is None else round(theirs, 6), 'bound': bound,
                  'value': most if most is not None else least if least is not None else 0, 'limit': limit, 'skipped': ''}
        self.all.append(figure)
        print(table_line(peers_row(figure)), flush=True)

    def failed(self):
        return [figure for figure in self.all if holds(figure) is False]


def timed(work):
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def median_ms(store, prepared, calls):
    """The median of executions of a prepared statement in ms, by psql's clock. Six executions before them are not
    counted."""
    script = f'SET search_path = virtsql;\nPREPARE asked {prepared};\n\\o /dev/null\n' + ''.join(f'EXECUTE asked ({call});\n' for call in calls[:6])
    return statistics.median(times_ms(store, script, [f'EXECUTE asked ({call})' for call in calls]))


def times_ms(store, before, statements):
    """How many ms each statement takes, by psql's clock. Their results are discarded."""
    said = store.psql(before + '\n\\o /dev/null\n\\timing on\n' + ''.join(statement + ';\n' for statement in statements)).stdout
    return [float(line.split()[1].replace(',', '')) for line in said.split('\n') if line.startswith('Time:')]


def bytes_of(store):
    return int(store.value("SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class AS c WHERE c.relnamespace = 'virtsql'::regnamespace AND c.relkind = 'r'"))


def make_documents(build, folder, vms, revisions):
    """Writes the documents of a made-up fleet as FOLDER/<vm>-<revision>.xml, and returns the folder."""
    subprocess.run([build / 'bench/fleet', str(vms), str(revisions), '1', folder], check=True)
    return folder


def import_script(documents, vms, revisions, host):
    return ''.join(f"SELECT domain_import(readfile('{documents}/{vm}-{revision}.xml'), '{host}') IS NULL;\n" for vm in vms for revision in range(revisions))


def new_identity():
    return f"UPDATE virtsql_database SET id = '{uuid.uuid4()}';\n"


def write_results(path, figures, **more):
    path.write_text(json.dumps({'figures': figures.all, **more}, indent=1) + '\n')
