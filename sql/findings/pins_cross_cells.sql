-- warning: The VM's memory is bound to one NUMA cell, and a virtual CPU to a CPU of another.
-- Why: every access to memory goes over the link between the processors.
-- Do: pin the virtual CPUs to the cell's own CPUs. Looked at only on hosts whose capabilities were captured.
SELECT v.host_id, v.uuid AS vm_uuid, 'memory of cell ' || n.memory_nodeset || ', vCPU ' || p.vcpu || ' on CPU ' || p.cpuset || ' of cell ' || h.cell AS detail
FROM defined_vms AS v JOIN numa_tunes AS n ON n.vm_uuid = v.uuid JOIN cpu_tunes AS t ON t.vm_uuid = v.uuid
  JOIN vcpu_pins AS p ON p.cpu_tune_id = t.id JOIN host_processors AS h ON h.host_id = v.host_id AND CAST(h.cpu AS TEXT) = p.cpuset
WHERE instr(n.memory_nodeset, ',') = 0 AND instr(n.memory_nodeset, '-') = 0 AND n.memory_nodeset <> CAST(h.cell AS TEXT);
