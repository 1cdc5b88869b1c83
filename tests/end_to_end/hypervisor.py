"""What the end-to-end tests have in common: a hypervisor of their own (see `isolated` and `booted`), libvirt's shell, and the database."""
import contextlib
import glob
import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = '/var/lib/virtsql'
DATABASE = DATA + '/virtsql.db'
SPOOL = DATA + '/spool'
FOLDER = '/var/tmp/virtsql-test'


def run(*command, check=True, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, **options)
    if check and done.returncode:
        raise AssertionError(f'{command}: {done.returncode}\n{done.stdout}\n{done.stderr}')
    return done


def virsh(*command, check=True):
    return run('virsh', '-q', '-c', 'qemu:///system', *command, check=check).stdout


def write(name, text):
    path = os.path.join(FOLDER, name)
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)
    return path


def pids(program):
    return [int(pid) for pid in run('pidof', program, check=False).stdout.split()]


def await_that(condition, what, seconds=30):
    """Waits until the condition holds. Returns the seconds that it took; throws AssertionError after `seconds`."""
    begin = time.monotonic()
    while not condition():
        if time.monotonic() > begin + seconds:
            raise AssertionError(f'not within {seconds} s: {what() if callable(what) else what}')
        time.sleep(0.02)
    return time.monotonic() - begin


@contextlib.contextmanager
def answering(process, seconds=120):
    """Kills the process if the block, which asks it something, takes longer."""
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def query(sql, *values):
    with contextlib.closing(sqlite3.connect(f'file:{DATABASE}?mode=ro', uri=True, timeout=30)) as database:
        return database.execute(sql, values).fetchall()


def print_faults(faults):
    """Prints the faults: each name, and below it its rows, one a line."""
    for name, rows in faults.items():
        print(name)
        for row in rows:
            print('   ', *(str(item)[:160].replace('\n', ' ') for item in row), sep=' | ')


class Daemons:
    """The programs that a test runs, by name. Their output goes to files in FOLDER."""

    def __init__(self):
        self.running = {}

    def start(self, *command, log):
        with open(os.path.join(FOLDER, log), 'ab') as output:
            self.running[command[0]] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        return self.running[command[0]]

    def stop(self, program, how=signal.SIGTERM):
        self.running[program].send_signal(how)
        return self.running.pop(program).wait(30)

    def stop_all(self):
        for program in list(self.running):
            self.stop(program)

    def start_libvirtd(self):
        self.start('libvirtd', log='libvirtd.log')
        await_that(lambda: run('virsh', '-c', 'qemu:///system', 'version', check=False).returncode == 0, 'libvirtd answers', 90)


def install_programs(build):
    for program in ('virtsql-hook', 'virtsql-drain', 'virtsqld'):
        shutil.copy(f'{build}/hook/{program}', '/usr/sbin/')


def install_hooks(build, *drivers, hooks='/etc/libvirt/hooks'):
    """Installs the hook under the package's file name. libvirtd calls a driver's first hook only after a restart."""
    for driver in drivers:
        os.makedirs(f'{hooks}/{driver}.d', exist_ok=True)
        shutil.copy(f'{build}/hook/virtsql-hook', f'{hooks}/{driver}.d/50-virtsql')


def running_programs(word):
    """Returns the names of the processes of this machine that have the word in their name."""
    names = []
    for path in glob.glob('/proc/[0-9]*/comm'):
        with contextlib.suppress(OSError), open(path, encoding='utf-8', errors='replace') as file:
            names.append(file.read().strip())
    return [name for name in names if word in name]


def empty_hypervisor(daemons):
    """Starts libvirtd with nothing defined, and without the hooks and data of virtsql."""
    os.makedirs(FOLDER, exist_ok=True)
    os.chmod(FOLDER, 0o755)
    # A hook of the test before may still drain, and would make its folder again.
    await_that(lambda: not running_programs('virtsql'), 'no program of virtsql runs')
    for path in (DATA, '/etc/libvirt/hooks', '/etc/libvirt/qemu', '/var/lib/libvirt/qemu'):
        shutil.rmtree(path, ignore_errors=True)
    os.makedirs('/etc/libvirt/qemu')
    os.makedirs('/var/lib/libvirt/qemu')
    with open('/etc/libvirt/qemu.conf', 'w', encoding='utf-8') as f:
        # This machine has no cgroup hierarchy of its own, and the test's files belong to root.
        f.write('user = "root"\ngroup = "root"\nsecurity_driver = "none"\ncgroup_controllers = []\nnamespaces = []\n')
    daemons.start('virtlogd', log='virtlogd.log')
    daemons.start_libvirtd()
