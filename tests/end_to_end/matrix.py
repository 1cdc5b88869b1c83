"""What an administrator does, in unusual orders, as commands of virsh. matrix_test.py runs them and checks what is
captured.

A command begins with a verb of virsh, or with one of the test's own: `write FILE`, `file FILE SIZE`, `run PROGRAM ...`,
`restart PROGRAM`, `kill PROGRAM`, `stop PROGRAM`, `go PROGRAM` (which start it again) and `delete database`. {folder}
is the test's. If a step has several commands, the database is compared once, after all of them.
"""

UUID = '0f5a6b7c-8d9e-4f10-a1b2-c3d4e5f607'
GUEST = """<domain type='qemu'>
  <name>{name}</name><uuid>{uuid}</uuid>
  <memory unit='MiB'>64</memory><vcpu current='1'>4</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{folder}/{image}.qcow2'/><target dev='vda' bus='virtio'/></disk>
    <controller type='virtio-serial'/><controller type='scsi' model='virtio-scsi'/>
    <disk type='file' device='cdrom'><target dev='sda' bus='scsi'/></disk>
    <serial type='pty'/>
    <memballoon model='virtio'/>
  </devices>
</domain>
"""
# Guests, with the image of each and the end of its UUID.
GUESTS = {'a': ('a', '18'), 'c': ('c', '19'), 'fleeting': ('c', '20'), 'broken': ('nothing', '21')}

DISK = "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{{folder}}/{image}.qcow2'/><target dev='{target}' bus='{bus}'/></disk>"
DEVICES = {
    'disk': DISK.format(image='one', target='vdb', bus='virtio'),
    'scsi-disk': DISK.format(image='two', target='sdb', bus='scsi'),
    'interface': "<interface type='user'><mac address='52:54:00:11:22:33'/><model type='virtio'/></interface>",
    'rng': "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
    'controller': "<controller type='scsi' index='3' model='virtio-scsi'/>",
    'input': "<input type='keyboard' bus='usb'/>",
}
BACKUP = "<domainbackup mode='push'><disks><disk name='vda' type='file'><target file='{{folder}}/{}.out'/><driver type='qcow2'/></disk></disks></domainbackup>"
POOL = "<pool type='dir'><name>p</name><uuid>" + UUID + "74</uuid><target><path>{folder}/p</path>PERMISSIONS</target></pool>"
SECRET = "<secret><uuid>" + UUID + "77</uuid>{}<usage type='volume'><volume>/x</volume></usage></secret>"
FILES = {
    **{f'{name}.xml': GUEST.replace('{name}', name).replace('{uuid}', UUID + end).replace('{image}', image) for name, (image, end) in GUESTS.items()},
    **{f'{name}.xml': xml.replace('{{', '{').replace('}}', '}') for name, xml in DEVICES.items()},
    'pool.xml': POOL.replace('PERMISSIONS', ''),
    'pool-2.xml': POOL.replace('PERMISSIONS', '<permissions><mode>0700</mode></permissions>'),
    'fleeting-pool.xml': "<pool type='dir'><name>t</name><target><path>{folder}/t</path></target></pool>",
    'network.xml': "<network><name>n</name><uuid>" + UUID + "70</uuid><bridge name='vbr9'/><dns enable='no'/></network>",
    'broken-network.xml': "<network><name>b</name><bridge name='lo'/><dns enable='no'/></network>",
    'filter.xml': "<filter name='f'><uuid>" + UUID + "73</uuid><rule action='drop' direction='in'><ip/></rule></filter>",
    'filter-2.xml': "<filter name='f'><uuid>" + UUID + "73</uuid><rule action='accept' direction='out'><ip/></rule></filter>",
    'secret.xml': SECRET.format(''), 'secret-2.xml': SECRET.format('<description>d</description>'),
    'backup.xml': BACKUP.format('first').replace('{{', '{').replace('}}', '}'),
    'backup-2.xml': BACKUP.format('second').replace('{{', '{').replace('}}', '}'),
    'checkpoint.xml': '<domaincheckpoint><name>with-backup</name></domaincheckpoint>',
}
IMAGES = ('a', 'c', 'one', 'two')

