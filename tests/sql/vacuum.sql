-- A copy by VACUUM INTO: it works for whoever may only read, and the copy says what the database says.
SELECT virtsql_init() > 0;
--> 1
SELECT count(domain_import(readfile('@DOCUMENTS@/' || value || '.xml'), 'host')) FROM json_each('["web","db","test","live"]');
--> 4
.shell sqlite3 -readonly $SCRATCH/test.db "VACUUM INTO '$SCRATCH/copy.db'" && echo copied
--> copied
ATTACH '$SCRATCH/copy.db' AS copy;
SELECT count(*) > 500 FROM copy.sqlite_master;
--> 1
SELECT count(*) FROM (SELECT sql FROM main.sqlite_master WHERE sql IS NOT NULL EXCEPT SELECT sql FROM copy.sqlite_master);
--> 0
SELECT (SELECT count(*) FROM copy.disk_attachments) > 3, (SELECT count(*) FROM copy.captures);
--> 1|4
SELECT captured_at = (SELECT captured_at FROM main.captures WHERE seq = 1) FROM copy.captures WHERE seq = 1;
--> 1
SELECT count(*) FROM (SELECT * FROM main.virtual_machines EXCEPT SELECT * FROM copy.virtual_machines);
--> 0
DETACH copy;
-- No table has what stops older SQLites: a CHECK and a generated column.
SELECT m.name FROM sqlite_master AS m WHERE m.type = 'table' AND instr(m.sql, 'CHECK (') > 0
  AND EXISTS (SELECT 1 FROM pragma_table_xinfo(m.name) WHERE hidden IN (2, 3));
-- The words that such tables take are guarded all the same.
UPDATE virtual_machines SET source = 'nobody';
--> Runtime error: virtual_machines.source is one of: imported, managed (19)
INSERT INTO storage_pools (name, sync_status) VALUES ('p', 'x');
--> Runtime error: storage_pools.sync_status is one of: UNKNOWN, SYNCED, DRIFTED (19)
UPDATE consoles SET element = 'screen';
--> Runtime error: consoles.element is one of: console, graphics (19)
INSERT INTO captures (id, config) VALUES (7, 'weird');
--> Runtime error: captures.config is persistent or live, captures.exact 0 or 1 (19)
UPDATE virtual_machines SET source = 'managed', sync_status = 'DRIFTED' WHERE name = 'web';
SELECT source, sync_status FROM virtual_machines WHERE name = 'web';
--> managed|DRIFTED
