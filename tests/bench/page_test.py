#!/usr/bin/env python3
"""bench/RESULTS.md is exactly what bench/results.json gives: nobody wrote figures into it by hand."""
from checks import BENCH, check


def main():
    from results import Results, page
    written = (BENCH / 'RESULTS.md').read_text(encoding='utf-8')
    pictures = [tuple(line[2:-1].split('](')) for line in written.split('\n') if line.startswith('![')]
    check(all((BENCH / path).exists() for _, path in pictures), 'the plots are there')
    check(page(Results(), pictures) == written, 'RESULTS.md differs from what results.json gives: bench/compare --draw writes it')


main()