STEPS = [
    # Snapshots, internal and external, and what they leave behind.
    'define {folder}/a.xml', 'start a', 'snapshot-create-as a s1', 'snapshot-create-as a s2', 'snapshot-revert a s1', 'snapshot-delete a s1',
    'snapshot-revert a s2', 'snapshot-delete a s2 --metadata', 'snapshot-create-as a ext --disk-only --diskspec vda,file={folder}/a.ext',
    'blockcommit a vda --active --pivot --wait', 'snapshot-delete a ext --metadata',
    'snapshot-create-as a ext --disk-only --no-metadata --diskspec vda,file={folder}/a.ext2', 'blockpull a vda --wait',
    'blockcopy a vda {folder}/a.copy --wait --pivot --transient-job', 'blockcopy a vda {folder}/a.copy2 --transient-job', 'blockjob a vda --abort',
    'blockresize a vda 20M',
    # States.
    'managedsave a', 'managedsave-remove a', 'start a', 'managedsave a', 'start a', 'save a {folder}/a.save', 'restore {folder}/a.save', 'reset a',
    'suspend a', 'resume a', 'autostart a', 'destroy a', 'autostart a --disable', 'domrename a b', 'start b', 'destroy b', 'domrename b a', 'start a',
    'snapshot-create-as a m1', 'undefine a --snapshots-metadata', 'destroy a', 'define {folder}/a.xml', 'snapshot-create-as a off',
    'undefine a --snapshots-metadata', 'define {folder}/a.xml',
    # A VM and a network that libvirt cannot start; transient VMs.
    'create {folder}/broken.xml', 'net-create {folder}/broken-network.xml', ('define {folder}/broken.xml', 'start broken'), 'undefine broken',
    'create {folder}/fleeting.xml', 'define {folder}/fleeting.xml', 'undefine fleeting', 'destroy fleeting',
    # Pools and volumes.
    'pool-define {folder}/pool.xml', 'pool-build p', 'pool-start p', 'pool-autostart p', 'vol-create-as p v1 1M --format qcow2',
    'vol-clone v1 v2 --pool p', 'vol-resize v2 3M --pool p', 'vol-upload v1 {folder}/one.qcow2 --pool p', 'vol-wipe v2 --pool p',
    'vol-delete v1 --pool p', ('file p/hand.img 4096', 'pool-refresh p'), 'pool-autostart p --disable', 'pool-define {folder}/pool-2.xml',
    'vol-delete v2 --pool p', 'vol-delete hand.img --pool p', 'pool-destroy p', 'pool-delete p', 'pool-undefine p',
    ('file t/hand.img 4096', 'pool-create {folder}/fleeting-pool.xml'), 'vol-delete hand.img --pool t', 'pool-destroy t',
    # Networks and their ports.
    'net-define {folder}/network.xml', """net-update n add portgroup "<portgroup name='first'/>" --config""", 'net-autostart n', 'net-start n',
    """net-update n add portgroup "<portgroup name='live'/>" --live""", """net-update n add portgroup "<portgroup name='config'/>" --config""",
    """net-update n add portgroup "<portgroup name='both'/>" --live --config""", 'net-destroy n', 'net-autostart n --disable', 'net-undefine n', 'net-create {folder}/network.xml',
    'net-define {folder}/network.xml', 'net-undefine n', 'net-destroy n',
    # Filters, secrets, devices of the host.
    'nwfilter-define {folder}/filter.xml', 'nwfilter-define {folder}/filter-2.xml', 'nwfilter-undefine f', 'secret-define {folder}/secret.xml',
    'secret-define {folder}/secret-2.xml', 'secret-undefine ' + UUID + '77', 'run ip link add dummy9 type dummy', 'run ip link set dummy9 up',
    'run ip link del dummy9',
    # Checkpoints and backups.
    'start a', 'checkpoint-create-as a c1', 'checkpoint-create-as a c2', 'checkpoint-delete a c1', 'backup-begin a {folder}/backup.xml',
    'backup-begin a {folder}/backup-2.xml {folder}/checkpoint.xml', 'destroy a', 'undefine a --checkpoints-metadata', 'define {folder}/a.xml',
    # Tuning of the definition and of the running VM.
    'setvcpus a 3 --config', 'start a', 'setvcpus a 4 --config', 'setmem a 32M --live', 'setmem a 48M --config', 'setmaxmem a 128M --config',
    'numatune a --mode preferred --nodeset 0 --config', 'vcpupin a 0 0 --config', 'memtune a --hard-limit 500000 --config',
    'blkiotune a --weight 500 --config', 'emulatorpin a 0 --live', 'vcpupin a 0 0 --live', 'iothreadadd a 3 --live --config',
    'iothreadset a 3 --poll-max-ns 1000 --live', 'iothreaddel a 3 --live --config', 'desc a --live --new-desc live',
    'desc a --config --title --new-desc titled', """metadata a http://x.y/ --key k --set "<a b='c'/>" --live --config""",
    'metadata a http://x.y/ --remove --live --config',
    *(f'{verb}-device a {{folder}}/{device}.xml --{where}' for device in DEVICES
      for verb, where in (('attach', 'live'), ('attach', 'config'), ('detach', 'live'), ('detach', 'config'))),
    ('file cd.iso 1048576', 'change-media a sda {folder}/cd.iso --insert --live'), 'change-media a sda --eject --live --force',
    'change-media a sda {folder}/cd.iso --insert --config',
    # Daemons that restart, changes while they are stopped, a database that is deleted.
    'restart virtsqld', 'restart libvirtd', 'autostart a', ('stop virtsqld', 'snapshot-create-as a d1', 'destroy a', 'snapshot-create-as a d2', 'go virtsqld'),
    ('stop virtsqld', 'snapshot-delete a d1', 'snapshot-delete a d2', 'domrename a z', 'go virtsqld'),
    ('stop virtsqld', 'undefine z', 'define {folder}/c.xml', 'start c', 'net-define {folder}/network.xml', 'go virtsqld'),
    'kill qemu-system-x86_64', 'start c', 'kill virtsqld', ('stop virtsqld', 'create {folder}/a.xml', 'destroy a', 'net-undefine n', 'go virtsqld'),
    ('stop virtsqld', 'stop libvirtd', 'kill qemu-system-x86_64', 'go libvirtd', 'go virtsqld'), 'delete database', 'undefine c',
]
