-- warning: The machine type is deprecated, or from before QEMU 4.0.
-- Why: a coming QEMU drops it, and the VM no longer starts.
-- Do: set the machine type to the host's newest, and look at the guest afterwards: its devices may move.
SELECT v.host_id, v.uuid AS vm_uuid, b.machine AS detail
FROM defined_vms AS v JOIN boot_configs AS b ON b.vm_uuid = v.uuid
WHERE EXISTS (SELECT 1 FROM host_machines AS m WHERE m.host = v.host AND m.machine = b.machine AND m.deprecated = 1)
  OR b.machine LIKE 'rhel6%' OR b.machine LIKE '%-rhel7.%' OR b.machine LIKE '%-rhel8.0.%' OR b.machine LIKE 'pc-0.%' OR b.machine LIKE 'pc-1.%'
  OR b.machine LIKE '%-1.0' OR b.machine LIKE '%-1.1' OR b.machine LIKE '%-1.2' OR b.machine LIKE '%-1.3' OR b.machine LIKE '%-1.4'
  OR b.machine LIKE '%-1.5' OR b.machine LIKE '%-1.6' OR b.machine LIKE '%-1.7' OR b.machine LIKE '%-2._' OR b.machine LIKE '%-2.1_'
  OR b.machine LIKE '%-3.0' OR b.machine LIKE '%-3.1' 
  -- Ubuntu's, from 14.04 to 19.04
  OR b.machine LIKE '%-trusty%' OR b.machine LIKE '%-utopic%' OR b.machine LIKE '%-vivid%' OR b.machine LIKE '%-wily%' OR b.machine LIKE '%-xenial%'
  OR b.machine LIKE '%-yakkety%' OR b.machine LIKE '%-zesty%' OR b.machine LIKE '%-artful%' OR b.machine LIKE '%-bionic%' OR b.machine LIKE '%-cosmic%'
  OR b.machine LIKE '%-disco%';
