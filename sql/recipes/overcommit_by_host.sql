-- How many vCPUs and how much memory are promised on each host, and how much more than it has?
--
-- Asked before a VM is added. Every defined VM counts, running or not. :capacity is what the hosts have, as JSON:
-- '{"kvm1": {"cpus": 32, "gib": 128}}'; libvirt's definitions do not say it, and without it the ratios are empty.
-- A ratio above 1 is overcommitted.
SELECT h.name AS host, count(*) AS vms, sum(v.vcpus) AS vcpus, round(sum(v.memory_bytes) / 1073741824.0, 1) AS gib,
  round(sum(v.vcpus) * 1.0 / json_extract(:capacity, '$."' || h.name || '".cpus'), 2) AS vcpu_ratio,
  round(sum(v.memory_bytes) / 1073741824.0 / json_extract(:capacity, '$."' || h.name || '".gib'), 2) AS memory_ratio
FROM virtual_machines AS v JOIN hosts AS h ON h.id = v.host_id
GROUP BY h.id ORDER BY 1;
