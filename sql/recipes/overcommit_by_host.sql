-- How many vCPUs and how much memory are promised on each host, and how much more than it has?
--
-- Asked before a VM is added. Every defined VM counts, running or not. What a host has (cpus, gib_of_host) comes from
-- its captured capabilities; if there are none, both are empty, and so are the ratios. A ratio above 1 is
-- overcommitted.
SELECT c.host, c.vms, c.vcpus_defined AS vcpus, c.cpus, round(c.memory_mib_defined / 1024.0, 1) AS gib, round(c.memory_mib / 1024.0, 1) AS gib_of_host,
  round(c.vcpus_defined * 1.0 / c.cpus, 2) AS vcpu_ratio, round(c.memory_mib_defined * 1.0 / c.memory_mib, 2) AS memory_ratio
FROM host_capacity AS c
ORDER BY 1;
