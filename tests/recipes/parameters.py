"""Further runs of a recipe: the values of its parameters, as SQL."""
PARAMETERS = {
    'find_by_backing_image': [{'image': "'/var/lib/libvirt/images/nothing.qcow2'"}],
    'find_by_image': [{'image': "'/srv/nfs/erp.qcow2'"}, {'image': "'db01-data.qcow2'"}, {'image': "'/dev/vg0/render01'"}],
    'find_by_mac': [{'mac': "'52:54:00:3A:10:02'"}, {'mac': "'52:54:00:3a:10:ff'"}],
    'attach_mdev': [{'vm': "'web02'", 'uuid': "'30820a6f-b1a5-4503-91ca-0c10ba58692a'"}],
    'attach_volume': [{'vm': "'db01'", 'volume': "'new.raw'", 'target': "'vdx'"}],
    'find_by_pci': [{'address': "'0000:5e:02.1'"}, {'address': "'0000:81:00.0'"}],
    'changed_this_week': [{'since': "'2026-03-03T12:00:00Z'"}, {'since': "'36500 days'"}],
    'migration_blockers': [{'from': "'kvm3'", 'to': "'kvm1'"}],
    'snapshots': [{'now': "'2026-03-10 12:00'"}],
    'pool_users': [{'pool': "'fast'", 'host': "'kvm1'"}],
    'vlans': [{'vlan': "110"}],
}
