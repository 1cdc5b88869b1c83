"""The databases that the report's tests look at."""
import importlib.machinery
import importlib.util
import os

import sqlite_shell

HERE = os.path.dirname(os.path.abspath(__file__))


def shell(database, sql, readonly=True):
    """Runs SQL in the sqlite3 shell with the extension loaded, and returns what it prints."""
    return sqlite_shell.printed(database, script='.mode list\n.headers off\n' + sql, readonly=readonly)


def recipes_fleet(folder):
    """Makes the database of the three hosts that the recipes are tested on, and returns its path."""
    path = os.path.join(HERE, '..', 'recipes', 'fleet.py')
    loader = importlib.machinery.SourceFileLoader('recipes_fleet', path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader('recipes_fleet', loader))
    loader.exec_module(module)
    return module.build(folder)


def database_of(folder, documents):
    """Makes a database of (host, XML) documents, imported in their order, and returns its path."""
    database = os.path.join(folder, 'made.db')
    script = ['SELECT virtsql_init() IS NULL;']
    for number, (host, xml) in enumerate(documents):
        path = os.path.join(folder, f'{number}.xml')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(xml)
        script.append(f"SELECT domain_import(readfile('{path}'), '{host}') IS NULL;")
    script[1:1] = ['BEGIN;']
    shell(database, '\n'.join(script) + '\nCOMMIT;', readonly=False)
    return database


def domain(name, devices='', extra='', memory=1048576, vcpus=1):
    """A small definition; the name is escaped here."""
    escaped = name.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;').replace('"', '&quot;').replace("'", '&apos;')
    return (f"<domain type='kvm'>\n  <name>{escaped}</name>\n{extra}  <memory unit='KiB'>{memory}</memory>\n"
            f"  <vcpu>{vcpus}</vcpu>\n  <os>\n    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  </os>\n"
            f"  <devices>\n{devices}  </devices>\n</domain>\n")
