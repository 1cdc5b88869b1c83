"""What an XML parser answers to the questions of sql/QUESTIONS.md, from the documents of the fleet alone.

ANSWERS has a function for each question, which takes the Fleet and returns the rows. No function uses virtsql: they
find elements with ElementTree and read cpusets themselves; the states of VMs are those that the test made up.
"""
import collections
import datetime
import os
import xml.etree.ElementTree as ElementTree

# What libvirt says about VMs, but not in their XML: state and autostart.
STATES = {'web01': ('running', 1), 'web02': ('running', 0), 'db01': ('running', 1), 'db02': ('shut off', 0), 'erp': ('running', 0), 'pbx': ('paused', 0)}

# For each host: number of NUMA cells, CPUs of a cell, GiB of a cell, machine types that are deprecated.
HOSTS = {'kvm1': (2, 16, 128, ()), 'kvm2': (2, 8, 64, ('pc-q35-4.0',)), 'kvm3': (1, 8, 32, ('pc-i440fx-2.1', 'pc-q35-4.0'))}


def capabilities(host):
    """The host's capabilities as libvirt would say them."""
    cells, cpus, gib, deprecated = HOSTS[host]
    cell = ''.join(f"<cell id='{c}'><memory unit='KiB'>{gib << 20}</memory><cpus num='{cpus}'>" + ''.join(f"<cpu id='{c * cpus + n}'/>" for n in range(cpus)) + '</cpus></cell>'
                   for c in range(cells))
    machines = "<machine maxCpus='288'>pc-q35-7.2</machine>" + ''.join(f"<machine maxCpus='255' deprecated='yes'>{name}</machine>" for name in deprecated)
    return (f"<capabilities><host><topology><cells num='{cells}'>{cell}</cells></topology></host>"
            f"<guest><os_type>hvm</os_type><arch name='x86_64'>{machines}</arch></guest></capabilities>")


# What the fleet has beside what the recipes are tested on, as (host, kind, XML): VMs with disks of one name on two servers, and an
# NVMe disk; a VM with a card of virtio's older kind and a disk in an RBD pool, whose path is no file's.
MORE = [('kvm1', 'domain', f"""<domain type='kvm'>
  <name>nas{number}</name>
  <uuid>{number * 8}-0000-4000-8000-000000000001</uuid>
  <memory unit='KiB'>1048576</memory>
  <currentMemory unit='KiB'>1048576</currentMemory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
  </os>
  <cpu mode='host-model' check='partial'/>
  <devices>
    <disk type='network' device='disk'>
      <driver name='qemu' type='raw'/>
      <source protocol='nbd' name='export'>
        <host name='server{number}' port='10809'/>
      </source>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type='nvme' device='disk'>
      <driver name='qemu' type='raw'/>
      <source type='pci' managed='yes' namespace='1'>
        <address domain='0x0000' bus='0x0{number}' slot='0x00' function='0x0'/>
      </source>
      <target dev='vdb' bus='virtio'/>
    </disk>
  </devices>
</domain>
""") for number in '12'] + [('kvm1', 'pool', '''<pool type='rbd'>
  <name>ceph</name>
  <uuid>33333333-0000-4000-8000-000000000001</uuid>
  <source>
    <host name='mon1'/>
    <name>rbd</name>
  </source>
</pool>
'''), ('kvm1', 'volume', '''<volume type='network'>
  <name>mail</name>
  <key>rbd/mail</key>
  <source>
  </source>
  <capacity unit='bytes'>1073741824</capacity>
  <allocation unit='bytes'>1073741824</allocation>
  <target>
    <path>rbd/mail</path>
    <format type='raw'/>
  </target>
</volume>
'''), ('kvm1', 'domain', '''<domain type='kvm'>
  <name>mail</name>
  <uuid>33333333-0000-4000-8000-000000000002</uuid>
  <memory unit='KiB'>1048576</memory>
  <currentMemory unit='KiB'>1048576</currentMemory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
  </os>
  <cpu mode='host-model' check='partial'/>
  <devices>
    <disk type='network' device='disk'>
      <driver name='qemu' type='raw'/>
      <source protocol='rbd' name='rbd/mail'>
        <host name='mon1'/>
      </source>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='network'>
      <mac address='52:54:00:3a:10:31'/>
      <source network='lan'/>
      <model type='virtio-transitional'/>
    </interface>
  </devices>
</domain>
''')]

