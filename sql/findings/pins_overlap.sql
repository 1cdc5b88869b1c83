-- warning: Virtual CPUs of two VMs are pinned to the same single CPU of the host.
-- Why: both wait for each other, although they were pinned so that they would not.
-- Do: pin one elsewhere: vm_cpu_pins shows what is taken.
SELECT v.host_id, v.uuid AS vm_uuid, 'vCPU ' || p.vcpu || ' and vCPU ' || q.vcpu || ' of ' || w.name || ' are both on CPU ' || p.cpuset AS detail
FROM defined_vms AS v JOIN cpu_tunes AS t ON t.vm_uuid = v.uuid JOIN vcpu_pins AS p ON p.cpu_tune_id = t.id
  JOIN vcpu_pins AS q ON q.cpuset = p.cpuset AND q.cpu_tune_id <> p.cpu_tune_id JOIN cpu_tunes AS u ON u.id = q.cpu_tune_id
  JOIN defined_vms AS w ON w.uuid = u.vm_uuid AND w.host_id = v.host_id
WHERE instr(p.cpuset, ',') = 0 AND instr(p.cpuset, '-') = 0;
