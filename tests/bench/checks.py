"""What the tests of bench/ share."""
import os
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
BENCH = pathlib.Path(__file__).resolve().parents[2] / 'bench'
sys.path.insert(0, str(BENCH))
BUILD = pathlib.Path(os.environ.get('VIRTSQL_BUILD', '.'))
FIELDS = {'group', 'what', 'about', 'unit', 'peer_name', 'ours', 'peer', 'bound', 'value', 'limit', 'skipped'}


def check(condition, what):
    if not condition:
        sys.exit('FAILED: ' + what)


def run(*command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode == 77:
        print(done.stdout)
        sys.exit(77)
    check(done.returncode == 0, f'{command}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-3000:]}')
    return done.stdout


def check_figures(figures, group):
    """Checks that results.py takes each figure, and that each has a value or says why it has none."""
    from results import peers_table
    check(figures, f'{group} has figures')
    for figure in figures:
        check(set(figure) == FIELDS and figure['group'] == group, f'a figure of {group}: {figure}')
        check(figure['skipped'] or isinstance(figure['ours'], (int, float)), f'a value: {figure}')
        check(figure['skipped'] or not figure['peer_name'] or figure['peer'] is not None, f'a peer\'s value: {figure}')
    check(len(peers_table(figures).split('\n')) == len(figures) + 2, f'the table of {group}')