# A VM that libvirt had and has no more, and its snapshot. It would be in the answer to most questions: none may name it.
GONE = [('kvm3', 'domain', '''<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>gone</name>
  <uuid>99999999-0000-4000-8000-000000000001</uuid>
  <memory unit='KiB'>536870912</memory>
  <currentMemory unit='KiB'>1048576</currentMemory>
  <memoryBacking>
    <hugepages/>
  </memoryBacking>
  <vcpu>64</vcpu>
  <numatune>
    <memory mode='strict' nodeset='0'/>
  </numatune>
  <os>
    <type arch='x86_64' machine='pc-i440fx-2.1'>hvm</type>
  </os>
  <cpu mode='host-passthrough' check='none'/>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='unsafe'/>
      <source file='/srv/nfs/erp.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='network'>
      <mac address='52:54:00:3a:10:05'/>
      <source network='nowhere'/>
      <model type='e1000'/>
    </interface>
    <graphics type='vnc' port='-1' autoport='yes' listen='0.0.0.0'/>
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source>
        <address domain='0x0000' bus='0x81' slot='0x00' function='0x0'/>
      </source>
    </hostdev>
  </devices>
  <qemu:commandline>
    <qemu:arg value='-nodefaults'/>
  </qemu:commandline>
</domain>
'''), ('kvm3', 'snapshot', '''<domainsnapshot>
  <name>forgotten</name>
  <state>shutoff</state>
  <creationTime>1577836800</creationTime>
  <domain type='kvm'>
    <name>gone</name>
    <uuid>99999999-0000-4000-8000-000000000001</uuid>
    <memory unit='KiB'>1048576</memory>
    <os>
      <type arch='x86_64' machine='pc-i440fx-2.1'>hvm</type>
    </os>
  </domain>
</domainsnapshot>
''')]


class Vm:
    """A VM: its host, and its definitions, the oldest first."""

    def __init__(self, host):
        self.host = host
        self.definitions = []

    @property
    def xml(self):
        return self.definitions[-1]

    @property
    def name(self):
        return self.xml.findtext('name')

    def devices(self, element):
        return self.xml.findall('devices/' + element)

    def disks(self):
        return [disk for disk in self.devices('disk') if disk.get('device') == 'disk']


class Fleet:
    def __init__(self, folder):
        self.vms = {}
        self.objects = collections.defaultdict(list)  # by kind: (host, element)
        for file in sorted(os.listdir(folder)):
            _, host, kind, _ = file.split('-', 3)
            root = ElementTree.parse(os.path.join(folder, file)).getroot()
            if root.findtext('name' if kind == 'domain' else 'domain/name') == 'gone':
                continue
            if kind == 'domain':
                self.vms.setdefault(root.findtext('uuid'), Vm(host)).definitions.append(root)
            else:
                self.objects[kind].append((host, root))

    def where(self, condition):
        """Host and name of the VMs for which the condition holds."""
        return [(vm.host, vm.name) for vm in self.vms.values() if condition(vm)]

    def cards(self):
        return [(vm, card) for vm in self.vms.values() for card in vm.devices('interface')]

    def network(self, host, name):
        found = [root for at, root in self.objects['network'] if at == host and root.findtext('name') == name]
        return found[0] if found else None

    def volumes(self):
        """Yields host and path of each volume, and the pool in whose folder it is (None if there is none)."""
        for host, root in self.objects['volume']:
            path = root.findtext('target/path')
            pools = [pool.findtext('name') for at, pool in self.objects['pool'] if at == host and pool.findtext('target/path') == os.path.dirname(path)]
            yield host, path, pools[0] if pools else None

    def image(self, vm, disk):
        """The path of a disk's image. If the disk names pool and volume, the volume's path, or POOL/VOLUME if no such
        volume is known."""
        source = disk.find('source')
        if source is None:
            return None
        if source.get('volume'):
            for host, path, pool in self.volumes():
                if (host, pool, os.path.basename(path)) == (vm.host, source.get('pool'), source.get('volume')):
                    return path
            return source.get('pool') + '/' + source.get('volume')
        if source.get('protocol'):
            return f"{source.get('protocol')}:{source.get('name')} of {source.find('host').get('name')}"
        return source.get('file') or source.get('dev') or pci(source.find('address'))

    def chain(self, vm, disk):
        """The images of a disk: its own, then those below it, as the VM's XML says, or else as the volumes say."""
        out = [self.image(vm, disk)]
        below = disk.find('backingStore')
        if below is not None:
            while below is not None and below.find('source') is not None:
                out.append(below.find('source').get('file'))
                below = below.find('backingStore')
            return out
        backing = {path: root.findtext('backingStore/path') for host, root in self.objects['volume'] if host == vm.host for path in [root.findtext('target/path')]}
        while backing.get(out[-1]):
            out.append(backing[out[-1]])
        return out

    def tags(self, vm, card):
        """The VLANs that libvirt gives a card: its own, else its port group's, else its network's."""
        own = [tag.get('id') for tag in card.findall('vlan/tag')]
        network = self.network(vm.host, card.find('source').get('network')) if card.get('type') == 'network' else None
        if own or network is None:
            return own
        group = [tag.get('id') for group in network.findall('portgroup') if group.get('name') == card.find('source').get('portgroup') for tag in group.findall('vlan/tag')]
        return group or [tag.get('id') for tag in network.findall('vlan/tag')]


