"""For each rule: what to import, and the VMs (or hosts) that the rule must find.

What to import is (kind, host, XML), or SQL. Beside the VM that has the fault there is one that nearly has it.
"""
import uuid


def vm(name, devices='', host='h', memory=1, vcpus=1, os_type='hvm', machine='pc-q35-8.2', os='', before='', after='', cpu='', domain='kvm', namespace=''):
    """A VM of one host; memory in GiB."""
    return ('domain', host, f"""<domain type='{domain}'{namespace}>
  <name>{name}</name>
  <uuid>{uuid.uuid5(uuid.NAMESPACE_DNS, name)}</uuid>
  <memory unit='KiB'>{memory * 1048576}</memory>
  <vcpu placement='static'>{vcpus}</vcpu>
{before}  <os>
    <type arch='x86_64' machine='{machine}'>{os_type}</type>
{os}  </os>
{cpu}  <devices>
{devices}  </devices>
{after}</domain>
""")


def disk(path, target='vda', bus='virtio', driver='', device='disk', inside='', kind='file'):
    source = f"dev='{path}'" if kind == 'block' else f"file='{path}'"
    return (f"    <disk type='{kind}' device='{device}'>\n      <driver name='qemu' type='qcow2'{driver}/>\n      <source {source}/>\n"
            f"{inside.split('|')[0]}      <target dev='{target}' bus='{bus}'/>\n{(inside.split('|') + [''])[1]}    </disk>\n")


def volume_disk(pool, volume, target='vda'):
    return (f"    <disk type='volume' device='disk'>\n      <driver name='qemu' type='qcow2'/>\n      <source pool='{pool}' volume='{volume}'/>\n"
            f"      <target dev='{target}' bus='virtio'/>\n    </disk>\n")


def nic(mac, source="network='lan'", kind='network', model='virtio', inside=''):
    return (f"    <interface type='{kind}'>\n      <mac address='{mac}'/>\n      <source {source}/>\n{inside}"
            f"      <model type='{model}'/>\n    </interface>\n")


def hostdev(bus):
    return ("    <hostdev mode='subsystem' type='pci' managed='yes'>\n      <source>\n"
            f"        <address domain='0x0000' bus='{bus}' slot='0x00' function='0x0'/>\n      </source>\n    </hostdev>\n")


def usb(device):
    return (f"    <hostdev mode='subsystem' type='usb'>\n      <source>\n        <address bus='1' device='{device}'/>\n      </source>\n    </hostdev>\n")


def scsi(unit, inside=''):
    return ("    <hostdev mode='subsystem' type='scsi'>\n      <source>\n        <adapter name='scsi_host0'/>\n"
            f"        <address bus='0' target='0' unit='{unit}'/>\n      </source>\n{inside}    </hostdev>\n")


def mdev(digit):
    return ("    <hostdev mode='subsystem' type='mdev' model='vfio-pci'>\n      <source>\n"
            f"        <address uuid='{digit * 8}-0000-4000-8000-000000000000'/>\n      </source>\n    </hostdev>\n")


def virtual_function(bus, mac):
    return (f"    <interface type='hostdev' managed='yes'>\n      <mac address='{mac}'/>\n      <source>\n"
            f"        <address type='pci' domain='0x0000' bus='{bus}' slot='0x00' function='0x0'/>\n      </source>\n    </interface>\n")


def nvme(bus):
    return ("    <disk type='nvme' device='disk'>\n      <driver name='qemu' type='raw'/>\n      <source type='pci' managed='yes' namespace='1'>\n"
            f"        <address domain='0x0000' bus='{bus}' slot='0x00' function='0x0'/>\n      </source>\n      <target dev='vda' bus='virtio'/>\n    </disk>\n")


def graphics(kind='vnc', port=-1, listen='127.0.0.1', inside='', attributes=''):
    auto = 'yes' if port == -1 else 'no'
    return (f"    <graphics type='{kind}' port='{port}' autoport='{auto}' listen='{listen}'{attributes}>\n"
            f"      <listen type='address' address='{listen}'/>\n{inside}    </graphics>\n")


def pool(name, path, host='h', kind='dir'):
    return ('pool', host, f"<pool type='{kind}'>\n  <name>{name}</name>\n  <uuid>{uuid.uuid5(uuid.NAMESPACE_DNS, host + name)}</uuid>\n"
            f"  <source>\n  </source>\n  <target>\n    <path>{path}</path>\n  </target>\n</pool>\n")


def volume(path, backing='', host='h', name=None):
    below = f"  <backingStore>\n    <path>{backing}</path>\n    <format type='qcow2'/>\n  </backingStore>\n" if backing else ''
    return ('volume', host, f"<volume type='file'>\n  <name>{name or path.rsplit('/', 1)[1]}</name>\n  <key>{path}</key>\n  <capacity unit='bytes'>1</capacity>\n"
            f"  <target>\n    <path>{path}</path>\n    <format type='qcow2'/>\n  </target>\n{below}</volume>\n")


