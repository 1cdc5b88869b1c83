-- Each virtual machine, for the part of the page that has everything about it.
WITH cells AS (SELECT host, cell, count(*) AS n FROM host_processors GROUP BY host, cell)
SELECT v.uuid AS key, v.name, v.host, v.title, m.description, v.state, v.state = 'running' AS is_running, :vm IS NOT NULL AS is_open,
  (SELECT s.reason FROM vm_states AS s JOIN hosts AS h ON h.id = s.host_id WHERE s.vm_uuid = v.uuid AND h.name = v.host) AS reason,
  v.vcpus || CASE v.vcpus WHEN 1 THEN ' vCPU, ' ELSE ' vCPUs, ' END
    || @SIZE(v.memory_mib)@ AS sizes,
  v.source || ', ' || lower(v.sync_status) AS definition,
  CASE v.sync_status WHEN 'DRIFTED' THEN 'warning' WHEN 'SYNCED' THEN 'ok' ELSE 'notice' END AS definition_class,
  coalesce(v.vcpus || ' ', '') || coalesce(c.mode || coalesce(' ' || c.model, ''), '') AS cpus_words,
  @SIZE(v.memory_mib)@ || CASE WHEN m.current_memory_bytes < m.memory_bytes THEN ', of which the balloon leaves ' || (SELECT @SIZE(b.mib)@ FROM (SELECT m.current_memory_bytes / 1048576 AS mib) AS b) ELSE '' END AS memory_words,
  (SELECT group_concat(a.value, ' ') FROM (SELECT q.value FROM qemu_arguments AS q WHERE q.vm_uuid = v.uuid ORDER BY q.position) AS a) AS arguments,
  v.machine, upper(v.firmware) || CASE v.secure_boot WHEN 1 THEN ' with secure boot' ELSE '' END AS firmware,
  CASE v.persistent WHEN 0 THEN 'transient: gone when it stops' ELSE CASE v.autostart WHEN 1 THEN 'with the host' WHEN 0 THEN 'by hand' ELSE 'not known' END END AS start,
  v.last_seen,
  (SELECT max(n + 1) / 32 * 28 + 60 FROM cells AS c WHERE c.host = v.host) AS cells_height,
  coalesce((SELECT group_concat(kind || coalesce(' ' || vcpu, '') || ': CPU ' || list, '; ') FROM (
    SELECT kind, vcpu, group_concat(cpu, ' ') AS list FROM (SELECT kind, vcpu, cpu FROM vm_cpu_pins WHERE vm_uuid = v.uuid ORDER BY kind, vcpu, cpu)
    GROUP BY kind, vcpu)), 'not pinned') AS pins_words,
  CASE WHEN :full THEN v.uuid END AS xml_of
FROM vms AS v JOIN virtual_machines AS m ON m.uuid = v.uuid LEFT JOIN cpus AS c ON c.vm_uuid = v.uuid
WHERE v.state <> 'undefined' AND @SHOWN(v.host, v.uuid)@
ORDER BY v.host, v.name
