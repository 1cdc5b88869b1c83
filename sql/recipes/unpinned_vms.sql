-- Which VMs may run on every CPU of their host?
--
-- Asked if some CPUs of a host are reserved for pinned VMs. One row for each VM that has neither a cpuset of its own
-- nor a pin for each vCPU. pinned_vcpus is how many of its vCPUs have a pin.
SELECT h.host, v.name AS vm, v.vcpus, count(DISTINCT p.vcpu) AS pinned_vcpus
FROM virtual_machines AS v JOIN defined_vms AS h ON h.uuid = v.uuid
  LEFT JOIN cpu_tunes AS t ON t.vm_uuid = v.uuid LEFT JOIN vcpu_pins AS p ON p.cpu_tune_id = t.id
WHERE v.vcpu_cpuset IS NULL
GROUP BY v.uuid, h.host, v.name, v.vcpus HAVING count(DISTINCT p.vcpu) < v.vcpus
ORDER BY 1, 2;
