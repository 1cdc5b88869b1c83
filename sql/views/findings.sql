-- What is wrong or risky: the audits, each rule one file in sql/findings/.
-- Write: none; mend what the detail names
CREATE VIEW findings (
  host,      -- text: Name of the host.
  vm_name,   -- text: Name of the VM; NULL: it is about the host.
  vm_uuid,   -- text: UUID of the VM.
  severity,  -- text: error, warning or notice.
  rule,      -- text: The rule's name: SELECT doc FROM virtsql_catalog WHERE table_name = 'findings' AND column_name = rule.
  detail     -- text: What was found.
) AS
SELECT h.name, f.vm_name, f.vm_uuid, f.severity, f.rule, f.detail
FROM (@FINDINGS@) AS f LEFT JOIN hosts AS h ON h.id = f.host_id;