def mib(element):
    assert element.get('unit') == 'KiB'
    return int(element.text) // 1024


def memory(vm):
    return mib(vm.xml.find('memory'))


def cpuset(text):
    out, without = set(), set()
    for item in text.split(','):
        first, _, last = item.lstrip('^').partition('-')
        (without if item.startswith('^') else out).update(range(int(first), int(last or first) + 1))
    return out - without


def pins(vm):
    """Yields kind, thread and CPU of every pin of a VM."""
    vcpu = vm.xml.find('vcpu')
    if vcpu.get('cpuset'):
        yield from (('cpuset', None, cpu) for cpu in cpuset(vcpu.get('cpuset')))
    for pin in vm.xml.findall('cputune/vcpupin'):
        yield from (('vcpu', int(pin.get('vcpu')), cpu) for cpu in cpuset(pin.get('cpuset')))
    assert {tune.tag for tune in vm.xml.findall('cputune/*')} <= {'vcpupin'}


def pci(address):
    return '%04x:%02x:%02x.%x' % tuple(int(address.get(part), 16) for part in ('domain', 'bus', 'slot', 'function'))


def counted(values):
    return [(*(value if isinstance(value, tuple) else (value,)), count) for value, count in collections.Counter(values).items()]


def secure_boot(vm):
    loader = vm.xml.find('os/loader')
    features = {feature.get('name'): feature.get('enabled') for feature in vm.xml.findall('os/firmware/feature')}
    return loader is not None and loader.get('secure') == 'yes' or features.get('secure-boot') == 'yes'


def firmware(vm):
    loader = vm.xml.find('os/loader')
    return 'uefi' if vm.xml.find('os').get('firmware') == 'efi' or loader is not None and loader.get('type') == 'pflash' else 'bios'


def writers(fleet):
    disks = [(vm, disk) for vm in fleet.vms.values() for disk in vm.disks() if disk.find('readonly') is None]
    for vm, disk in disks:
        for other, its in disks:
            if its is not disk and other.host == vm.host and fleet.image(other, its) == fleet.image(vm, disk) and None in (disk.find('shareable'), its.find('shareable')):
                yield vm.host, vm.name, f"{disk.find('target').get('dev')} writes to {fleet.image(vm, disk)}, and so does {its.find('target').get('dev')} of {other.name}"


def unneeded(fleet):
    needed = {(vm.host, path) for vm in fleet.vms.values() for disk in vm.devices('disk') for path in fleet.chain(vm, disk)}
    return [(host, path) for host, path, _ in fleet.volumes() if path.startswith('/') and (host, path) not in needed]


def twice(fleet):
    count = collections.Counter(card.find('mac').get('address') for _, card in fleet.cards())
    return [(vm.host, vm.name, card.find('mac').get('address')) for vm, card in fleet.cards() if count[card.find('mac').get('address')] > 1]


def vlans(fleet):
    return counted((vm.host, card.find('source').get('bridge') or fleet.network(vm.host, card.find('source').get('network')).find('bridge').get('name'), tag)
                   for vm, card in fleet.cards() for tag in fleet.tags(vm, card))


def cells(fleet):
    out = collections.Counter()
    for vm in fleet.vms.values():
        bound = vm.xml.find('numatune/memory')
        for cell in cpuset(bound.get('nodeset')) if bound is not None else ():
            out[vm.host, cell] += memory(vm)
    return [(*cell, sum_) for cell, sum_ in out.items()]


def huge_pages(fleet):
    for vm in fleet.vms.values():
        if vm.xml.find('memoryBacking/hugepages') is not None:
            for page in vm.xml.findall('memoryBacking/hugepages/page') or [ElementTree.Element('page')]:
                yield vm.host, vm.name, page.get('size'), page.get('unit')