def rbd_pool(name, source, host='h'):
    return ('pool', host, f"<pool type='rbd'>\n  <name>{name}</name>\n  <source>\n    <host name='mon'/>\n    <name>{source}</name>\n  </source>\n</pool>\n")


def iscsi_pool(name, target, host='h'):
    return ('pool', host, f"<pool type='iscsi'>\n  <name>{name}</name>\n  <source>\n    <host name='san'/>\n    <device path='{target}'/>\n  </source>\n"
            "  <target>\n    <path>/dev/disk/by-path</path>\n  </target>\n</pool>\n")


def network(name, host='h'):
    return ('network', host, f"<network>\n  <name>{name}</name>\n  <uuid>{uuid.uuid5(uuid.NAMESPACE_DNS, host + name)}</uuid>\n  <forward mode='bridge'/>\n"
            f"  <bridge name='br0'/>\n</network>\n")


def nodedev(bus, group, host='h'):
    iommu = (f"    <iommuGroup number='{group}'>\n      <address domain='0x0000' bus='{bus}' slot='0x00' function='0x0'/>\n    </iommuGroup>\n"
             if group is not None else '')
    return ('nodedev', host, f"<device>\n  <name>pci_0000_{bus[2:]}_00_0</name>\n  <path>/sys/devices/{bus}</path>\n  <parent>computer</parent>\n"
            f"  <capability type='pci'>\n    <class>0x030200</class>\n    <domain>0</domain>\n    <bus>{int(bus, 16)}</bus>\n    <slot>0</slot>\n"
            f"    <function>0</function>\n    <product id='0x1eb8'>T4</product>\n    <vendor id='0x10de'>NVIDIA</vendor>\n{iommu}  </capability>\n</device>\n")


def capabilities(cells=2, cpus=4, gib=8, host='h'):
    """The capabilities of a host: `cpus` CPUs and `gib` GiB in each cell."""
    cell = ''.join(
        f"<cell id='{c}'><memory unit='KiB'>{gib * 1048576}</memory><cpus num='{cpus}'>" +
        ''.join(f"<cpu id='{c * cpus + n}' socket_id='{c}' core_id='{n}' siblings='{n}'/>" for n in range(cpus)) + '</cpus></cell>' for c in range(cells))
    machines = "<machine maxCpus='288'>pc-q35-8.2</machine><machine canonical='pc-q35-8.2' maxCpus='288'>q35</machine>" \
        "<machine maxCpus='255' deprecated='yes'>pc-i440fx-4.1</machine>"
    xml = (f"<capabilities><host><topology><cells num='{cells}'>{cell}</cells></topology></host>"
           f"<guest><os_type>hvm</os_type><arch name='x86_64'>{machines}</arch></guest></capabilities>")
    return ('capabilities', host, xml)


def state(name, state='running', autostart=1, persistent=1, since='2026-01-01T00:00:00Z'):
    return ("INSERT OR REPLACE INTO vm_states (vm_uuid, host_id, state, autostart, persistent, since, last_seen) "
            f"SELECT uuid, host_id, '{state}', {autostart}, {persistent}, '{since}', '{since}' FROM virtual_machines WHERE name = '{name}'")


def pins(*cpusets, nodeset=None):
    out = '  <cputune>\n' + ''.join(f"    <vcpupin vcpu='{n}' cpuset='{c}'/>\n" for n, c in enumerate(cpusets)) + '  </cputune>\n'
    return out + (f"  <numatune>\n    <memory mode='strict' nodeset='{nodeset}'/>\n  </numatune>\n" if nodeset else '')


def snapshot(vm_name, name, created):
    return ('snapshot', 'h', f"<domainsnapshot>\n  <name>{name}</name>\n  <state>shutoff</state>\n  <creationTime>{created}</creationTime>\n"
            f"  <domain type='kvm'>\n    <name>{vm_name}</name>\n    <uuid>{uuid.uuid5(uuid.NAMESPACE_DNS, vm_name)}</uuid>\n  </domain>\n</domainsnapshot>\n")


READ_ONLY = '|      <readonly/>\n'
SHARED = '|      <shareable/>\n'
BELOW = "      <backingStore type='file'>\n        <format type='qcow2'/>\n        <source file='/i/base'/>\n      </backingStore>\n|"
VOLUME_BELOW = BELOW.replace("type='file'", "type='volume'").replace("file='/i/base'", "pool='p' volume='v1'")
RBD_BELOW = BELOW.replace("type='file'", "type='network'").replace("<source file='/i/base'/>", "<source protocol='rbd' name='pool/image'/>")
QEMU = " xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'"
AGENT = "    <channel type='unix'>\n      <target type='virtio' name='org.qemu.guest_agent.0'/>\n    </channel>\n"
SPICE_AGENT = "    <channel type='spicevmc'>\n      <target type='virtio' name='com.redhat.spice.0'/>\n    </channel>\n"
RNG = "    <rng model='virtio'>\n      <backend model='random'>/dev/urandom</backend>\n    </rng>\n"


