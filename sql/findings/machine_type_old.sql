-- warning: The machine type is deprecated, or from before QEMU 4.0.
-- Why: a coming QEMU drops it, and the VM no longer starts.
-- Do: set the machine type to the host's newest, and look at the guest afterwards: its devices may move.
SELECT v.host_id, v.uuid AS vm_uuid, b.machine AS detail
FROM defined_vms AS v JOIN boot_configs AS b ON b.vm_uuid = v.uuid
WHERE EXISTS (SELECT 1 FROM host_machines AS m WHERE m.host = v.host AND m.machine = b.machine AND m.deprecated = 1)
  OR substr(b.machine, 1, 5) IN ('rhel6', 'pc-0.', 'pc-1.') OR instr(b.machine, '-rhel7.') > 0 OR instr(b.machine, '-rhel8.0.') > 0
  -- the version at its end
  OR substr(b.machine, length(rtrim(b.machine, '0123456789.'))) IN ('-1.0', '-1.1', '-1.2', '-1.3', '-1.4', '-1.5', '-1.6', '-1.7',
    '-2.0', '-2.1', '-2.2', '-2.3', '-2.4', '-2.5', '-2.6', '-2.7', '-2.8', '-2.9', '-2.10', '-2.11', '-2.12', '-3.0', '-3.1')
  -- Ubuntu's, from 14.04 to 19.04
  OR instr(b.machine, '-trusty') > 0 OR instr(b.machine, '-utopic') > 0 OR instr(b.machine, '-vivid') > 0 OR instr(b.machine, '-wily') > 0
  OR instr(b.machine, '-xenial') > 0 OR instr(b.machine, '-yakkety') > 0 OR instr(b.machine, '-zesty') > 0 OR instr(b.machine, '-artful') > 0
  OR instr(b.machine, '-bionic') > 0 OR instr(b.machine, '-cosmic') > 0 OR instr(b.machine, '-disco') > 0;
