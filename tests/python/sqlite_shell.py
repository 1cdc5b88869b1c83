"""The real sqlite3 shell, with the extension loaded, for tests that are written in Python.

VIRTSQL_EXTENSION names the extension. VIRTSQL_PRELOAD names the libraries that the shell must be started with because
the extension needs them: those of the sanitizers in their build.
"""
import functools
import os
import pathlib
import subprocess
import tempfile


def extension():
    """The extension's path, as .load takes it."""
    return os.environ['VIRTSQL_EXTENSION'].removesuffix('.so')


def environment():
    """The environment of a shell that loads the extension."""
    preload = os.environ.get('VIRTSQL_PRELOAD')
    return dict(os.environ, LD_PRELOAD=preload) if preload else dict(os.environ)


def run(database, *statements, script=None, options=(), load=True, also=(), **arguments):
    """Runs the shell on the database with the statements, or else the script, and returns the CompletedProcess. `also`:
    extensions that are loaded after ours. `arguments` go to subprocess.run(); by default standard output and errors are
    captured separately."""
    loaded = [extension(), *(path.removesuffix('.so') for path in also)] if load else []
    loads = [argument for path in loaded for argument in ('-cmd', '.load ' + path)]
    command = ['sqlite3', '-batch', *options, *loads, database, *statements]
    arguments = {'stdout': subprocess.PIPE, 'stderr': subprocess.PIPE, **arguments}
    given = {'stdin': subprocess.DEVNULL} if script is None else {'input': script}
    return subprocess.run(command, text=True, env=environment() if load else None, check=False, **given, **arguments)


def printed(database, *statements, readonly=False, options=(), **arguments):
    """Runs the shell as run() does, up to the first error. Returns what it prints. Throws AssertionError if it reports
    an error or ends with one."""
    done = run(database, *statements, options=['-bail', *(['-readonly'] if readonly else []), *options], **arguments)
    if done.returncode or done.stderr:
        given = arguments.get('script') or '; '.join(statements)
        raise AssertionError(f'the shell ended with {done.returncode}: {done.stderr}{done.stdout[-1000:]}\nof {given[:2000]}')
    return done.stdout


@functools.cache
def _empty_database():
    with tempfile.TemporaryDirectory() as folder:
        done = run(folder + '/empty.db', 'SELECT virtsql_init()')
        if done.stderr:
            raise AssertionError(done.stderr)
        return pathlib.Path(folder, 'empty.db').read_bytes()


def make_empty_database(path):
    """Writes a database with virtsql's schema and no rows to `path`. The schema is made once in this process, because
    that takes longer than most tests, above all with the sanitizers. All these databases have the same id."""
    pathlib.Path(path).write_bytes(_empty_database())


def answers(database, statements, **arguments):
    """Runs the statements in one shell, because each shell reads the whole schema. Returns what each prints, without
    the end of its last line. Throws AssertionError if any of them reports an error."""
    statements, mark = list(statements), '=== next ==='
    done = run(database, script=''.join(f'{statement};\n.print {mark}\n' for statement in statements), options=['-bail'], **arguments)
    found = [part.rstrip('\n') for part in done.stdout.split(mark + '\n')[:-1]]
    if done.stderr or len(found) != len(statements):
        raise AssertionError(f'{done.stderr}after {len(found)} of {len(statements)} statements')
    return found