def arguments(*values):
    return '  <qemu:commandline>\n' + ''.join(f"    <qemu:arg value='{value}'/>\n" for value in values) + '  </qemu:commandline>\n'


def cpu(model):
    return f"  <cpu mode='custom' match='exact' check='none'>\n    <model fallback='forbid'>{model}</model>\n  </cpu>\n"


def loader(smm, secure='yes'):
    return {'os': f"    <loader readonly='yes' secure='{secure}' type='pflash'>/usr/share/OVMF/OVMF_CODE.fd</loader>\n",
            'cpu': f"  <features>\n    <smm state='{smm}'/>\n  </features>\n"}


def serial(host, tls=''):
    return (f"    <serial type='tcp'>\n      <source mode='bind' host='{host}' service='4555'{tls}/>\n      <protocol type='raw'/>\n"
            "      <target port='0'/>\n    </serial>\n")


def line(element, host, target):
    return (f"    <{element} type='tcp'>\n      <source mode='bind' host='{host}' service='4555'/>\n      <protocol type='raw'/>\n"
            f"      <target {target}/>\n    </{element}>\n")


def channel(host):
    return line('channel', host, "type='virtio' name='org.example'")


def console(host, target):
    return line('console', host, f"type='{target}' port='0'")


def rbd(snapshot='', name='pool/image'):
    return ("    <disk type='network' device='disk'>\n      <driver name='qemu' type='raw'/>\n"
            f"      <source protocol='rbd' name='{name}'>\n"
            f"        <host name='mon'/>\n{snapshot}      </source>\n      <target dev='vda' bus='virtio'/>\n    </disk>\n")


def sliced(disk, offset):
    """The disk, with its image /i/parts (its own or the one below) cut down to 100 bytes of the file."""
    return disk.replace("<source file='/i/parts'/>", f"<source file='/i/parts'>\n          <slices>\n            <slice type='storage' offset='{offset}' size='100'/>\n"
                        "          </slices>\n        </source>")


def filesystem(path, inside=''):
    return (f"    <filesystem type='mount' accessmode='passthrough'>\n      <source dir='{path}'/>\n      <target dir='share'/>\n{inside}"
            "    </filesystem>\n")


def nvram(path):
    return f"    <loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE.fd</loader>\n    <nvram>{path}</nvram>\n"


def nvram_source(path):
    return f"    <loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE.fd</loader>\n    <nvram type='file'>\n      <source file='{path}'/>\n    </nvram>\n"


def vsock(cid, auto='no'):
    return f"    <vsock model='virtio'>\n      <cid auto='{auto}' address='{cid}'/>\n    </vsock>\n"


RBD, RBD_SNAPSHOT = rbd(), rbd("        <snapshot name='monday'/>\n")
NBD = ("    <disk type='network' device='disk'>\n      <driver name='qemu' type='raw'/>\n      <source protocol='nbd'>\n"
       "        <host name='{}' port='10809'/>\n      </source>\n      <target dev='vda' bus='virtio'/>\n    </disk>\n")
VHOST_USER = ("    <disk type='vhostuser' device='disk' snapshot='no'>\n      <driver name='qemu' type='raw'/>\n      <source type='unix' path='/s'/>\n"
              "      <target dev='vda' bus='virtio'/>\n    </disk>\n")
ID_MAP = "  <idmap>\n    <uid start='0' target='100000' count='65536'/>\n  </idmap>\n"
TEAM = nic('52:54:00:00:00:03', inside="      <teaming type='persistent'/>\n") + nic(
    '52:54:00:00:00:03', inside="      <teaming type='transient' persistent='ua-lan'/>\n")

# A VM that libvirt no longer has: no rule may find it.
OLD_MACHINES = ['pc-i440fx-rhel7.0.0', 'pc-q35-rhel7.6.0', 'pseries-rhel7.6.0', 's390-ccw-virtio-rhel7.5.0', 'virt-rhel8.0.0', 'pc-i440fx-trusty', 'pc-i440fx-wily',
                's390-ccw-virtio-xenial', 'pc-i440fx-yakkety', 'pc-i440fx-zesty', 'pc-i440fx-artful', 'pc-q35-bionic', 'pc-q35-cosmic', 'pc-i440fx-disco-hpb']
GONE = [vm('gone', nic('52:54:00:00:00:01')), state('gone', 'undefined')]

# Takes some milliseconds and changes nothing: captured_at counts in milliseconds, and what comes next is to be later.
SOME_MILLISECONDS = ('UPDATE vm_states SET since = since WHERE 0 > (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) '
                     'SELECT count(*) FROM n)')

