-- Which machine types each host offers, as libvirt's capabilities say; none if they were not captured.
-- Write: none; libvirt says it
CREATE VIEW host_machines (
  host,        -- text: Name of the host.
  arch,        -- text: Architecture: x86_64, aarch64, ...
  machine,     -- text: Machine type: pc-q35-7.2, q35, ...
  canonical,   -- text: What an alias (pc, q35, virt) stands for; NULL: it is no alias.
  max_cpus,    -- integer: Most virtual CPUs that it can have.
  deprecated   -- integer: 1: QEMU is about to drop it; 0: it is not.
) AS
SELECT h.name, g.arch, t.name, t.canonical, t.max_cpus, CASE t.deprecated WHEN 'yes' THEN 1 ELSE 0 END
FROM hosts AS h JOIN host_capabilities AS k ON k.host_id = h.id JOIN host_guests AS g ON g.host_capability_id = k.id
  JOIN host_machine_types AS t ON t.host_guest_id = g.id
UNION ALL
-- Those of one kind of VM alone, each once.
SELECT h.name, g.arch, t.name, t.canonical, t.max_cpus, CASE t.deprecated WHEN 'yes' THEN 1 ELSE 0 END
FROM hosts AS h JOIN host_capabilities AS k ON k.host_id = h.id JOIN host_guests AS g ON g.host_capability_id = k.id
  JOIN host_guest_domains AS d ON d.host_guest_id = g.id JOIN host_guest_domain_machines AS t ON t.host_guest_domain_id = d.id
WHERE NOT EXISTS (SELECT 1 FROM host_machine_types AS o WHERE o.host_guest_id = g.id AND o.name = t.name)
  AND NOT EXISTS (
    SELECT 1 FROM host_guest_domains AS e JOIN host_guest_domain_machines AS o ON o.host_guest_domain_id = e.id
    WHERE e.host_guest_id = g.id AND o.name = t.name AND e.domain_type < d.domain_type);