def ratio(fleet):
    for host, (count, cpus, _, _) in HOSTS.items():
        vcpus = sum(int(vm.xml.findtext('vcpu')) for vm in fleet.vms.values() if vm.host == host)
        yield host, vcpus, count * cpus, vcpus / (count * cpus)


def passed_through(fleet):
    for vm in fleet.vms.values():
        cards = [card for card in vm.devices('interface') if card.get('type') == 'hostdev']
        for device in vm.devices('hostdev') + cards + [disk for disk in vm.disks() if disk.get('type') == 'nvme']:
            yield vm.host, vm.name, pci(device.find('source/address'))


def products(fleet):
    for vm in fleet.vms.values():
        for device in vm.devices('hostdev'):
            for host, node in fleet.objects['nodedev']:
                if node.find('capability').get('type') != 'pci':
                    continue
                at = '%04x:%02x:%02x.%x' % tuple(int(node.findtext('capability/' + part)) for part in ('domain', 'bus', 'slot', 'function'))
                if (host, at) == (vm.host, pci(device.find('source/address'))):
                    yield vm.host, vm.name, node.findtext('capability/product')


def displays(fleet):
    for vm in fleet.vms.values():
        for display in vm.devices('graphics'):
            addresses = [listen.get('address') for listen in display.findall('listen')]
            if {'0.0.0.0', '::'} & set(addresses):
                yield vm.host, vm.name, display.get('type'), ','.join(addresses)


def arguments(fleet):
    qemu = '{http://libvirt.org/schemas/domain/qemu/1.0}'
    return [(vm.host, vm.name, at, argument.get('value')) for vm in fleet.vms.values() for at, argument in enumerate(vm.xml.findall(f'{qemu}commandline/{qemu}arg'))]


def old_snapshots(fleet):
    names = {(vm.host, uuid): vm.name for uuid, vm in fleet.vms.items()}
    for host, root in fleet.objects['snapshot']:
        made = datetime.datetime.fromtimestamp(int(root.findtext('creationTime')), datetime.timezone.utc)
        if made.date() < datetime.date(2026, 2, 1):
            yield host, names[host, root.findtext('domain/uuid')], root.findtext('name'), made.strftime('%Y-%m-%d %H:%M:%S')


def named(fleet, name):
    return next(vm for vm in fleet.vms.values() if vm.name == name)


def needs(fleet):
    path = '/srv/nfs/erp.qcow2'
    return [(vm.host, vm.name, 'disk') for vm in fleet.vms.values() for disk in vm.devices('disk') if fleet.chain(vm, disk)[0] == path]


def app02(fleet):
    first, second = named(fleet, 'app02').definitions
    for element in ('memory', 'currentMemory'):
        yield '2026-03-08', f'/domain/{element}/text()', *(vm.findtext(element) + ' ' + vm.find(element).get('unit') for vm in (first, second))


