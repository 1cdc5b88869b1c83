#!/usr/bin/env python3
"""libvirt's definition has everything that a document asks for: domain_diff(document, libvirt's dump, 'asked') is
empty. And what libvirt adds by itself is no drift of a managed VM whose rows say what the document says.

    asked_test.py BUILD CORPUS.tar.xz... [--keep FOLDER]    run by `isolated`

Each document of the corpora that libvirtd's QEMU driver defines, as it is or as type 'qemu', is dumped and compared.
LEFT lists the documents that still differ, with the reason; they may be at most one in a hundred. So are the documents
of DROPPED, which libvirt's test driver defines.
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
# What libvirt leaves out or replaces: devices, or other elements of <domain>.
DROPPED = (
    "<graphics type='spice' defaultMode='any'><channel name='main' mode='any'/></graphics>",
    "<graphics type='dbus' p2p='no'/>",
    "<graphics type='rdp' multiUser='no' replaceUser='no'/>",
    "<graphics type='desktop' fullscreen='no'/>",
    "<tpm model='tpm-crb'><backend type='emulator' version='2.0' persistent_state='no'/></tpm>",
    "<tpm model='tpm-tis'><backend type='passthrough' version='2.0' persistent_state='yes'><device path='/dev/tpm0'/></backend></tpm>",
    "<filesystem type='mount' multidevs='default' fmode='0'><source dir='/a'/><target dir='t'/><space_hard_limit>0</space_hard_limit></filesystem>",
    "<cpu match='exact'/>",
    "<cpu match='exact' mode='custom'/>",
    "<cpu match='strict' mode='host-passthrough'/>",
    "<cpu match='minimum' mode='host-model'/>",
    "<redirfilter/>",
    "<sound model='ac97'><codec type='duplex'/></sound>",
    "<shmem name='a' role='peer'><model type='ivshmem'/></shmem>",
    "<shmem name='a' role='master'/>",
    "<shmem name='a'><server/><msi vectors='0' ioeventfd='off'/></shmem>",
    "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/><product id='0x1'/></source><readonly/><shareable/></hostdev>",
    "<hostdev mode='subsystem' type='pci'><source><address domain='0' bus='1' slot='1' function='0' multifunction='off'/></source></hostdev>",
    "<interface type='hostdev'><source><address type='pci' domain='0' bus='1' slot='1' function='0' multifunction='on'/></source></interface>",
    "<interface type='user'><model type='e1000'/><driver txmode='timer' rx_queue_size='256'><host csum='off'/><guest ufo='on'/></driver></interface>",
    "<interface type='network'><source network='default'/><bandwidth><inbound average='0' peak='0'/></bandwidth><mtu size='0'/></interface>",
    "<interface type='user'><ip address='10.0.0.1' prefix='0'/></interface>",
    "<disk type='file'><driver name='qemu' type='raw' queues='0'/><source file='/a'/><geometry cyls='0' heads='0' secs='0'/><blockio logical_block_size='0'/>"
    "<target dev='vda' bus='virtio'/><iotune><total_bytes_sec>0</total_bytes_sec><read_iops_sec_max>0</read_iops_sec_max></iotune></disk>",
    "<controller type='scsi' model='virtio-scsi'><driver queues='0' cmd_per_lun='0' max_sectors='0' iothread='0'/></controller>",
    "<video><model type='qxl' heads='0' vram64='0'/></video>",
    "<audio id='1' type='pulseaudio'><input latency='0'/></audio>",
    "<rng model='virtio'><rate bytes='1' period='0'/><backend model='random'>/dev/random</backend></rng>",
    "<memballoon model='virtio'><stats period='0'/></memballoon>",
    "<memballoon model='none'><address type='pci' domain='0' bus='0' slot='7' function='0'/></memballoon>",
    "<disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/><boot order='1' loadparm='abC'/></disk>",
    "<interface type='user'><ip address='FE80:0:0::1' family='ipv6' peer='fe80:0::2'/><route family='ipv6' address='2001:DB8:0:0::' prefix='32' gateway='FE80::0:1'/></interface>",
    "<hostdev mode='capabilities' type='net'><source><interface>eth0</interface></source><ip address='FE80:0::1' family='ipv6'/></hostdev>",
    "<channel type='pty'><target type='guestfwd' address='10.0.2.01' port='4600'/></channel>",
    "<video><model type='qxl' ram='65537' vram='65537' vram64='70000'/></video>",
    "<video><model type='vga' vram='17000'/></video>",
    "<clock offset='variable' adjustment='+05' basis='utc'/>",
    "<iommu model='intel'><driver aw_bits='0'/></iommu>",
    "<serial type='pty'/><console type='tcp'/>",
    "<serial type='unix'><source mode='bind' path='/a'/></serial><console type='pty'><target type='serial'/></console>",
    "<features><hyperv><spinlocks state='off' retries='4096'/><vendor_id state='off' value='x'/><stimer state='on'><direct state='off'/></stimer><tlbflush state='off'>"
    "<direct state='on'/></tlbflush></hyperv><kvm><dirty-ring state='off' size='1024'/></kvm><smm state='off'><tseg>8</tseg></smm></features>",
    "<features><tcg><tb-cache>0</tb-cache></tcg><xen><passthrough state='off' mode='sync_pt'/></xen></features>",
    "<iothreads>0</iothreads>",
    "<maxMemory slots='0'>0</maxMemory>",
    "<memtune><min_guarantee>0</min_guarantee></memtune>",
    "<blkiotune><device><path>/a</path><weight>0</weight><read_bytes_sec>0</read_bytes_sec></device></blkiotune>",
    "<cputune><quota>0</quota><emulator_period>0</emulator_period></cputune>",
)
# The elements of DROPPED that are no devices.
SECTIONS = ('<cpu ', '<clock ', '<features', '<iothreads', '<maxMemory', '<memtune', '<blkiotune', '<cputune')


def differences_of_dropped(shell, folder):
    """Returns (document, rows of domain_diff()) of each document of DROPPED that asks for what its definition lacks."""
    virsh = Virsh('test:///default')
    try:
        for number, what in enumerate(DROPPED):
            text = (f"<domain type='test'><name>dropped{number}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu><os><type arch='x86_64'>hvm</type></os>"
                    + (what if what.startswith(SECTIONS) else f'<devices>{what}</devices>') + '</domain>')
            pair = defined(virsh, text, f'dropped{number}', folder)
            rows = shell("SELECT change, path, old, new FROM domain_diff(:a, :b, 'asked')", a=pair[0], b=pair[1]) if pair else [('libvirt refuses it',)]
            if rows:
                yield what, rows
    finally:
        virsh.end()


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
            left.update(differences_of_dropped(shell, folder))
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
