-- Each host: what it has, and what its VMs are defined with.
SELECT c.host AS "Host", c.cpus AS "# CPU", c.cells AS "NUMA cells", c.memory_mib AS "# Memory", c.vms AS "# VMs", c.vcpus_defined AS "# vCPUs",
  round(1.0 * c.vcpus_defined / nullif(c.cpus, 0), 2) AS "vCPUs per CPU", c.memory_mib_defined AS "VM memory MiB", c.vcpus_running AS "vCPUs running", c.memory_mib_running AS "VM memory running MiB"
FROM host_capacity AS c
ORDER BY c.host
