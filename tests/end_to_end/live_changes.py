"""Changes of a running VM. Each says what undoes it, and which differences domain_drift must show while it lasts.

`do` and `undo` of a Change are commands of virsh in which {vm} is the VM and {folder} a folder of files. A command that
starts with < is the XML of a device to attach (in `undo`: to detach). A change without `undo` ends with a restart of
the VM: QEMU removes PCI devices only with the guest's help. `drift` has a line for each difference: its kind, and its
path below /domain.
"""
from typing import NamedTuple, Optional, Tuple

VM = '''<domain type='qemu'>
  <name>live</name>
  <title>before</title>
  <metadata><b:old xmlns:b="urn:before">x</b:old></metadata>
  <maxMemory slots='4' unit='MiB'>1024</maxMemory>
  <memory unit='MiB'>128</memory>
  <vcpu current='2'>4</vcpu>
  <iothreads>2</iothreads>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <features><acpi/></features>
  <cpu><numa><cell id='0' cpus='0-3' memory='128' unit='MiB'/></numa></cpu>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{folder}/root.qcow2'/><target dev='vda' bus='virtio'/></disk>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{folder}/data.qcow2'/><target dev='sda' bus='scsi'/></disk>
    <disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{folder}/stick.img'/><target dev='sdu' bus='usb'/></disk>
    <disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='{folder}/first.iso'/><target dev='hdc' bus='ide'/><readonly/></disk>
    <disk type='file' device='cdrom'><target dev='hdd' bus='ide'/><readonly/></disk>
    <controller type='usb' model='qemu-xhci' ports='15'/>
    <controller type='scsi' model='virtio-scsi'/>
    <controller type='virtio-serial'/>
    <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='vbr0'/><model type='virtio'/></interface>
    <interface type='network'><mac address='52:54:00:00:00:02'/><source network='inside'/><model type='virtio'/><link state='down'/></interface>
    <input type='tablet' bus='usb'/>
    <redirdev bus='usb' type='tcp'><source mode='bind' host='127.0.0.1' service='27041'/></redirdev>
    <graphics type='vnc' autoport='yes'/>
    <graphics type='spice' autoport='yes'/>
    <channel type='pty'><target type='virtio' name='org.example.before'/></channel>
    <memballoon model='virtio'><stats period='10'/></memballoon>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
  </devices>
</domain>
'''


class Change(NamedTuple):
    do: Tuple[str, ...]
    drift: Tuple[str, ...]
    undo: Optional[Tuple[str, ...]] = None


def attached(xml, *drift, undo=None):
    """A Change that attaches a device and makes no other difference. `undo` is the XML of what to detach; True: `xml`
    itself."""
    element = xml[1:].replace('/', ' ').replace('>', ' ').split()[0]
    return Change((xml,), drift or (f'added /devices/{element}',), (xml,) if undo is True else undo)


def disk(target, bus, more='', driver='', device='disk', name='new.qcow2', image='qcow2'):
    return (f"<disk type='file' device='{device}'><driver name='qemu' type='{image}'{driver}/><source file='{{folder}}/{name}'/>"
            f"<target dev='{target}' bus='{bus}'/>{more}</disk>")


def interface(kind, source='', model='virtio', more=''):
    return f"<interface type='{kind}'><mac address='52:54:00:00:00:99'/>{source}<model type='{model}'/>{more}</interface>"


