"""Definitions of many kinds of devices and features. QEMU starts each of them under software emulation, without real
devices.

definitions(folder) returns {name: XML}, and makes the files that they name in the folder.
"""
import os
import subprocess
import uuid

DISK = "<disk type='file' device='disk'><driver name='qemu' type='qcow2'{driver}/><source file='{folder}/{name}.qcow2'/><target dev='{dev}' bus='{bus}'/>{more}</disk>"


def disk(bus='virtio', dev='vda', driver='', more=''):
    return DISK.replace('{bus}', bus).replace('{dev}', dev).replace('{driver}', driver).replace('{more}', more)


# What each definition has besides its name and UUID: arch, machine, vcpu, memory (in MiB), memory_attributes, root
# (attributes of <domain>), head (elements of <domain>), tail (its last elements), os (elements of <os>), os_attributes,
# features, devices.
VARIANTS = {
    'plain': {},
    'q35': {'machine': 'q35'},
    'isapc': {'machine': 'isapc', 'features': '', 'devices': "<controller type='usb' model='none'/><memballoon model='none'/>"},
    'microvm': {'machine': 'microvm', 'devices': "<controller type='usb' model='none'/><serial type='pty'/><memballoon model='none'/>"},
    'disk-virtio': {'devices': disk()},
    'disk-scsi': {'devices': disk('scsi', 'sda') + "<controller type='scsi' index='0' model='virtio-scsi'/>"},
    'disk-sata': {'machine': 'q35', 'devices': disk('sata', 'sda')},
    'disk-ide': {'devices': disk('ide', 'hda')},
    'disk-usb': {'devices': disk('usb', 'sda') + "<controller type='usb' model='qemu-xhci'/>"},
    'disk-options': {'devices': disk(driver=" cache='none' io='native' discard='unmap' detect_zeroes='unmap' error_policy='stop' rerror_policy='report' queues='2'",
                                     more="<serial>S1</serial><iotune><total_iops_sec>100</total_iops_sec></iotune>")},
    'disk-backing': {'devices': "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{folder}/{name}-top.qcow2'/><target dev='vda'/></disk>"},
    'disk-raw-readonly': {'devices': "<disk type='file'><source file='{folder}/raw.img'/><target dev='vdb' bus='virtio'/><readonly/></disk>"},
    'disk-block-sizes': {'devices': disk(more="<blockio logical_block_size='512' physical_block_size='4096'/>")},
    'disk-geometry': {'devices': disk('ide', 'hda', more="<geometry cyls='16' heads='16' secs='63' trans='lba'/>")},
    'disk-boot-order': {'devices': disk(more="<boot order='2'/>") + "<interface type='user'><model type='virtio'/><boot order='1'/></interface>"},
    'disk-user-alias': {'devices': disk(more="<alias name='ua-root'/>")},
    'disk-iothread': {'head': '<iothreads>2</iothreads>', 'devices': disk(driver=" iothread='1'")},
    'disk-iothreadids': {'head': "<iothreadids><iothread id='3'/><iothread id='7'/></iothreadids>", 'devices': disk(driver=" iothread='7'")},
    'disk-shareable': {'devices': "<disk type='file'><driver name='qemu' type='raw' cache='none'/><source file='{folder}/shared.img'/><target dev='vdb' bus='virtio'/><shareable/></disk>"},
    'disk-snapshot-external': {'devices': disk(more='').replace("device='disk'", "device='disk' snapshot='external'")},
    'disk-transient': {'devices': disk(more='<transient/>')},
    'disk-transient-shared': {'devices': disk(driver=" cache='none'", more="<transient shareBacking='yes'/>")},
    'disk-luks-free-cache': {'devices': disk(driver=" copy_on_read='on'")},
    'disk-metadata-cache': {'devices': DISK.replace('{bus}', 'virtio').replace('{dev}', 'vda').replace('{more}', '').replace(
        '{driver}/>', "><metadata_cache><max_size unit='MiB'>4</max_size></metadata_cache></driver>")},
    'cdrom-empty': {'devices': "<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/><readonly/></disk>"},
    'cdrom-empty-sata': {'machine': 'q35', 'devices': "<disk type='block' device='cdrom'><target dev='sda' bus='sata'/></disk>"},
    'cdrom-full': {'devices': "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='{folder}/raw.img'/><target dev='hdc' bus='ide'/></disk>"},
    'floppy-empty': {'devices': "<disk type='file' device='floppy'><target dev='fda'/></disk>"},
    'floppy-full': {'devices': "<disk type='file' device='floppy'><source file='{folder}/floppy.img'/><target dev='fda' bus='fdc'/></disk>"},
    'net-user': {'devices': "<interface type='user'/>"},
    'net-user-options': {'devices': "<interface type='user'><mac address='52:54:00:12:34:56'/><ip family='ipv4' address='172.17.2.0' prefix='24'/><model type='e1000'/><link state='down'/></interface>"},
    'net-ethernet': {'devices': "<interface type='ethernet'><target dev='vtap{number}'/><model type='virtio'/></interface>"},
    'net-ethernet-auto': {'devices': "<interface type='ethernet'><model type='virtio'/><mtu size='1400'/></interface>"},
    'net-bridge': {'devices': "<interface type='bridge'><source bridge='vbr0'/><model type='virtio'/><driver name='qemu' queues='2'/></interface>"},
    'net-network': {'devices': "<interface type='network'><source network='inside'/><model type='virtio'/></interface>"},
    'net-mtu': {'devices': "<interface type='network'><source network='small'/><model type='virtio'/></interface>"},
    'net-portgroup': {'devices': "<interface type='network'><source network='grouped' portgroup='web'/><model type='virtio'/></interface>"},
    'net-network-bandwidth': {'devices': "<interface type='network'><source network='grouped'/><bandwidth><inbound average='1000'/></bandwidth></interface>"},
    'net-isolated': {'devices': "<interface type='bridge'><source bridge='vbr0'/><port isolated='yes'/></interface>"},
    'net-bandwidth': {'devices': "<interface type='bridge'><source bridge='vbr0'/><bandwidth><outbound average='1000' peak='2000' burst='100'/></bandwidth></interface>"},
    'net-switch': {'devices': "<interface type='bridge'><source bridge='vbr0'/><virtualport type='openvswitch'/></interface>"},
    'net-switch-vlan': {'devices': "<interface type='bridge'><source bridge='vbr0'/><vlan trunk='yes'><tag id='5'/><tag id='6' nativeMode='tagged'/></vlan>"
                                   "<virtualport type='openvswitch'><parameters interfaceid='09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f' profileid='own'/></virtualport></interface>"},
    # libvirt merges the port group's port, tags and bandwidth into the running interface.
    'net-group-default': {'devices': "<interface type='network'><source network='switched'/></interface>"},
    'net-group-trunk': {'devices': "<interface type='network'><source network='switched' portgroup='trunk'/></interface>"},
    'net-group-profile': {'devices': "<interface type='network'><source network='switched' portgroup='trunk'/><virtualport><parameters interfaceid='09b11c53-8b5c-4eeb-8f00-d84eaa0aaa50'/>"
                                     "</virtualport></interface>"},
    'net-group-own': {'devices': "<interface type='network'><source network='switched' portgroup='trunk'/><vlan><tag id='7'/></vlan><bandwidth><inbound average='100'/></bandwidth>"
                                 "<virtualport type='openvswitch'/></interface>"},
    'net-group-isolated': {'devices': "<interface type='network'><source network='grouped' portgroup='web'/><mtu size='1400'/><link state='down'/></interface>"},
    'net-mcast': {'devices': "<interface type='mcast'><source address='230.0.0.1' port='5558'/></interface>"},
    'net-server': {'devices': "<interface type='server'><source address='127.0.0.1' port='25558'/></interface>"},
    'net-udp': {'devices': "<interface type='udp'><source address='127.0.0.1' port='11115'><local address='127.0.0.1' port='11116'/></source></interface>"},
    'net-rom-off': {'devices': "<interface type='user'><model type='virtio'/><rom enabled='no'/></interface>"},
    'net-driver': {'devices': "<interface type='user'><model type='virtio'/><driver name='qemu' rx_queue_size='512' event_idx='off'><host csum='off'/><guest tso4='off'/></driver></interface>"},
    'serial-pty': {'devices': "<serial type='pty'/>"},
    'serial-file': {'devices': "<serial type='file'><source path='{folder}/{name}.serial' append='on'/></serial>"},
    'serial-unix': {'devices': "<serial type='unix'><source mode='bind' path='{folder}/{name}.sock'/></serial>"},
    'serial-tcp': {'devices': "<serial type='tcp'><source mode='bind' host='127.0.0.1' service='27001'/><protocol type='telnet'/></serial>"},
    'serial-udp': {'devices': "<serial type='udp'><source mode='bind' host='127.0.0.1' service='27003'/><source mode='connect' host='127.0.0.1' service='27002'/></serial>"},
    'serial-null': {'devices': "<serial type='null'/>"},
    'serial-log': {'devices': "<serial type='pty'><log file='{folder}/{name}.log' append='off'/></serial>"},
    'serial-usb': {'devices': "<serial type='pty'><target type='usb-serial' port='0'/></serial>"},
    'serial-pci': {'devices': "<serial type='pty'><target type='pci-serial' port='0'/></serial>"},
    'serial-two': {'devices': "<serial type='pty'/><serial type='pty'><target port='1'/></serial>"},
    'console-virtio': {'devices': "<console type='pty'><target type='virtio' port='0'/></console>"},
    'console-virtio-serial': {'devices': "<serial type='pty'/><console type='pty'><target type='virtio'/></console>"},
    'console-virtio-unix': {'devices': "<console type='unix'><source mode='bind' path='{folder}/{name}.sock'/><target type='virtio'/></console>"},
    'console-only': {'devices': "<console type='pty'/>"},
    'parallel': {'devices': "<parallel type='null'/>"},
    'channel-agent': {'devices': "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"},
    'channel-agent-path': {'devices': "<channel type='unix'><source mode='bind' path='{folder}/{name}.agent'/><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"},
    'channel-pty': {'devices': "<channel type='pty'><target type='virtio' name='org.example.0'/></channel><channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel><graphics type='spice' autoport='yes'/>"},
    'channel-guestfwd': {'devices': "<interface type='user'/><channel type='null'><target type='guestfwd' address='10.0.2.5' port='4600'/></channel>"},
    'channel-spiceport': {'devices': "<channel type='spiceport'><source channel='org.spice-space.webdav.0'/><target type='virtio' name='org.spice-space.webdav.0'/></channel><graphics type='spice' autoport='yes'/>"},
    'channel-vdagent': {'devices': "<channel type='qemu-vdagent'><source><clipboard copypaste='yes'/><mouse mode='client'/></source><target type='virtio' name='com.redhat.spice.0'/></channel><graphics type='vnc'/>"},
    'vnc': {'devices': "<graphics type='vnc'/>"},
    'vnc-autoport': {'devices': "<graphics type='vnc' autoport='yes' websocket='-1' listen='127.0.0.1' keymap='de' sharePolicy='force-shared'/>"},
    'vnc-port': {'devices': "<graphics type='vnc' port='5977' websocket='5777'><listen type='address' address='0.0.0.0'/></graphics>"},
    'vnc-socket': {'devices': "<graphics type='vnc'><listen type='socket' socket='{folder}/{name}.vnc'/></graphics>"},
    'vnc-socket-auto': {'devices': "<graphics type='vnc'><listen type='socket'/></graphics>"},
    'vnc-network': {'devices': "<graphics type='vnc'><listen type='network' network='inside'/></graphics>"},
    'vnc-none': {'devices': "<graphics type='vnc'><listen type='none'/></graphics>"},
    'vnc-password': {'devices': "<graphics type='vnc' passwd='x' passwdValidTo='2030-01-01T00:00:00'/>"},
    'spice': {'devices': "<graphics type='spice' autoport='yes'><image compression='off'/><streaming mode='filter'/><clipboard copypaste='no'/></graphics><video><model type='qxl'/></video>"},
    'spice-port': {'devices': "<graphics type='spice' port='5988'/>"},
    'spice-none': {'devices': "<graphics type='spice'><listen type='none'/></graphics>"},
    'spice-socket': {'devices': "<graphics type='spice'><listen type='socket'/></graphics>"},
    'graphics-both': {'devices': "<graphics type='vnc'/><graphics type='spice'/>"},
    'egl-free-dbus': {'devices': "<graphics type='dbus' p2p='yes'/>"},
    'video-two': {'devices': "<video><model type='vga' vram='16384' heads='1'/></video><video><model type='virtio' heads='1'/></video>"},
    'video-resolution': {'devices': "<video><model type='virtio'><resolution x='1024' y='768'/></model></video>"},
    'video-bochs': {'machine': 'q35', 'devices': "<video><model type='bochs'/></video>"},
    'video-none': {'devices': "<video><model type='none'/></video>"},
    'video-ramfb': {'machine': 'q35', 'devices': "<video><model type='ramfb'/></video>"},
    'sound': {'devices': "<sound model='ich9'><codec type='micro'/></sound><sound model='ac97'/>"},
    'audio': {'devices': "<sound model='ich6'><audio id='1'/></sound><audio id='1' type='none'/>"},
    'input': {'devices': "<input type='tablet' bus='usb'/><input type='keyboard' bus='virtio'/><input type='mouse' bus='virtio'/>"},
    'usb-controllers': {'devices': "<controller type='usb' index='0' model='ich9-ehci1'/><controller type='usb' index='0' model='ich9-uhci1'><master startport='0'/></controller>"
                                   "<controller type='usb' index='0' model='ich9-uhci2'><master startport='2'/></controller>"},
    'usb-none': {'devices': "<controller type='usb' model='none'/>"},
    'usb-xhci-ports': {'devices': "<controller type='usb' model='qemu-xhci' ports='8'/><input type='tablet' bus='usb'/>"},
    'usb-redir': {'devices': "<graphics type='spice' autoport='yes'/><redirdev bus='usb' type='spicevmc'/><redirfilter><usbdev class='0x08' allow='yes'/><usbdev allow='no'/></redirfilter>"},
    'usb-hub': {'devices': "<hub type='usb'/>"},
    'smartcard': {'devices': "<smartcard mode='passthrough' type='unix'><source mode='bind' path='{folder}/{name}.sc'/></smartcard>"},
    'pci-bridge': {'devices': "<controller type='pci' index='1' model='pci-bridge'/>"},
    'pcie-ports': {'machine': 'q35', 'devices': "<controller type='pci' index='0' model='pcie-root'/><controller type='pci' index='1' model='pcie-root-port'/><controller type='pci' index='2' model='pcie-root-port'><target chassis='9' port='0x18' hotplug='off'/></controller>"},
    'pcie-switch': {'machine': 'q35', 'devices': "<controller type='pci' index='1' model='pcie-root-port'/><controller type='pci' index='2' model='pcie-switch-upstream-port'/><controller type='pci' index='3' model='pcie-switch-downstream-port'/>"},
    'pcie-expander': {'machine': 'q35', 'vcpu': '<vcpu>2</vcpu>', 'head': "<cpu><numa><cell id='0' cpus='0-1' memory='32' unit='MiB'/></numa></cpu>",
                      'devices': "<controller type='pci' index='1' model='pcie-expander-bus'><target busNr='254'><node>0</node></target></controller>"},
    'virtio-scsi-options': {'devices': "<controller type='scsi' model='virtio-scsi'><driver queues='2' cmd_per_lun='50' max_sectors='512' ioeventfd='on'/></controller>" + disk('scsi', 'sdb')},
    'scsi-lsi': {'devices': "<controller type='scsi' model='lsilogic'/>" + disk('scsi', 'sda')},
    'virtio-serial': {'devices': "<controller type='virtio-serial' index='0' ports='16' vectors='4'/>"},
    'virtio-transitional': {'machine': 'q35', 'devices': disk().replace("device='disk'", "device='disk' model='virtio-non-transitional'") + "<rng model='virtio-non-transitional'><backend model='random'/></rng>"},
    'ccid': {'devices': "<controller type='ccid' index='0'/>"},
    'ahci-second': {'machine': 'q35', 'devices': "<controller type='sata' index='1'/>" + disk('sata', 'sdg')},
    'rng': {'devices': "<rng model='virtio'><rate bytes='1234' period='2000'/><backend model='random'>/dev/urandom</backend></rng>"},
    'rng-builtin': {'devices': "<rng model='virtio'><backend model='builtin'/></rng>"},
    'rng-egd': {'devices': "<rng model='virtio'><backend model='egd' type='udp'><source mode='bind' service='27034'/><source mode='connect' host='127.0.0.1' service='27035'/></backend></rng>"},
    'watchdog': {'devices': "<watchdog model='i6300esb' action='pause'/>"},
    'watchdog-itco': {'machine': 'q35', 'devices': "<watchdog model='itco' action='reset'/>"},
    'watchdog-ib700': {'devices': "<watchdog model='ib700'/>"},
    'balloon-stats': {'devices': "<memballoon model='virtio' autodeflate='on' freePageReporting='on'><stats period='10'/></memballoon>"},
    'balloon-none': {'devices': "<memballoon model='none'/>"},
    'balloon-driver': {'machine': 'q35', 'devices': "<memballoon model='virtio'><driver iommu='on' ats='on'/></memballoon><iommu model='intel'><driver intremap='off' iotlb='on'/></iommu>"},
    'panic': {'devices': "<panic model='isa'/>"},
    'panic-pvpanic': {'devices': "<panic model='hyperv'/>", 'features': "<acpi/><hyperv><relaxed state='on'/></hyperv>"},
    'iommu-virtio': {'machine': 'q35', 'devices': "<iommu model='virtio'/>"},
    'pstore-free-vmcoreinfo': {'features': "<acpi/><vmcoreinfo state='on'/><smm state='off'/>", 'machine': 'q35'},
    'hypervisor-features': {'features': "<acpi/><apic/><pae/><hap state='on'/><kvm><hidden state='on'/></kvm><pmu state='off'/><vmport state='off'/>"},
    'hyperv': {'features': "<acpi/><apic/><hyperv mode='custom'><relaxed state='on'/><vapic state='on'/><spinlocks state='on' retries='8191'/><vendor_id state='on' value='virtsql'/></hyperv>"},
    'ioapic': {'machine': 'q35', 'features': "<acpi/><apic/><ioapic driver='qemu'/>"},
    'acpi-off': {'features': '<apic/>'},
    'smm-tseg': {'machine': 'q35', 'features': "<acpi/><smm state='on'><tseg unit='MiB'>48</tseg></smm>"},
    'cpu-model': {'head': "<cpu mode='custom' match='exact' check='partial'><model fallback='allow'>Westmere</model><feature policy='disable' name='aes'/></cpu>"},
    'cpu-host-model': {'head': "<cpu mode='host-model'/>"},
    'cpu-maximum': {'head': "<cpu mode='maximum' check='none' migratable='on'/>"},
    'cpu-topology': {'vcpu': "<vcpu placement='static' current='2'>8</vcpu>", 'head': "<cpu><topology sockets='2' dies='1' cores='2' threads='2'/></cpu>"},
    'cpu-numa': {'vcpu': '<vcpu>2</vcpu>', 'head': "<cpu><numa><cell id='0' cpus='0' memory='16' unit='MiB'/><cell id='1' cpus='1' memory='16384' unit='KiB'/></numa></cpu>"},
    'cpu-numa-distances': {'vcpu': '<vcpu>2</vcpu>', 'head': "<cpu><numa><cell id='0' cpus='0' memory='16' unit='MiB'><distances><sibling id='0' value='10'/><sibling id='1' value='21'/></distances></cell><cell id='1' cpus='1' memory='16' unit='MiB'/></numa></cpu>"},
    'vcpus-hotplug': {'vcpu': "<vcpu current='2'>4</vcpu><vcpus><vcpu id='0' enabled='yes' hotpluggable='no' order='1'/><vcpu id='1' enabled='yes' hotpluggable='yes' order='2'/><vcpu id='2' enabled='no' hotpluggable='yes'/><vcpu id='3' enabled='no' hotpluggable='yes'/></vcpus>"},
    'vcpus-without-order': {'vcpu': "<vcpu current='2'>3</vcpu><vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/><vcpu id='1' enabled='no' hotpluggable='yes'/><vcpu id='2' enabled='yes' hotpluggable='yes'/></vcpus>"},
    'vcpu-current': {'vcpu': "<vcpu current='1'>3</vcpu>"},
    'vcpu-cpuset': {'vcpu': "<vcpu cpuset='0-1'>2</vcpu>", 'head': "<cputune><vcpupin vcpu='0' cpuset='0'/><emulatorpin cpuset='0-1'/></cputune>"},
    'memory-hotplug': {'head': "<maxMemory slots='4' unit='MiB'>512</maxMemory><cpu><numa><cell id='0' cpus='0' memory='32' unit='MiB'/></numa></cpu>", 'devices': "<memory model='dimm'><target><size unit='MiB'>128</size><node>0</node></target></memory>", 'memory': 160},
    'memory-virtio': {'machine': 'q35', 'head': "<maxMemory slots='4' unit='MiB'>512</maxMemory><cpu><numa><cell id='0' cpus='0' memory='32' unit='MiB'/></numa></cpu>",
                      'devices': "<memory model='virtio-mem'><target><size unit='MiB'>128</size><node>0</node><block unit='MiB'>2</block><requested unit='MiB'>16</requested></target></memory>", 'memory': 160},
    'memory-nvdimm': {'features': '<acpi/>', 'head': "<maxMemory slots='4' unit='MiB'>512</maxMemory><cpu><numa><cell id='0' cpus='0' memory='32' unit='MiB'/></numa></cpu>",
                      'devices': "<memory model='nvdimm' access='private'><source><path>{folder}/nvdimm.img</path></source><target><size unit='MiB'>16</size><node>0</node><label><size unit='KiB'>128</size></label></target></memory>", 'memory': 48},
    'memory-current': {'head': "<currentMemory unit='MiB'>24</currentMemory>"},
    'memory-backing': {'head': "<memoryBacking><nosharepages/><source type='memfd'/><access mode='shared'/><allocation mode='immediate'/></memoryBacking>"},
    'memory-dumpcore': {'memory_attributes': " dumpCore='off'"},
    'cachetune-free-tune': {'head': "<cputune><vcpupin vcpu='0' cpuset='0'/><iothreadpin iothread='1' cpuset='1'/></cputune><iothreads>1</iothreads>"},
    'clock-timers': {'head': "<clock offset='localtime'><timer name='rtc' tickpolicy='catchup'/><timer name='pit' tickpolicy='delay'/><timer name='hpet' present='no'/></clock>"},
    'clock-variable': {'head': "<clock offset='variable' adjustment='3600' basis='utc'/>"},
    'clock-absolute': {'head': "<clock offset='absolute' start='1700000000'/>"},
    'clock-timezone': {'head': "<clock offset='timezone' timezone='Europe/Paris'/>"},
    'events': {'head': '<on_poweroff>destroy</on_poweroff><on_reboot>destroy</on_reboot><on_crash>preserve</on_crash>'},
    'pm': {'head': "<pm><suspend-to-mem enabled='no'/><suspend-to-disk enabled='no'/></pm>"},
    'title-description': {'head': "<title>a title</title><description>it's &lt;described&gt;</description>"},
    'metadata': {'head': '<metadata><a:x xmlns:a="urn:a" k="v"><a:y>text</a:y></a:x></metadata>'},
    'genid': {'head': '<genid/>'},
    'genid-given': {'head': '<genid>43dc0cf8-809b-4adb-9bea-a9abb5f3d90e</genid>'},
    'sysinfo': {'head': "<sysinfo type='smbios'><bios><entry name='vendor'>v</entry></bios><system><entry name='serial'>s</entry></system><baseBoard><entry name='asset'>a</entry></baseBoard><chassis><entry name='sku'>k</entry></chassis><oemStrings><entry>one</entry><entry>two</entry></oemStrings></sysinfo>",
                'os': "<smbios mode='sysinfo'/>"},
    'fwcfg': {'head': "<sysinfo type='fwcfg'><entry name='opt/com.example/a'>value</entry><entry name='opt/com.example/b' file='{folder}/raw.img'/></sysinfo>"},
    'boot-menu': {'os': "<boot dev='network'/><boot dev='cdrom'/><boot dev='hd'/><bootmenu enable='yes' timeout='3000'/><bios useserial='yes' rebootTimeout='0'/>", 'devices': "<serial type='pty'/>"},
    'kernel': {'os': "<kernel>{folder}/kernel</kernel><cmdline>console=ttyS0 quiet</cmdline>"},
    'loader-rom': {'os': "<loader type='rom'>{folder}/bios.bin</loader>"},
    'loader-pflash': {'os': "<loader readonly='yes' type='pflash'>{folder}/bios.bin</loader><nvram template='{folder}/bios.bin'>{folder}/{name}_VARS.fd</nvram>"},
    'loader-pflash-no-nvram': {'os': "<loader readonly='yes' type='pflash'>{folder}/bios.bin</loader><nvram template='{folder}/bios.bin'/>"},
    'loader-stateless': {'os': "<loader readonly='yes' type='pflash' stateless='yes'>{folder}/bios.bin</loader>"},
    'firmware-efi': {'machine': 'q35', 'os_attributes': " firmware='efi'"},
    'firmware-efi-features': {'machine': 'q35', 'os_attributes': " firmware='efi'", 'os': "<firmware><feature enabled='no' name='enrolled-keys'/></firmware>"},
    'firmware-bios': {'os_attributes': " firmware='bios'"},
    'qemu-namespace': {'root': " xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'", 'tail': "<qemu:commandline><qemu:arg value='-name'/><qemu:arg value='x'/><qemu:env name='A' value='b'/></qemu:commandline><qemu:deprecation behavior='none'/>"},
    'qemu-override': {'root': " xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'", 'devices': disk(more="<alias name='ua-x'/>"),
                      'tail': "<qemu:override><qemu:device alias='ua-x'><qemu:frontend><qemu:property name='serial' type='string' value='s'/></qemu:frontend></qemu:device></qemu:override>"},
    'seclabel-none': {'head': "<seclabel type='none'/>"},
    'seclabel-dac': {'head': "<seclabel type='static' model='dac' relabel='no'><label>+0:+0</label></seclabel>"},
    'filesystem-9p': {'devices': "<filesystem type='mount' accessmode='mapped'><source dir='{folder}'/><target dir='share'/><readonly/></filesystem>"},
    'shmem-server': {'devices': "<shmem name='{name}' role='master'><model type='ivshmem-plain'/><size unit='M'>1</size></shmem>"},
    'emulator': {'devices': '<emulator>/usr/bin/qemu-system-x86_64</emulator>'},
    'many': {'machine': 'q35', 'devices': disk() + disk('sata', 'sda').replace('{name}.qcow2', '{name}-b.qcow2') + "<disk type='file' device='cdrom'><target dev='sdb' bus='sata'/></disk><interface type='user'><model type='virtio'/></interface>"
             "<interface type='user'/><serial type='pty'/><console type='pty'/><channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel><input type='tablet' bus='usb'/>"
             "<graphics type='vnc'/><video><model type='virtio'/></video><sound model='ich9'/><rng model='virtio'><backend model='random'/></rng><watchdog model='i6300esb'/>"},
    'arm': {'arch': 'aarch64', 'machine': 'virt', 'devices': disk(), 'features': "<gic version='2'/>"},
}


