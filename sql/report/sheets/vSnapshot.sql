-- Each snapshot of each VM.
SELECT v.name AS "VM", s.name AS "Name", s.description AS "Description", strftime('%Y-%m-%d %H:%M:%S', s.creation_time, 'unixepoch') AS "Date / time", s.state AS "State",
  s.parent_name AS "Parent", s.active AS "Current", v.host AS "Host", v.uuid AS "VM UUID"
FROM vm_snapshots AS s JOIN vms AS v ON v.uuid = s.vm_uuid
WHERE v.state <> 'undefined'
ORDER BY v.host, v.name, s.creation_time
