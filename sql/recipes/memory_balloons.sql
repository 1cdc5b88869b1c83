-- Which VMs have given the most memory back through their balloon?
--
-- Asked when a host needs free memory, and when a guest swaps. ballooned_gib is the memory at boot (gib) minus what the
-- balloon leaves to the guest (current_gib). Only VMs with a difference and a balloon that works (its model is not
-- none).
SELECT h.host, v.name AS vm, round(v.memory_bytes / 1073741824.0, 1) AS gib, round(v.current_memory_bytes / 1073741824.0, 1) AS current_gib,
  round((v.memory_bytes - v.current_memory_bytes) / 1073741824.0, 1) AS ballooned_gib
FROM virtual_machines AS v JOIN defined_vms AS h ON h.uuid = v.uuid
WHERE v.current_memory_bytes < v.memory_bytes
  AND EXISTS (SELECT 1 FROM vm_memory_balloons AS b WHERE b.vm_uuid = v.uuid AND b.model_name IS NOT 'none')
ORDER BY v.memory_bytes - v.current_memory_bytes DESC, 2;