def definition(name, number, folder):
    variant = VARIANTS[name]
    arch = variant.get('arch', 'x86_64')
    xml = f"""<domain type='qemu'{variant.get('root', '')}>
  <name>{name}</name>
  <uuid>{uuid.uuid5(uuid.NAMESPACE_DNS, name)}</uuid>
  <memory unit='MiB'{variant.get('memory_attributes', '')}>{variant.get('memory', 32)}</memory>
  {variant.get('vcpu', '<vcpu>1</vcpu>')}
  {variant.get('head', '')}
  <os{variant.get('os_attributes', '')}><type arch='{arch}' machine='{variant.get('machine', 'pc')}'>hvm</type>{variant.get('os', '')}</os>
  <features>{variant.get('features', '<acpi/><apic/>')}</features>
  <devices>{variant.get('devices', '')}</devices>
  {variant.get('tail', '')}
</domain>
"""
    for key, value in (('{folder}', folder), ('{name}', name), ('{number}', str(number))):
        xml = xml.replace(key, value)
    return xml


def kernel_image():
    """An image that QEMU takes for a Linux kernel by its header, version 2.12 of the boot protocol. It does nothing."""
    image = bytearray(64 << 10)
    image[0x1f1] = 1                                     # sectors of the setup code
    image[0x1fe:0x200] = b'\x55\xaa'
    image[0x202:0x208] = b'HdrS\x0c\x02'
    image[0x211] = 1                                     # loaded high
    image[0x22c:0x230] = (0x7fffffff).to_bytes(4, 'little')  # the highest address of an initrd
    return bytes(image)


def definitions(folder):
    for image in ('raw.img', 'shared.img', 'floppy.img', 'nvdimm.img'):
        with open(f'{folder}/{image}', 'wb') as file:
            file.truncate(16 << 20 if image.startswith('nvdimm') else 1474560)
    with open(f'{folder}/bios.bin', 'wb') as file:
        file.truncate(256 << 10)
    base = f'{folder}/base.qcow2'
    subprocess.run(['qemu-img', 'create', '-q', '-f', 'qcow2', base, '1M'], check=True)
    with open(base, 'rb') as file:
        image = file.read()
    out = {}
    for number, name in enumerate(VARIANTS):
        out[name] = definition(name, number, folder)
        for suffix in ('', '-b'):
            if f'{folder}/{name}{suffix}.qcow2' in out[name]:
                with open(f'{folder}/{name}{suffix}.qcow2', 'wb') as file:
                    file.write(image)
    subprocess.run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', base, f'{folder}/disk-backing-top.qcow2'], check=True)
    with open(folder + '/kernel', 'wb') as kernel:
        kernel.write(kernel_image())
    return out
