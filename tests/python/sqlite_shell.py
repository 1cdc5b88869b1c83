"""The real sqlite3 shell, with the extension loaded, for tests that are written in Python.

VIRTSQL_EXTENSION names the extension. VIRTSQL_PRELOAD names what the shell must be started with because the extension needs
it: the library of the sanitizers in their build.
"""
import os
import subprocess


def extension():
    """What .load takes."""
    return os.environ['VIRTSQL_EXTENSION'].removesuffix('.so')


def environment():
    """Of a shell that loads the extension."""
    preload = os.environ.get('VIRTSQL_PRELOAD')
    return dict(os.environ, LD_PRELOAD=preload) if preload else dict(os.environ)


def run(database, *statements, script=None, options=(), load=True, also=(), **arguments):
    """The shell's end on the database, after the statements or else the script; `also`: extensions that are loaded after
    ours. `arguments` are subprocess.run's; without any, standard output and errors are captured apart."""
    loaded = [extension(), *(path.removesuffix('.so') for path in also)] if load else []
    loads = [argument for path in loaded for argument in ('-cmd', '.load ' + path)]
    command = ['sqlite3', '-batch', *options, *loads, database, *statements]
    arguments = {'stdout': subprocess.PIPE, 'stderr': subprocess.PIPE, **arguments}
    given = {'stdin': subprocess.DEVNULL} if script is None else {'input': script}
    return subprocess.run(command, text=True, env=environment() if load else None, check=False, **given, **arguments)


def answers(database, statements, **arguments):
    """What one shell prints for each of the statements, without the last line's end; an error of any is ours. A shell opens the
    whole schema, so who asks much asks at once."""
    statements, mark = list(statements), '=== next ==='
    done = run(database, script=''.join(f'{statement};\n.print {mark}\n' for statement in statements), options=['-bail'], **arguments)
    found = [part.rstrip('\n') for part in done.stdout.split(mark + '\n')[:-1]]
    if done.stderr or len(found) != len(statements):
        raise AssertionError(f'{done.stderr}after {len(found)} of {len(statements)} statements')
    return found