CHANGES = {
    # Disks
    'attach a virtio disk': attached(disk('vdb', 'virtio')),
    'attach a disk with an alias of its own': attached(disk('vdb', 'virtio', "<alias name='ua-new'/>")),
    'attach a disk with options': attached(disk('vdb', 'virtio', '<serial>S1</serial><iotune><total_iops_sec>100</total_iops_sec></iotune>', " cache='none' discard='unmap'")),
    'attach a disk with a thread': attached(disk('vdb', 'virtio', driver=" iothread='2'")),
    'attach a read-only disk': attached(disk('vdb', 'virtio', '<readonly/>')),
    'attach a shareable disk': attached(disk('vdb', 'virtio', '<shareable/>', " cache='none'", name='stick.img', image='raw').replace('stick', 'shared')),
    'attach a disk with images below': attached(disk('vdb', 'virtio', name='top.qcow2')),
    'attach a SCSI disk': attached(disk('sdb', 'scsi'), undo=True),
    'attach a SCSI CD-ROM': attached(disk('sdb', 'scsi', '<readonly/>', device='cdrom', name='second.iso', image='raw'), undo=True),
    'attach a USB disk': attached(disk('sdb', 'usb'), undo=True),
    'attach a USB CD-ROM': attached(disk('sdb', 'usb', '<readonly/>', device='cdrom', name='second.iso', image='raw'), undo=True),
    'detach a SCSI disk': Change(('detach-disk {vm} sda --live',), ('removed /devices/disk',)),
    'detach a USB disk': Change(('detach-disk {vm} sdu --live',), ('removed /devices/disk',)),
    'change a medium': Change(('change-media {vm} hdc {folder}/second.iso --update --live',), ('changed /devices/disk/source/@file',), ('change-media {vm} hdc {folder}/first.iso --update --live',)),
    'eject a medium': Change(('change-media {vm} hdc --eject --live',), ('removed /devices/disk/source/@file',), ('change-media {vm} hdc {folder}/first.iso --insert --live',)),
    'insert a medium': Change(('change-media {vm} hdd {folder}/second.iso --insert --live',), ('added /devices/disk/source/@file',), ('change-media {vm} hdd --eject --live',)),
    'limit bytes': Change(('blkdeviotune {vm} vda --total-bytes-sec 1048576 --live',), ('added /devices/disk/iotune/total_bytes_sec/text()',), ('blkdeviotune {vm} vda --total-bytes-sec 0 --live',)),
    'limit reads': Change(('blkdeviotune {vm} vda --read-bytes-sec 1048576 --read-iops-sec 50 --live',),
                          ('added /devices/disk/iotune/read_bytes_sec/text()', 'added /devices/disk/iotune/read_iops_sec/text()'),
                          ('blkdeviotune {vm} vda --read-bytes-sec 0 --read-iops-sec 0 --live',)),
    'limit writes': Change(('blkdeviotune {vm} vda --write-bytes-sec 1048576 --live',), ('added /devices/disk/iotune/write_bytes_sec/text()',), ('blkdeviotune {vm} vda --write-bytes-sec 0 --live',)),
    'limit bursts': Change(('blkdeviotune {vm} vda --total-iops-sec 10 --total-iops-sec-max 100 --size-iops-sec 4096 --live',),
                           tuple(f'added /devices/disk/iotune/{name}/text()' for name in ('total_iops_sec', 'total_iops_sec_max', 'size_iops_sec'))),
    'share limits': Change(('blkdeviotune {vm} vda --total-iops-sec 10 --group-name both --live',), ('added /devices/disk/iotune/total_iops_sec/text()', 'added /devices/disk/iotune/group_name/text()')),
    # Interfaces
    'attach a user interface': attached(interface('user')),
    'attach a bridged interface': attached(interface('bridge', "<source bridge='vbr0'/>")),
    'attach an interface of a network': attached(interface('network', "<source network='inside'/>", 'e1000')),
    'attach an interface of a port group': attached(interface('network', "<source network='grouped' portgroup='web'/>", 'rtl8139')),
    'attach a tap': attached(interface('ethernet', "<target dev='vtap9'/>")),
    'attach a multicast interface': attached(interface('mcast', "<source address='230.0.0.1' port='5558'/>")),
    'attach an interface with a limit': attached(interface('bridge', "<source bridge='vbr0'/>", more="<bandwidth><inbound average='1000'/></bandwidth>")),
    'unplug a cable': Change(('domif-setlink {vm} 52:54:00:00:00:01 down',), ('added /devices/interface/link/@state',), ('domif-setlink {vm} 52:54:00:00:00:01 up',)),
    'plug a cable in': Change(('domif-setlink {vm} 52:54:00:00:00:02 up',), ('changed /devices/interface/link/@state',), ('domif-setlink {vm} 52:54:00:00:00:02 down',)),
    'limit what comes in': Change(('domiftune {vm} 52:54:00:00:00:01 --inbound 1000,2000,100 --live',),
                                  tuple(f'added /devices/interface/bandwidth/inbound/@{name}' for name in ('average', 'peak', 'burst')), ('domiftune {vm} 52:54:00:00:00:01 --inbound 0 --live',)),
    'limit what goes out': Change(('domiftune {vm} 52:54:00:00:00:01 --outbound 1000 --live',), ('added /devices/interface/bandwidth/outbound/@average',), ('domiftune {vm} 52:54:00:00:00:01 --outbound 0 --live',)),
    'move to another bridge': Change(("update-device {vm} {folder}/other-bridge.xml --live",), ('changed /devices/interface/source/@bridge',)),
    'move to another network': Change(("update-device {vm} {folder}/other-network.xml --live",), ('changed /devices/interface/source/@network',)),
    # Other devices
    'attach a SCSI controller': attached("<controller type='scsi' index='3' model='virtio-scsi'/>"),
    'attach a USB mouse': attached("<input type='mouse' bus='usb'/>", undo=True),
    'attach a USB keyboard': attached("<input type='keyboard' bus='usb'/>", undo=True),
    'attach a virtio keyboard': attached("<input type='keyboard' bus='virtio'/>"),
    'detach the USB tablet': Change(('detach-device {vm} {folder}/tablet.xml --live',), ('removed /devices/input',)),
    'attach a USB redirector': attached("<redirdev bus='usb' type='tcp'><source mode='bind' host='127.0.0.1' service='27042'/></redirdev>", undo=True),
    'attach a USB redirector of SPICE': attached("<redirdev bus='usb' type='spicevmc'/>", undo=True),
    'detach a USB redirector': Change(("detach-device {vm} {folder}/redirdev.xml --live",), ('removed /devices/redirdev',)),
    'attach a USB serial port': attached("<serial type='pty'><target type='usb-serial' port='4'/></serial>"),
    'attach a PCI serial port': attached("<serial type='pty'><target type='pci-serial' port='4'/></serial>"),
    'attach a channel': attached("<channel type='unix'><target type='virtio' name='org.example.new'/></channel>"),
    'attach a channel to a file': attached("<channel type='file'><source path='{folder}/channel'/><target type='virtio' name='org.example.new'/></channel>"),
    'attach random numbers': attached("<rng model='virtio'><rate bytes='1000' period='1000'/><backend model='random'>/dev/random</backend></rng>"),
    'attach shared memory': attached("<shmem name='shared'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>"),
    'attach a watchdog': attached("<watchdog model='i6300esb' action='pause'/>"),
    'attach memory': attached("<memory model='dimm'><target><size unit='MiB'>128</size><node>0</node></target></memory>", 'added /devices/memory'),
    'set a password that ends': Change(("update-device {vm} {folder}/vnc-password.xml --live",), ('added /devices/graphics/@passwdValidTo',)),
    'count memory more often': Change(('dommemstat {vm} --period 3 --live',), ('changed /devices/memballoon/stats/@period',), ('dommemstat {vm} --period 10 --live',)),
    # CPUs, memory, threads
    'plug a virtual CPU in': Change(('setvcpus {vm} 3 --live',), ('changed /vcpu/@current',)),
    'plug all virtual CPUs in': Change(('setvcpus {vm} 4 --live',), ('removed /vcpu/@current',)),
    'pin a virtual CPU': Change(('vcpupin {vm} 1 0 --live',), ('added /cputune',)),
    'pin the emulator': Change(('emulatorpin {vm} 0 --live',), ('added /cputune',)),
    'pin a thread': Change(('iothreadpin {vm} 1 0 --live',), ('added /cputune',)),
    'add a thread': Change(('iothreadadd {vm} 5 --live',), ('changed /iothreads/text()',), ('iothreaddel {vm} 5 --live',)),
    'remove a thread': Change(('iothreaddel {vm} 1 --live',), ('changed /iothreads/text()',), ('iothreadadd {vm} 1 --live',)),
    'share CPU time': Change(('schedinfo {vm} --live --set cpu_shares=2048',), ('added /cputune',)),
    'limit memory': Change(('memtune {vm} --hard-limit 2G --live',), ('added /memtune',)),
    'weigh block I/O': Change(('blkiotune {vm} --weight 500 --live',), ('added /blkiotune',)),
    'bind memory': Change(('numatune {vm} --nodeset 0 --live',), ('added /numatune',)),
    'count events': Change(('perf {vm} --enable cpu_clock --live',), ('added /perf/event',), ('perf {vm} --disable cpu_clock --live',)),
    # What the definition says about the VM as a whole
    'describe': Change(('desc {vm} --live now',), ('added /description/text()',), ("desc {vm} --live ''",)),
    'entitle': Change(('desc {vm} --live --title now',), ('changed /title/text()',), ('desc {vm} --live --title before',)),
    'take the title away': Change(("desc {vm} --live --title ''",), ('removed /title/text()',), ('desc {vm} --live --title before',)),
    'add metadata': Change(('metadata {vm} urn:new --key n --set <new/> --live',), ('added /metadata/n:new',), ('metadata {vm} urn:new --remove --live',)),
    'change metadata': Change(('metadata {vm} urn:before --key b --set <old>y</old> --live',), ('changed /metadata/b:old',), ('metadata {vm} urn:before --key b --set <old>x</old> --live',)),
    'remove metadata': Change(('metadata {vm} urn:before --remove --live',), ('removed /metadata/b:old',), ('metadata {vm} urn:before --key b --set <old>x</old> --live',)),
    'restart at power-off': Change(('set-lifecycle-action {vm} poweroff restart --live',), ('changed /on_poweroff/text()',), ('set-lifecycle-action {vm} poweroff destroy --live',)),
    'destroy at reboot': Change(('set-lifecycle-action {vm} reboot destroy --live',), ('changed /on_reboot/text()',), ('set-lifecycle-action {vm} reboot restart --live',)),
    'preserve at a crash': Change(('set-lifecycle-action {vm} crash preserve --live',), ('changed /on_crash/text()',), ('set-lifecycle-action {vm} crash destroy --live',)),
}

# The XML files that the commands above name.
FILES = {
    'other-bridge.xml': "<interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='vbr1'/><model type='virtio'/></interface>",
    'other-network.xml': "<interface type='network'><mac address='52:54:00:00:00:02'/><source network='other'/><model type='virtio'/><link state='down'/></interface>",
    'tablet.xml': "<input type='tablet' bus='usb'/>",
    'redirdev.xml': "<redirdev bus='usb' type='tcp'><source mode='bind' host='127.0.0.1' service='27041'/></redirdev>",
    'vnc-password.xml': "<graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1' passwd='x' passwdValidTo='2030-01-01T00:00:00'/>",
}
