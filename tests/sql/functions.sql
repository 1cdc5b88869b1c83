-- Every function and module of the extension, with its flags: pure ones may stand in views and indexes, those that read
-- or write may not.
.load @VIRTSQL_EXTENSION@
CREATE TABLE expected (name, narg, pure);
INSERT INTO expected VALUES ('virtsql_version', 0, 1), ('virtsql_init', 0, 0), ('virtsql_schema', 0, 1), ('domain_import', 1, 0),
  ('domain_import', 2, 0), ('domain_xml', 1, 0), ('domain_xml', 2, 0), ('try_domain_xml', 1, 0), ('try_domain_xml', 2, 0), ('device_xml', 2, 0), ('domain_accept', 1, 0),
  ('domain_at', 2, 0), ('captured_xml', 1, 0), ('virtsql_time', 1, 0), ('virtumancer_import', 1, 0), ('virtsql_redact', 0, 0), ('virtsql_prune', 1, 0), ('virtsql_prune', 2, 0), ('virtsql_report', 0, 0), ('virtsql_report', 1, 0), ('domain_clone', 2, 0), ('domain_validate', 1, 0), ('xml_json', 1, 1), ('json_xml', 1, 1);
INSERT INTO expected SELECT e.value || f.name, f.narg, 0
  FROM json_each('["network","networkport","pool","volume","snapshot","checkpoint","backup","nodedev","nwfilter","nwfilterbinding","interface","secret","capabilities","domaincaps"]') AS e,
       (SELECT column1 AS name, column2 AS narg FROM (VALUES ('_import', 1), ('_import', 2), ('_xml', 1), ('_xml', 2), ('_accept', 1))) AS f;
INSERT INTO expected SELECT 'try_' || name, narg, 0 FROM expected WHERE name GLOB '*_xml' AND name NOT IN ('domain_xml', 'try_domain_xml', 'device_xml', 'captured_xml', 'json_xml');
-- SQLITE_DETERMINISTIC 0x800, SQLITE_INNOCUOUS 0x200000, SQLITE_DIRECTONLY 0x80000
SELECT name, narg FROM pragma_function_list WHERE name GLOB '*domain*' OR name GLOB '*virtsql*' OR name GLOB '*_import' OR name GLOB '*xml*'
  EXCEPT SELECT name, narg FROM expected;
SELECT name, narg, pure FROM expected EXCEPT SELECT name, narg, (flags & 0x200800) = 0x200800 FROM pragma_function_list
  WHERE ((flags & 0x200800) = 0x200800) <> ((flags & 0x80000) = 0x80000);
-- One module <table>_in for each table of the domain's XML.
SELECT name FROM pragma_module_list WHERE name GLOB 'virtsql*' OR name GLOB 'xml*' OR name GLOB 'domain*' ORDER BY 1;
--> domain_changes
--> domain_diff
--> domain_drift
--> domain_history
--> virtsql_catalog
--> virtsql_help
--> virtsql_search
--> virtsql_tables
--> xml_leaves
-- Each is described, and what is described is there.
SELECT name FROM expected EXCEPT SELECT name FROM virtsql_help;
SELECT name FROM virtsql_help WHERE name NOT LIKE 'libvirt%' AND name <> '<table>_in' AND name <> 'virtumancer_import' EXCEPT SELECT name FROM expected
  EXCEPT SELECT name FROM pragma_module_list;
SELECT signature, gives, doc FROM virtsql_help WHERE name = 'virtsql_schema';
--> virtsql_schema()|text|The whole schema as SQL.
SELECT virtsql_schema() GLOB '*CREATE TABLE disk_attachments (*';
--> 1
CREATE VIEW evil AS SELECT domain_xml('web');
SELECT * FROM evil;
--> Parse error: unsafe use of domain_xml()
