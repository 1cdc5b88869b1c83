#!/usr/bin/env python3
"""virtsql_compare measures: compare_test.py [GROUP...], by default every group."""
import json
import sys
import tempfile

from checks import BUILD, check_figures, run


def main():
    from results import GROUPS
    with tempfile.TemporaryDirectory() as work:
        for group in sys.argv[1:] or [*GROUPS, 'scale']:
            size = ['--vms', '10'] + (['--revisions', '3', '--work', work] if group == 'scale' else [])
            lines = run(BUILD / 'bench/virtsql_compare', group, *size).split('\n')
            check_figures([json.loads(line) for line in lines if line], group)


main()