FIXTURES = {
    # integrity
    'duplicate_mac': ([vm('a', nic('52:54:00:00:00:01')), vm('b', nic('52:54:00:00:00:01'), host='g'), vm('c', nic('52:54:00:00:00:02')),
                       vm('d', TEAM), vm('e', nic('52:54:00:00:00:04') * 2)], ['a', 'b', 'e']),
    'image_written_by_two': ([pool('p', '/i'), volume('/i/two'), vm('a', disk('/i/one')), vm('b', disk('/i/one')), vm('c', disk('/i/one', inside=READ_ONLY)),
                              vm('d', disk('/i/one'), host='g'), vm('e', disk('/i/s', inside=SHARED)), vm('f', disk('/i/s', inside=SHARED)),
                              vm('k', disk('/i/two')), vm('l', volume_disk('p', 'two')), vm('m', volume_disk('p', 'three')),
                              vm('n', RBD), vm('o', RBD_SNAPSHOT), vm('q', disk('/dev/v', kind='block')), vm('r', disk('/dev/v')),
                              vm('s', disk('/dev/w', kind='block')), vm('v', disk('/dev/w'), host='g'),
                              vm('t', sliced(disk('/i/parts'), 0)), vm('u', sliced(disk('/i/parts'), 100)),
                              # Volumes of pools without a folder of their own. A volume of the same name in another pool is another image.
                              rbd_pool('ceph', 'vms'), volume('vms/one'), vm('w', volume_disk('ceph', 'one')), vm('x', rbd(name='vms/one')),
                              vm('y', volume_disk('p', 'one')), vm('z', rbd(name='vms/two')),
                              iscsi_pool('san', 'iqn.1'), volume('/dev/disk/by-path/ip-1-iscsi-iqn.1-lun-7', name='unit:0:0:7'),
                              vm('za', volume_disk('san', 'unit:0:0:7')), vm('zb', disk('/dev/disk/by-path/ip-1-iscsi-iqn.1-lun-7', kind='block')),
                              vm('zc', disk('/dev/disk/by-path/ip-1-iscsi-iqn.2-lun-7', kind='block')),
                              vm('zd', disk('/i/floppy', 'fda', 'fdc', device='floppy')), vm('ze', disk('/i/floppy', 'fda', 'fdc', device='floppy')),
                              vm('zf', disk('/i/cd', 'sda', 'sata', device='cdrom')), vm('zg', disk('/i/cd', 'sda', 'sata', device='cdrom')),
                              # An NBD server may have one export without a name.
                              vm('zh', NBD.format('a')), vm('zi', NBD.format('a')), vm('zj', NBD.format('b')), vm('zk', VHOST_USER), vm('zl', VHOST_USER)],
                             ['a', 'b', 'k', 'l', 'q', 'r', 'w', 'x', 'y', 'za', 'zb', 'zd', 'ze', 'zh', 'zi', 'zk', 'zl']),
    'image_below_is_written': ([vm('a', disk('/i/base')), vm('b', disk('/i/top', inside=BELOW)), vm('c', disk('/i/base', inside=READ_ONLY)),
                                volume('/i/t', '/i/b'), vm('d', disk('/i/t')), vm('e', disk('/i/b')), vm('f', disk('/i/b'), host='g'),
                                vm('g', sliced(disk('/i/parts'), 0)), vm('i', sliced(disk('/i/over', inside=BELOW.replace('/i/base', '/i/parts')), 100)),
                                vm('j', sliced(disk('/i/parts'), 150)),
                                # Three images: all are volumes; the uppermost is named by its pool; the VM's XML names two of them.
                                volume('/i/c3', '/i/c2'), volume('/i/c2', '/i/c1'), volume('/i/c1'), vm('k', disk('/i/c3')), vm('l', disk('/i/c1')),
                                vm('m', disk('/i/c1'), host='g'), pool('p', '/i'), pool('q', '/q'), volume('/i/d3', '/i/d2'), volume('/i/d2', '/i/d1'),
                                vm('n', volume_disk('p', 'd3')), vm('o', volume_disk('q', 'd3')), vm('q', disk('/i/d1')),
                                vm('r', disk('/i/e3', inside=BELOW.replace('/i/base', '/i/e2'))), volume('/i/e2', '/i/e1'), vm('s', disk('/i/e1')),
                                vm('t', RBD), vm('u', RBD_SNAPSHOT), vm('w', disk('/i/w', inside=RBD_BELOW)),
                                # The image below is named by pool and volume where it is written, where it is below, or at both places.
                                rbd_pool('ceph', 'pool'), volume('pool/image'), vm('x', volume_disk('ceph', 'image')), volume('/i/base'), vm('y', volume_disk('p', 'base')),
                                volume('/i/v1'), vm('z', disk('/i/v2', inside=VOLUME_BELOW)), vm('za', disk('/i/v1')), vm('zb', volume_disk('p', 'v1')),
                                vm('zc', volume_disk('q', 'v1')), vm('zd', disk('/q/v1')), vm('ze', volume_disk('p', 'c2')), volume('/i/e1'), vm('zf', volume_disk('p', 'e1')),
                                # The VM's XML ends with a volume that has others below it.
                                volume('/i/f2', '/i/f1'), volume('/i/f1'), vm('zg', disk('/i/f3', inside=VOLUME_BELOW.replace('v1', 'f2'))), vm('zh', volume_disk('p', 'f1'))],
                               ['a', 'e', 'j', 'l', 'q', 's', 't', 'x', 'y', 'za', 'zb', 'ze', 'zf', 'zh']),
    'missing_network': ([network('lan'), vm('a', nic('52:54:00:00:00:01', "network='dmz'")), vm('b', nic('52:54:00:00:00:02')),
                         vm('c', nic('52:54:00:00:00:03', "network='dmz'"), host='g')], ['a']),
    'missing_pool': ([pool('p', '/i'), vm('a', volume_disk('q', 'x')), vm('b', volume_disk('p', 'x')), vm('c', volume_disk('q', 'x'), host='g')], ['a']),
    'missing_volume': ([pool('p', '/i'), pool('r', '/r'), volume('/i/x'), vm('a', volume_disk('p', 'y')), vm('b', volume_disk('p', 'x')),
                        vm('c', volume_disk('r', 'y')),
                        vm('d', volume_disk('p', 'y').replace("volume='y'", "volume='y' startupPolicy='optional'"))], ['a']),
    'missing_image': ([pool('p', '/i'), volume('/i/x'), pool('r', '/k/'), volume('/k/x'), vm('f', disk('/k/y')), vm('g', disk('/k/x')), vm('i', disk('/k/sub/y')), vm('a', disk('/i/y.iso', device='cdrom', target='sda', bus='sata')), vm('b', disk('/i/x')),
                       vm('c', disk('/j/y')), vm('d', disk('/i/sub/y')),
                       pool('q', '/dev', kind='disk'), volume('/dev/sda1'), vm('e', disk('/dev/sdb', kind='block'))], ['a', 'f']),
    'nvram_shared': ([vm('a', os=nvram('/n/1')), vm('b', os=nvram('/n/1')), vm('c', os=nvram('/n/2')), vm('d', os=nvram('/n/1'), host='g'),
                      vm('e', os=nvram_source('/n/3')), vm('f', os=nvram_source('/n/3')), vm('i', os=nvram_source('/n/4')), vm('j', os=nvram('/n/5')),
                      vm('k', os=nvram_source('/n/5')), vm('l', os=nvram_source('/n/4'), host='g')], ['a', 'b', 'e', 'f', 'j', 'k']),
    'duplicate_display_port': ([vm('a', graphics(port=5901)), vm('b', graphics(port=5901)), vm('c', graphics(port=5902)), vm('d', graphics()), vm('e', graphics()),
                                vm('f', graphics(port=5901), host='g'), vm('i', graphics('spice', 5910, attributes=" tlsPort='5911'")), vm('j', graphics(port=5911)),
                                vm('k', graphics(port=5920, attributes=" websocket='5921'")), vm('l', graphics('spice', 5922, attributes=" tlsPort='5921'")),
                                vm('m', graphics(port=5930, attributes=" websocket='-1'")), vm('n', graphics(port=5931, attributes=" websocket='-1'")),
                                vm('o', graphics(attributes=" websocket='5940'")), vm('p', graphics(attributes=" websocket='5940'")),
                                # The port that autoport chose when the VM last ran is not fixed.
                                vm('q', graphics(port=5950)), vm('r', graphics(port=5950).replace("autoport='no'", "autoport='yes'"))],
                               ['a', 'b', 'i', 'j', 'k', 'l', 'o', 'p']),
    'host_device_given_twice': ([vm('a', hostdev('0x01')), vm('b', hostdev('0x01')), vm('c', hostdev('0x02')), vm('d', hostdev('0x01'), host='g'),
                                 vm('e', virtual_function('0x03', '52:54:00:00:00:01')), vm('f', virtual_function('0x03', '52:54:00:00:00:02')),
                                 vm('i', virtual_function('0x04', '52:54:00:00:00:03')), vm('j', hostdev('0x04')), vm('k', nvme('0x05')), vm('l', nvme('0x05')),
                                 vm('m', nvme('0x06')), vm('n', hostdev('0x06')), vm('o', nvme('0x07')), vm('p', virtual_function('0x08', '52:54:00:00:00:04')),
                                 vm('q', virtual_function('0x03', '52:54:00:00:00:05'), host='g'),
                                 vm('r', usb(3)), vm('s', usb(3)), vm('t', usb(4)), vm('u', usb(3), host='g'), vm('v', scsi(1)), vm('w', scsi(1)),
                                 vm('x', scsi(2, '      <shareable/>\n')), vm('y', scsi(2, '      <shareable/>\n')), vm('z', mdev('a')), vm('aa', mdev('a')),
                                 vm('ab', mdev('b'))],
                                ['a', 'aa', 'b', 'e', 'f', 'i', 'j', 'k', 'l', 'm', 'n', 'r', 's', 'v', 'w', 'z']),
    'duplicate_context_id': ([vm('a', vsock(7)), vm('b', vsock(7)), vm('c', vsock(8)), vm('d', vsock(7), host='g')], ['a', 'b']),
    # security
    'display_open_to_all': ([vm('a', graphics(listen='0.0.0.0')), vm('b', graphics('spice', listen='::')), vm('b2', graphics(listen='::0')), vm('c', graphics()), vm('d', graphics(listen='10.0.0.1')),
                             vm('e', graphics(listen='0.0.0.0', attributes=" socket='/run/vnc.sock'"))],
                            ['a', 'b', 'b2']),
    'spice_unencrypted': ([vm('a', graphics('spice', listen='10.0.0.1')), vm('b', graphics('spice')), vm('d', graphics('spice', listen='10.0.0.1', attributes=" socket='/run/spice.sock'")),
                           vm('c', graphics('spice', listen='10.0.0.1', attributes=" defaultMode='secure'")), vm('e', graphics('spice', listen='127.0.0.2')),
                           vm('f', "    <graphics type='spice' tlsPort='5931' autoport='no' listen='0.0.0.0'/>\n"),
                           vm('g', graphics('spice', 5930, '0.0.0.0', attributes=" tlsPort='5931'")),
                           vm('h', "    <graphics type='spice' tlsPort='5931' autoport='yes' listen='0.0.0.0'/>\n")], ['a', 'g', 'h']),
    'serial_console_open': ([vm('a', serial('0.0.0.0')), vm('b', serial('127.0.0.1')), vm('c', serial('0.0.0.0', " tls='yes'")),
                             vm('d', channel('0.0.0.0')), vm('e', channel('127.0.0.1')), vm('f', console('0.0.0.0', 'virtio')),
                             vm('g', console('0.0.0.0', 'serial')), vm('h', serial('::0')), vm('i', channel('0'))], ['a', 'd', 'f', 'h', 'i']),
    'no_iommu_group': ([nodedev('0x01', None), nodedev('0x02', 3), vm('a', hostdev('0x01')), vm('b', hostdev('0x02')), vm('c', hostdev('0x01'), host='g'),
                        nodedev('0x03', None), vm('d', virtual_function('0x03', '52:54:00:00:00:01')), vm('e', virtual_function('0x02', '52:54:00:00:00:02')),
                        nodedev('0x04', None), vm('f', nvme('0x04')), vm('i', nvme('0x02'))], ['a', 'd', 'f']),
    'iommu_group_split': ([nodedev('0x01', 3), nodedev('0x02', 3), nodedev('0x03', 4), vm('a', hostdev('0x01')), vm('b', hostdev('0x02')), vm('c', hostdev('0x03')),
                           vm('d', hostdev('0x02'), host='g'), nodedev('0x05', 5), nodedev('0x06', 5), vm('e', hostdev('0x05')),
                           vm('f', virtual_function('0x06', '52:54:00:00:00:01')), nodedev('0x07', 7), nodedev('0x08', 7), vm('i', nvme('0x07')),
                           vm('j', virtual_function('0x08', '52:54:00:00:00:02')), nodedev('0x09', 9), nodedev('0x0a', 9), vm('k', nvme('0x09')), vm('l', nvme('0x0a')),
                           nodedev('0x0b', 11), nodedev('0x0c', 11), vm('m', nvme('0x0b') + hostdev('0x0c')), vm('n', nvme('0x0b'), host='g')],
                          ['a', 'b', 'e', 'f', 'i', 'j', 'k', 'l']),
    'secret_in_arguments': ([vm('a', after=arguments('-vnc', ':1,password=x'), namespace=QEMU), vm('b', after=arguments('-object', 'secret,id=s,file=/k'), namespace=QEMU),
                             vm('c', after=arguments('-vnc', ':1,password=on'), namespace=QEMU), vm('e', after=arguments('-spice', 'port=1,password=online'), namespace=QEMU),
                             vm('d', after=arguments('-object', '{"qom-type":"secret","id":"s","data":"x"}'), namespace=QEMU)], ['a', 'd', 'e']),
    'qemu_arguments': ([vm('a', after=arguments('-no-hpet'), namespace=QEMU), vm('b')], ['a']),
    'confinement_off': ([vm('a', after="  <seclabel type='none' model='apparmor'/>\n"), vm('b', after="  <seclabel type='dynamic' model='apparmor' relabel='yes'/>\n"),
                         vm('c', after="  <seclabel type='none' model='dac'/>\n")],
                        ['a']),
    'host_root_shared': ([vm('a', filesystem('/etc')), vm('b', filesystem('/etc', '      <readonly/>\n')), vm('c', filesystem('/etc/app')),
                          vm('d', filesystem('/etc'), before=ID_MAP), vm('e', filesystem('//etc/')), vm('f', filesystem('/usr/./')), vm('g', filesystem('/')),
                          vm('h', filesystem('etc')), "UPDATE filesystem_attachments SET read_only = 0 WHERE vm_uuid IN (SELECT uuid FROM virtual_machines WHERE name = 'a')"],
                         ['a', 'e', 'f', 'g']),
    'old_encryption': ([vm('a', disk('/i/a', inside="|      <encryption format='qcow'/>\n")), vm('b', disk('/i/b', inside="|      <encryption format='luks'/>\n"))],
                       ['a']),
    'secure_boot_without_smm': ([vm('a', **loader('off')), vm('b', **loader('on')), vm('c', **loader('off', 'no')), vm('d', os=loader('on')['os'])], ['a', 'd']),
    # machine, CPU, devices
    'machine_type_old': ([capabilities(), vm('a', machine='pc-i440fx-2.11'), vm('b', machine='pc-i440fx-4.1'), vm('c', machine='pc-q35-8.2'), vm('d', machine='q35'),
                          vm('e', machine='pc-i440fx-4.1', host='g'), vm('f', machine='rhel6.6.0', host='g'), vm('i', machine='virt-12.1', host='g'),
                          *(vm(f'old{number}', machine=machine, host='g') for number, machine in enumerate(OLD_MACHINES)),
                          *(vm(machine, machine=machine, host='g') for machine in ('pc-q35-eoan', 'pc-i440fx-focal', 'pc-q35-rhel8.2.0', 'pc-q35-rhel9.6.0'))],
                         ['a', 'b', 'f', *(f'old{number}' for number in range(len(OLD_MACHINES)))]),
    'machine_type_unknown': ([capabilities(), vm('a', machine='pc-q35-99.0'), vm('b', machine='q35'), vm('c', machine='pc-q35-8.2'),
                              vm('d', machine='pc-q35-99.0', host='g')], ['a']),
    'cpu_model_old': ([vm('a', cpu=cpu('qemu64')), vm('b', cpu=cpu('Skylake-Server')), vm('c', cpu="  <cpu mode='host-model' check='partial'/>\n"),
                       vm('d', cpu=cpu('qemu64'), domain='qemu')], ['a']),
    'device_deprecated': ([vm('a', "    <video>\n      <model type='cirrus' vram='16384' heads='1'/>\n    </video>\n"),
                           vm('b', "    <video>\n      <model type='virtio' heads='1'/>\n    </video>\n"),
                           vm('c', nic('52:54:00:00:00:01', model='rtl8139')), vm('d', nic('52:54:00:00:00:02', model='e1000e')),
                           vm('e', disk('/i/f', 'fda', 'fdc', device='floppy')), vm('f', "    <sound model='es1370'/>\n"), vm('g', "    <sound model='ich9'/>\n"),
                           vm('i', "    <watchdog model='ib700' action='reset'/>\n"), vm('j', "    <watchdog model='i6300esb' action='reset'/>\n"),
                           vm('k', nic('52:54:00:00:00:03', model='rtl8139'), domain='xen')], ['a', 'c', 'e', 'f', 'i']),
    # performance
    'cache_unsafe': ([vm('a', disk('/i/a', driver=" cache='unsafe'")), vm('b', disk('/i/b', driver=" cache='none'"))], ['a']),
    'native_io_with_cache': ([vm('a', disk('/i/a', driver=" io='native'")), vm('b', disk('/i/b', driver=" cache='none' io='native'")),
                              vm('c', disk('/i/c', driver=" cache='writeback' io='threads'"))], ['a']),
    'disk_not_virtio': ([vm('a', disk('/i/a', 'hda', 'ide')), vm('b', disk('/i/b')), vm('c', disk('/i/c', 'sda', 'sata', device='cdrom', inside=READ_ONLY)),
                         vm('d', disk('/i/d', 'sda', 'sata'), domain='vmware')], ['a']),
    'nic_not_virtio': ([vm('a', nic('52:54:00:00:00:01', model='e1000')), vm('b', nic('52:54:00:00:00:02')),
                        vm('c', nic('52:54:00:00:00:03', model='e1000'), domain='vmware')], ['a']),
    'pins_overlap': ([vm('a', before=pins('4')), vm('b', before=pins('4')), vm('c', before=pins('5')), vm('d', before=pins('4'), host='g'),
                      vm('e', before=pins('8-9')), vm('f', before=pins('8-9'))], ['a', 'b']),
    'pin_beyond_host': ([capabilities(), vm('a', before=pins('0-8')), vm('b', before=pins('0-7')), vm('c', before=pins('0-8,^8')), vm('d', before=pins('99'), host='g'),
                         # libvirt reads from left to right, so the second takes nothing out.
                         vm('e', before=pins('^8,0-8')), vm('f', before=pins('x'))],
                        ['a', 'e']),
    'pins_cross_cells': ([capabilities(), vm('a', before=pins('4', nodeset='0')), vm('b', before=pins('3', nodeset='0')), vm('c', before=pins('4'))], ['a']),
    'memory_overcommitted': ([capabilities(), capabilities(host='g'), vm('a', memory=17), vm('b', memory=15, host='g'), vm('c', memory=15, host='g'), state('a'), state('b')],
                             ['h']),
    'cpus_overcommitted': ([capabilities(), capabilities(host='g'), vm('a', vcpus=33), vm('b', vcpus=32, host='g'), vm('c', vcpus=32, host='g'), state('a'), state('b')],
                           ['h']),
    # The capabilities of a driver of containers have no cells: those of another driver of the host count.
    'larger_than_host': ([capabilities(), "UPDATE host_capabilities SET driver = 'qemu'",
                          "INSERT INTO host_capabilities (host_id, driver) SELECT host_id, 'lxc' FROM host_capabilities", vm('a', vcpus=9), vm('b', vcpus=8, memory=16), vm('c', memory=17), vm('d', vcpus=99, host='g')], ['a', 'c']),
    # operations
    'drifted': ([vm('a'), vm('b'), "UPDATE virtual_machines SET sync_status = 'DRIFTED' WHERE name = 'a'"], ['a']),
    'needs_restart': ([vm('a'), vm('b'), vm('c'), vm('d'), state('a', since='2099-01-01T00:00:00Z'), state('b', since='2099-01-01T00:00:00Z'),
                       state('d', 'shut off', since='2099-01-01T00:00:00Z'), SOME_MILLISECONDS, vm('a', memory=2), vm('b'), vm('d', memory=2),
                       # Each VM started when its first definition was captured. Its second definition came after that. What runs is still the first, but of c.
                       vm('c', memory=2), state('c', since='2099-01-01T00:00:00Z'),
                       "UPDATE vm_states SET since = (SELECT min(captured_at) FROM captures AS c WHERE c.vm_uuid = vm_states.vm_uuid)",
                       "UPDATE virtual_machines SET sync_status = 'DRIFTED' WHERE name = 'a' OR name = 'b' OR name = 'd'",
                       # It was paused and went on, which is no start.
                       "INSERT INTO captures (id, vm_uuid, kind, config, operation, source) SELECT min(c.id) + 1, c.vm_uuid, 'domain', 'live', 'started', 'hook' "
                       "FROM captures AS c JOIN virtual_machines AS v ON v.uuid = c.vm_uuid WHERE v.name = 'a' GROUP BY c.vm_uuid",
                       "UPDATE vm_states SET since = '2099-01-01T00:00:00Z' WHERE vm_uuid = (SELECT uuid FROM virtual_machines WHERE name = 'a')"], ['a']),
    'snapshot_old': ([vm('a'), vm('b'), vm('c'), snapshot('a', 'old', 1600000000), snapshot('b', 'future', 4000000000)], ['a']),
    'autostart_off': ([vm('a'), vm('b'), vm('c'), state('a', autostart=0), state('b'), state('c', 'shut off', autostart=0)], ['a']),
    'crashed': ([vm('a'), vm('b'), state('a', 'crashed'), state('b'), vm('c'), state('c', 'shut off'),
                 "UPDATE vm_states SET reason = 'crashed' WHERE vm_uuid = (SELECT uuid FROM virtual_machines WHERE name = 'c')"], ['a', 'c']),
    'transient': ([vm('a'), vm('b'), state('a', persistent=0), state('b')], ['a']),
    # libvirt looks for this one name.
    'no_guest_agent': (GONE + [vm('a', SPICE_AGENT), vm('b', AGENT), vm('c', os_type='exe', domain='lxc'), vm('d', AGENT.replace('agent.0', 'agent.1'))],
                       ['a', 'd']),
    'no_random_source': (GONE + [vm('a'), vm('b', RNG), vm('c', os_type='exe', domain='lxc')], ['a']),
    'capture_refused': ([vm('a'), vm('b'), "INSERT INTO captures (id, vm_uuid, kind, config, operation, source, error) SELECT 4000000000000000, uuid, 'domain', 'live', "
                         "'start', 'hook', 'row too large' FROM virtual_machines WHERE name = 'a'",
                         # A later capture of something else, such as a port, does not put it right; one that was refused is not the VM's.
                         "INSERT INTO captures (id, vm_uuid, kind, config, operation, source) SELECT 4000000001000000, uuid, 'networkport', 'live', "
                         "'port-created', 'hook' FROM virtual_machines WHERE name = 'a'",
                         "INSERT INTO captures (id, vm_uuid, kind, config, operation, source, error) SELECT 4000000002000000, uuid, 'networkport', 'live', "
                         "'port-created', 'hook', 'row too large' FROM virtual_machines WHERE name = 'b'",
                         "INSERT INTO captures (id, vm_uuid, kind, config, operation, source) SELECT 4000000003000000, uuid, 'domain', 'live', 'autostart', 'event' "
                         "FROM virtual_machines WHERE name = 'a'"], ['a']),
}
