#!/usr/bin/env python3
"""What libvirt writes comes back byte for byte: each document of a corpus is defined, dumped, imported, regenerated,
compared.

    corpus_test.py EXTENSION CORPUS.tar.xz... [--show N] [--keep FOLDER]

The corpora are of libvirt 9.0. The folder newer/ beside this file has documents with parts that came later; they are
defined as well, but an older libvirt drops what it does not know.

Run by `isolated`. libvirtd's QEMU driver is asked first, with the document's own domain type, then as type 'qemu'. What
it refuses (another architecture, another hypervisor, hardware that is not here) goes to libvirt's test driver. What
that driver refuses as well is not counted, because libvirt never writes it. The last line has the counts (README.md has
them for the releases of Debian).
"""
import argparse
import collections
import difflib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import xml.etree.ElementTree as ElementTree

from hypervisor import answering


class Virsh:
    """One virsh for many commands: it reads them from a pipe, and echoes a mark when it has done them."""

    def __init__(self, uri):
        self.process = subprocess.Popen(['virsh', '-q', '-c', uri], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, bufsize=0)
        self.asked = 0

    def __call__(self, *commands):
        """Runs the commands, and returns all that virsh prints: the commands themselves, their output, its errors."""
        self.asked += 1
        mark = f'=done-{self.asked:06}='
        said = b''
        with answering(self.process):
            self.process.stdin.write(''.join(command + '\n' for command in (*commands, 'echo ' + mark)).encode())
            while ('\n' + mark).encode() not in said:
                piece = self.process.stdout.read(1 << 16)
                if not piece:
                    raise EOFError(f'virsh ended, or did not answer, at {commands}: ' + said.decode(errors='replace'))
                said += piece
        return said.decode()

    def end(self):
        self.process.stdin.close()
        self.process.wait(30)


def start_libvirtd(folder):
    for path in ('/etc/libvirt/hooks', '/etc/libvirt/qemu', '/var/lib/libvirt/qemu'):
        shutil.rmtree(path, ignore_errors=True)
    os.makedirs('/etc/libvirt/qemu')
    os.makedirs('/var/lib/libvirt/qemu')
    with open('/etc/libvirt/qemu.conf', 'a', encoding='utf-8') as conf:
        conf.write('\nuser = "root"\ngroup = "root"\nsecurity_driver = "none"\ncgroup_controllers = []\nnamespaces = []\n')
    with open(os.path.join(folder, 'libvirtd.log'), 'wb') as log:
        daemon = subprocess.Popen(['libvirtd'], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    for _ in range(900):
        if subprocess.run(['virsh', '-c', 'qemu:///system', 'version'], capture_output=True).returncode == 0:
            return daemon
        time.sleep(0.1)
    with open(os.path.join(folder, 'libvirtd.log'), encoding='utf-8') as log:
        sys.exit('libvirtd does not answer:\n' + log.read())


def with_type(text, domain_type):
    return re.sub(r"""(<domain\b[^>]*?\btype=)(['"])[^'"]*\2""", rf"\1'{domain_type}'", text, count=1)


def definition(text, drivers, folder):
    """(driver that took it, what it wrote); (None, None) if none did"""
    name = ElementTree.fromstring(text).findtext('name')
    path = os.path.join(folder, 'define.xml')
    for driver, domain_type in (('qemu', None), ('qemu', 'qemu'), ('test', 'test')):
        with open(path, 'w', encoding='utf-8') as file:
            file.write(with_type(text, domain_type) if domain_type else text)
        said = drivers[driver](f'define {path}', f"dumpxml --inactive '{name}'",
                               f"undefine '{name}' --nvram --keep-tpm" if driver == 'qemu' else f"undefine '{name}'")
        found = re.search(r'^<domain .*?^</domain>$', said, re.M | re.S)
        if found:
            return driver, found[0] + '\n'
    return None, None


def regenerated(documents, extension, folder):
    """Imports the documents, and yields what domain_xml() gives for each. Prints the errors of the shell."""
    for index, document in enumerate(documents):
        with open(f'{folder}/{index}.in', 'w', encoding='utf-8') as file:
            file.write(document)
    script = ['.mode list', 'SELECT virtsql_init();', 'BEGIN;']
    for index in range(len(documents)):
        script += [f'.once {folder}/{index}.out', f"SELECT domain_xml(domain_import(readfile('{folder}/{index}.in')));"]
    script.append('COMMIT;')
    done = subprocess.run(['sqlite3', folder + '/vms.db', '-cmd', '.load ' + extension.removesuffix('.so')],
                          input='\n'.join(script) + '\n', capture_output=True, text=True)
    if done.stderr:
        print(done.stderr[:2000])
    for index in range(len(documents)):
        with open(f'{folder}/{index}.out', encoding='utf-8') as file:
            # The shell ends what it prints with a line feed of its own.
            yield file.read().rstrip('\n') + '\n'


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('extension')
    parser.add_argument('corpora', nargs='*')
    parser.add_argument('--show', type=int, default=20, help='how many differences are shown')
    parser.add_argument('--keep', help='a folder for what libvirt wrote, to look at')
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir='/run') as folder:
        shutil.copytree(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'newer'), folder + '/corpus')
        for corpus in arguments.corpora:
            with tarfile.open(corpus) as archive:
                archive.extractall(folder + '/corpus', **({'filter': 'data'} if hasattr(tarfile, 'data_filter') else {}))
        paths = sorted(os.path.join(top, name) for top, _, names in os.walk(folder + '/corpus') for name in names if name.endswith('.xml'))
        daemon = start_libvirtd(folder)
        drivers = {'qemu': Virsh('qemu:///system'), 'test': Virsh('test:///default')}
        taken, refused = [], 0
        try:
            for path in paths:
                with open(path, encoding='utf-8') as file:
                    driver, text = definition(file.read(), drivers, folder)
                if driver:
                    taken.append((os.path.basename(path), driver, text))
                else:
                    refused += 1
            version = re.search(r'Running against daemon: \S+', drivers['qemu']('version --daemon'))[0]
            for virsh in drivers.values():
                virsh.end()
        finally:
            daemon.terminate()
            daemon.wait(30)
        if arguments.keep:
            for name, driver, text in taken:
                with open(os.path.join(arguments.keep, f'{driver}-{name}'), 'w', encoding='utf-8') as file:
                    file.write(text)
        exact, wrong = collections.Counter(), []
        for (name, driver, before), after in zip(taken, regenerated([text for *_, text in taken], arguments.extension, folder)):
            if before == after:
                exact[driver] += 1
            else:
                wrong.append((name, driver, before, after))
    for name, driver, before, after in wrong[:arguments.show]:
        print('\n'.join(difflib.unified_diff(before.split('\n'), after.split('\n'), f'{driver} {name}', 'domain_xml', lineterm='', n=1)))
    by_driver = collections.Counter(driver for _, driver, _ in taken)
    print(version)
    print(f'{len(paths)} documents: {len(taken)} defined, {refused} refused; '
          + '; '.join(f'{driver} driver: exact {exact[driver]}/{count}' for driver, count in sorted(by_driver.items())))
    if not taken and not arguments.corpora:
        print('skipped: this libvirt takes none of the documents beside the test, and no corpus is at hand')
        return 77
    return 0 if taken and not wrong else 1


if __name__ == '__main__':
    sys.exit(main())
