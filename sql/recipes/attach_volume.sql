-- How do I give a VM a volume of a storage pool as a disk?
--
-- It writes: run it with `virtsql --write`. :vm is the VM (default web01), :pool and :volume the volume (default
-- decommissioned-wiki.qcow2 of images), :target the disk's name in the VM (default: the first free name of vda, vdb,
-- ...). The format is the one of the captured volume; if the volume was not captured in this pool of the VM's host, the
-- format is raw. It prints the disk's XML for `virsh attach-device VM /dev/stdin --config`.
.mode list
.headers off
INSERT INTO vm_disks (vm_name, source_type, pool, volume, driver_name, driver_type, device_name, bus_type)
  WITH RECURSIVE target (name) AS (SELECT 'vda' UNION ALL SELECT 'vd' || char(unicode(substr(name, 3)) + 1) FROM target WHERE name < 'vdz')
  SELECT coalesce(:vm, 'web01'), 'volume', coalesce(:pool, 'images'), coalesce(:volume, 'decommissioned-wiki.qcow2'), 'qemu',
    coalesce((SELECT v.format FROM defined_vms AS w JOIN pool_volumes AS p ON p.host_id = w.host_id JOIN volumes AS v ON v.id = p.id
      WHERE w.name = coalesce(:vm, 'web01') AND p.pool = coalesce(:pool, 'images') AND p.volume = coalesce(:volume, 'decommissioned-wiki.qcow2')
        AND v.format IS NOT NULL), 'raw'),
    coalesce(:target, (SELECT name FROM target WHERE name NOT IN (SELECT device_name FROM vm_disks WHERE vm_name = coalesce(:vm, 'web01') AND device_name IS NOT NULL)
      ORDER BY name LIMIT 1)), 'virtio';
SELECT device_xml('vm_disks', id) FROM vm_disks WHERE vm_name = coalesce(:vm, 'web01') ORDER BY id DESC LIMIT 1;
