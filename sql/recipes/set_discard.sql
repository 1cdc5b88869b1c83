-- How do I set discard=unmap on every qcow2 disk of a host?
--
-- Asked when thin images only grow. It writes: run it with `virtsql --write`. :host is the host (default kvm2). It
-- changes the disks through the view vm_disks and prints them. Captures stay as they are. At their next capture the VMs
-- become managed (source = managed), and captures no longer change their rows. Hand the result to libvirt with
-- domain_xml(vm, 'inactive') and `virsh define`.
CREATE TEMP TABLE changed AS
  SELECT d.id FROM vm_disks AS d JOIN defined_vms AS v ON v.uuid = d.vm_uuid
  WHERE v.host = coalesce(:host, 'kvm2') AND d.driver_type = 'qcow2' AND coalesce(d.device, 'disk') = 'disk' AND d.driver_discard IS NOT 'unmap';
UPDATE vm_disks SET driver_discard = 'unmap' WHERE id IN (SELECT id FROM changed);
SELECT d.vm_name AS vm, d.device_name AS device, d.driver_discard AS discard,
  device_xml('disk_attachments', d.id) LIKE '%discard=''unmap''%' AS xml_says_so
FROM changed AS c JOIN vm_disks AS d ON d.id = c.id ORDER BY 1, 2;
DROP TABLE changed;
