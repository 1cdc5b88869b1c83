#!/usr/bin/env python3
"""libvirt's definition has everything that a document asks for: domain_diff(document, libvirt's dump, 'asked') is
empty. And what libvirt adds by itself is no drift of a managed VM whose rows say what the document says.

    asked_test.py BUILD CORPUS.tar.xz... [--keep FOLDER]    run by `isolated`

Each document of the corpora that libvirtd's QEMU driver defines, as it is or as type 'qemu', is dumped and compared.
LEFT lists the documents that still differ, with the reason; they may be at most one in a hundred.
"""
import argparse
import collections
import os
import re
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as ElementTree

from corpus_test import Virsh, start_libvirtd, with_type
from drift_test import Shell
from hypervisor import print_faults

# Documents of which libvirt's definition says something else than was asked: the path where, and why that is a
# difference.
LEFT = {
    'objecteventtest.c.xml': ('/domain/', 'it has text between its elements, which no definition keeps'),
    'qemuhotplugtestdomains__qemuhotplug-graphics-spice-listen-network.xml': ('/domain/devices/video/model/@vram', 'libvirt raises the size to a power of two'),
    'qemuxml2argvdata__channel-virtio-autoassign.xml': ('/domain/devices/channel/address/@bus', 'a virtio-serial controller has one bus, whatever the number'),
    'qemuxml2argvdata__metadata-duplicate.xml': ('/domain/metadata/', 'libvirt keeps one element of each namespace, and none without'),
    'qemuxml2argvdata__net-many-models.xml': ('/domain/devices/interface/model/@type', 'ViRtIo: libvirt knows names of models in any case of letters'),
    'qemuxml2argvdata__numavcpus-topology-mismatch.xml': ('/domain/cpu/numa/cell/@cpus', 'CPUs that no cell has are put into the first'),
    'qemuxml2argvdata__seclabel-dynamic-none-relabel.xml': ('/domain/seclabel', 'this libvirtd has no security driver'),
    'qemuxml2argvdata__seclabel-dynamic-relabel.xml': ('/domain/seclabel', 'this libvirtd has no security driver'),
    'qemuxml2argvdata__usb-redir-filter-version.xml': ('/domain/devices/redirfilter/usbdev/@version', '9.4 is 9.40'),
    'qemuxml2argvdata__virtio-9p-createmode.xml': ('/domain/devices/filesystem/@', 'an octal number gets a zero in front'),
    'qemuxml2xmloutdata__console-compat2.xml': ('/domain/devices/console/target/@port', 'libvirt puts the console of the serial port in front'),
}
# The same of the drift alone. What libvirt repeats from another place is not told from what somebody added there.
DRIFTS = {
    'qemuxml2argvdata__graphics-vnc-socket-new-cmdline.xml': ('/domain/devices/graphics/@socket', 'repeats that of <listen>'),
    'qemuxml2argvdata__graphics-vnc-socket.xml': ('/domain/devices/graphics/@socket', 'repeats that of <listen>'),
    'qemuxml2argvdata__serial-file-chardev.xml': ('/domain/devices/console/source/@append', 'repeats that of the serial port'),
    'qemuxml2argvdata__serial-file-log.xml': ('/domain/devices/console/log/', 'repeats that of the serial port'),
}


def defined(virsh, text, name, folder):
    """Returns (what was asked of libvirt, libvirt's definition of it). None if libvirt refuses the document."""
    for asked in (text, with_type(text, 'qemu')):
        with open(folder + '/define.xml', 'w', encoding='utf-8') as file:
            file.write(asked)
        said = virsh(f'define {folder}/define.xml', f"dumpxml --inactive '{name}'", f"undefine '{name}' --nvram --keep-tpm")
        if found := re.search(r'^<domain .*?^</domain>$', said, re.M | re.S):
            return asked, found[0] + '\n'
    return None


def drift(shell, asked, given, number):
    """Returns the drift of a managed VM whose rows say what was asked. Of a running VM's document there is none: its rows
    are no definition."""
    if re.search(r'<domain[^>]* id=', asked):
        return []
    uuid = f'{number:08x}-1111-4111-8111-111111111111'
    asked, given = (re.sub(r'</name>', f'</name><uuid>{uuid}</uuid>', re.sub(r'<uuid>.*?</uuid>', '', xml, 1, re.S), 1) for xml in (asked, given))
    shell("SELECT domain_import(:xml, 'host') IS NULL", xml=asked)
    shell("UPDATE virtual_machines SET source = 'managed' WHERE uuid = :uuid", uuid=uuid)
    shell("SELECT domain_import(:xml, 'host') IS NULL", xml=given)
    return shell('SELECT change, path, old, new FROM domain_drift WHERE vm_uuid = :uuid', uuid=uuid)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('build')
    parser.add_argument('corpora', nargs='*')
    parser.add_argument('--keep', help='a folder for what was asked and what libvirt made of it, to look at')
    arguments = parser.parse_args()
    if not arguments.corpora:
        print('no corpus is beside the project: skipped')
        return 77
    with tempfile.TemporaryDirectory(dir='/run') as folder:
        for corpus in arguments.corpora:
            with tarfile.open(corpus) as archive:
                archive.extractall(folder + '/corpus', **({'filter': 'data'} if hasattr(tarfile, 'data_filter') else {}))
        paths = sorted(os.path.join(top, name) for top, _, names in os.walk(folder + '/corpus') for name in names if name.endswith('.xml'))
        daemon = start_libvirtd(folder)
        virsh, shell = Virsh('qemu:///system'), Shell(arguments.build)
        taken, left, explained = 0, collections.defaultdict(list), set()
        try:
            for path in paths:
                with open(path, encoding='utf-8') as file:
                    text = file.read()
                pair = defined(virsh, text, ElementTree.fromstring(text).findtext('name'), folder)
                if not pair:
                    continue
                taken += 1
                document = os.path.basename(path)
                if arguments.keep:
                    for name, xml in zip(('asked', 'given'), pair):
                        with open(f'{arguments.keep}/{document}.{name}', 'w', encoding='utf-8') as file:
                            file.write(xml)
                differences = shell("SELECT change, path, old, new FROM domain_diff(:a, :b, 'asked')", a=pair[0], b=pair[1])
                repeated = DRIFTS.get(document, ('none',))[0]
                differences += [row for row in drift(shell, *pair, taken) if not row[1].startswith(repeated)]
                for row in differences:
                    if document in LEFT and row[1].startswith(LEFT[document][0]):
                        explained.add(document)
                    else:
                        left[document].append(row)
        finally:
            virsh.end()
            shell.end()
            daemon.terminate()
            daemon.wait(30)
    print_faults(left)
    print(f'{len(paths)} documents: {taken} defined, {len(left)} of them ask for what the definition lacks; {len(explained)} more do, and LEFT says why')
    return 1 if taken < 1000 or left or len(explained) * 100 > taken else 0


if __name__ == '__main__':
    sys.exit(main())
