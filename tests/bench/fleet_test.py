#!/usr/bin/env python3
"""bench/fleet_store, bench/fleet_simulation and bench/fleet_scale run with the smallest sizes, and measure every budget
of the fleet."""
import json
import pathlib
import tempfile

from checks import BENCH, BUILD, check, check_figures, run

# The figure that measures each budget of the fleet: its name, its unit, the value of its bound.
STORE = [('first load', 's', 2), ('first load', 's', 0.333), ('first load, hosts in parallel', 's', 2), ('first load, hosts in parallel', 'deadlocks', 0),
         ('one changed attribute', 'tables', 3), ('one changed attribute', 'bytes', 4096), ('one changed attribute: its transaction', 'ms', 5),
         ('one changed attribute: its transaction', 'ms', 30), ('nothing changed, though the database was written', 'connections', 0),
         ('nothing changed: a resync of the daemon, hello and all digests', 'ms', 30), ('the whole push again', 'changed rows', 0), ('the whole push again', 'dead tuples', 0),
         ('hosts at once, one change each', 's', 3), ('hosts at once, one change each', 'lost changes', 0), ('size of a VM in the store', 'KiB', 16),
         ('a repeated capture in the store', 'bytes', 260), ('most memory of the pusher', 'MiB', 64), ('longest read transaction', 'ms', 100),
         ('from the write to the store, 95 % of the changes', 's', 5)]
SCALE = [('size of a VM in the store', 'KiB', 16), ('by MAC address, prepared, median', 'ms', 1), ('by image, prepared, median', 'ms', 1), ('drift list', 'ms', 20),
         ('a VM as of a time', 'ms', 2), ('view', 'ms', 5000), ('recipe', 'ms', 5000), ('finding', 'ms', 5000), ('all findings', 'ms', 10000)]


def check_budgets(figures, wanted, script):
    there = {(figure['what'], figure['unit'], figure['value']) for figure in figures if figure['bound'] != 'none'}
    for budget in wanted:
        check(budget in there, f'{script} measures {budget}: there are {sorted(there)}')


def main():
    from results import Results, page
    with tempfile.TemporaryDirectory() as folder:
        store, simulation, scale = (pathlib.Path(folder) / name for name in ('store', 'simulation', 'scale'))
        run(BENCH / 'fleet_store', '--build', BUILD, '--vms', 8, '--hosts', 2, '--crowd', 2, '--rounds', 2, '--json', store)
        run(BENCH / 'fleet_simulation', store, '--hosts', 20, '--vms', 5, '--json', simulation)
        run(BENCH / 'fleet_scale', '--build', BUILD, '--vms', 20, '--json', scale)
        results = Results(pathlib.Path(folder) / 'results.json')
        for group, path, budgets in (('fleet', store, STORE), ('fleet-scale', scale, SCALE)):
            figures = json.loads(path.read_text())['figures']
            check_figures(figures, group)
            check_budgets(figures, budgets, path.name)
            results.groups[group] = {'date': 'today', 'machine': 'this', 'figures': figures}
        rules, recipes = (len(list((BENCH.parent / 'sql' / kind).glob('*.sql'))) for kind in ('findings', 'recipes'))
        check(sum(figure['what'] == 'finding' for figure in figures) == rules, 'each finding is measured')
        # Five recipes are not measured: they write to the database, or write files.
        check(sum(figure['what'] == 'recipe' for figure in figures) >= recipes - 5, 'each recipe that the store answers is measured')
        results.simulation = json.loads(simulation.read_text())
        check(all(len(row) == len(results.simulation['head']) for row in results.simulation['rows']) and len(results.simulation['rows']) == 2, 'the simulation of a day and a morning')
        text = page(results, [])
        check('## The fleet in PostgreSQL' in text and '### Simulated' in text and 'It assumes:' in text, 'the page has them')


main()
