-- What happened, in the order of time: one row for everything that was captured.
-- Write: none; history is never edited
CREATE VIEW events (
  captured_at,    -- text: When, in UTC.
  host,           -- text: Name of the host.
  vm_name,        -- text: Name of the VM now; of something else, its name then.
  vm_uuid,        -- text: UUID of the VM; NULL: it is about something else.
  kind,           -- text: What it is about: domain, domainsnapshot, network, pool, volume, ...
  operation,      -- text: prepare, start, stopped, define, undefine, import, ...
  sub_operation,  -- text: begin, end, ...
  config,         -- text: persistent: a definition; live: of the running VM.
  source,         -- text: Who reported it: hook, event, sync, import.
  exact,          -- integer: 1: the rows give the captured root element, to the byte; 0: they do not; NULL: no rows could be made.
  error,          -- text: Why there are no rows.
  capture_id      -- integer: captures.id, for captured_xml(capture_id).
) AS
SELECT c.captured_at, h.name, coalesce(v.name, c.name), c.vm_uuid, c.kind, c.operation, c.sub_operation, c.config, c.source, c.exact,
  c.error, c.id
FROM captures AS c LEFT JOIN virtual_machines AS v ON v.uuid = c.vm_uuid LEFT JOIN hosts AS h ON h.id = c.host_id;