ANSWERS = {
    'Which VMs use this image, for a disk or below one?': lambda fleet: [
        (vm.host, vm.name, disk.find('target').get('dev'), depth) for vm in fleet.vms.values() for disk in vm.devices('disk')
        for depth, path in enumerate(fleet.chain(vm, disk)) if path == '/var/lib/libvirt/images/debian-12.qcow2'],
    'Which VMs, pools and snapshots need this file: may I delete it?': needs,
    'Which disks do not give freed space back?': lambda fleet: [
        (vm.host, vm.name, disk.find('target').get('dev')) for vm in fleet.vms.values() for disk in vm.disks() if disk.find('driver').get('discard') != 'unmap'],
    'Which disks have which cache mode?': lambda fleet: counted(disk.find('driver').get('cache', 'default') for vm in fleet.vms.values() for disk in vm.disks()),
    'Which images are written by more than one VM, and not marked as shareable?': writers,
    'Which VMs have a disk in the pool `fast`?': lambda fleet: [
        (vm.host, vm.name, disk.find('target').get('dev'), disk.find('source').get('volume')) for vm in fleet.vms.values() for disk in vm.disks()
        if disk.find('source').get('pool') == 'fast'],
    'Which volumes does nothing need?': unneeded,
    'Which VMs have a medium in their CD-ROM drive?': lambda fleet: [
        (vm.host, vm.name, disk.find('source').get('file')) for vm in fleet.vms.values() for disk in vm.devices('disk')
        if disk.get('device') == 'cdrom' and disk.find('source') is not None],
    'Which VM has this MAC address?': lambda fleet: [
        (vm.host, vm.name, card.find('source').get('network')) for vm, card in fleet.cards() if card.find('mac').get('address') == '52:54:00:3a:10:05'],
    'Which MAC addresses are there twice?': twice,
    'Which VLANs are there on each bridge, and how many cards in each?': vlans,
    'Which VMs are in VLAN 110?': lambda fleet: [
        (vm.host, vm.name, card.find('mac').get('address')) for vm, card in fleet.cards() if '110' in fleet.tags(vm, card)],
    'How many VMs are on each network of each host?': lambda fleet: counted(
        key[:2] for key in {(vm.host, card.find('source').get('network'), vm) for vm, card in fleet.cards() if card.get('type') == 'network'}),
    'Which VMs name a network that their host has not?': lambda fleet: [
        (vm.host, vm.name, card.find('source').get('network')) for vm, card in fleet.cards()
        if card.get('type') == 'network' and fleet.network(vm.host, card.find('source').get('network')) is None],
    'Which VMs have a card that is not virtio?': lambda fleet: [
        (vm.host, vm.name, card.get('type'), card.find('mac').get('address'), model) for vm, card in fleet.cards()
        for model in [None if card.find('model') is None else card.find('model').get('type')] if not (model or '').startswith('virtio')],
    'Which VMs may run on CPU 9 of this host because they are pinned?': lambda fleet: [
        (vm.name, kind, thread) for vm in fleet.vms.values() if vm.host == 'kvm1' for kind, thread, cpu in pins(vm) if cpu == 9],
    'Which VMs are not pinned at all?': lambda fleet: fleet.where(lambda vm: not list(pins(vm))),
    'How much memory is bound to each NUMA cell of each host?': cells,
    'Which VMs have huge pages?': huge_pages,
    'How many virtual CPUs are there for each CPU of each host?': ratio,
    'Which VMs have more memory than their balloon leaves them?': lambda fleet: [
        (vm.host, vm.name, memory(vm), mib(vm.xml.find('currentMemory'))) for vm in fleet.vms.values() if mib(vm.xml.find('currentMemory')) < memory(vm)],
    'Which three VMs have the most memory?': lambda fleet: [
        (vm.host, vm.name, memory(vm)) for vm in sorted(fleet.vms.values(), key=lambda vm: (-memory(vm), vm.name))[:3]],
    'Which VMs have the CPU of their host, and cannot migrate to another model?': lambda fleet: fleet.where(lambda vm: vm.xml.find('cpu').get('mode') == 'host-passthrough'),
    'Which devices of the hosts are passed through, and to whom?': passed_through,
    'What are these PCI devices?': products,
    'Which VMs have no channel for the guest agent?': lambda fleet: fleet.where(
        lambda vm: 'org.qemu.guest_agent.0' not in [channel.find('target').get('name') for channel in vm.devices('channel')]),
    'Which VMs have no TPM?': lambda fleet: fleet.where(lambda vm: not vm.devices('tpm')),
    'Which displays can be reached from everywhere?': displays,
    'Which VMs have arguments for QEMU that libvirt does not know?': arguments,
    'Which VMs start without secure boot?': lambda fleet: [(vm.host, vm.name, firmware(vm)) for vm in fleet.vms.values() if not secure_boot(vm)],
    'Which machine types are in use?': lambda fleet: counted(vm.xml.find('os/type').get('machine') for vm in fleet.vms.values()),
    "Which VMs have a machine type that their host's QEMU is about to drop?": lambda fleet: [
        (vm.host, vm.name, vm.xml.find('os/type').get('machine')) for vm in fleet.vms.values() if vm.xml.find('os/type').get('machine') in HOSTS[vm.host][3]],
    'Which VMs run, but would not start with their host?': lambda fleet: fleet.where(lambda vm: STATES.get(vm.name) == ('running', 0)),
    'Which snapshots are older than February?': old_snapshots,
    'How much memory did this VM have on the 5th of March?': lambda fleet: [(mib(named(fleet, 'app02').definitions[0].find('memory')),)],
    "What changed in this VM's definition, and when?": app02,
    # app02 and app03 were defined anew; web02-copy is a copy that was made this week.
    'Which definitions came this week?': lambda fleet: fleet.where(lambda vm: len(vm.definitions) > 1 or vm.name == 'web02-copy'),
}
