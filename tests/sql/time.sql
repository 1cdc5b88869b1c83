-- What was when: domain_at() and domain_changes().
SELECT virtsql_init() > 0;
--> 1
CREATE TEMP TABLE doc AS SELECT readfile('@DOCUMENTS@/web.xml') AS web;
CREATE TEMP TABLE done AS SELECT domain_import(web, 'host') FROM doc;
-- Another moment for the next capture, also of a fast machine.
WITH RECURSIVE wait(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM wait WHERE n < 20000) SELECT count(*) > 0 FROM wait;
--> 1
INSERT INTO done SELECT domain_import(replace(web, 'cache=''none''', 'cache=''writeback'''), 'host') FROM doc;
SELECT c.seq, domain_at('web', c.id / 1e6) = captured_xml(c.id), domain_at('web', c.captured_at) = captured_xml(c.id) FROM captures AS c ORDER BY 1;
--> 1|1|1
--> 2|1|1
-- Seconds since 1970, and what datetime() takes.
SELECT domain_at('web', 0) IS NULL, domain_at('web', '2001-01-01') IS NULL, domain_at('web', 32503680000) = domain_at('web', '3000-01-01T00:00:00Z');
--> 1|1|1
SELECT domain_at('4DEA22B3-1d52-d8f3-2516-782e98ab3fa0', '3000-01-01') = domain_xml('web');
--> 1
SELECT domain_at('web', NULL) IS NULL, domain_at(NULL, 'now') IS NULL;
--> 1|1
SELECT domain_at('web', 'yesterday');
--> Runtime error: domain_at(): "yesterday" is no time; give what datetime() takes ('2026-05-01 12:00', 'now') or seconds since 1970
SELECT domain_at('nobody', 'now');
--> Runtime error: domain_at(): no VM "nobody"; names are in virtual_machines.name, UUIDs in virtual_machines.uuid
-- Times that recipes take: what datetime() takes, seconds since 1970, ages; also as texts, because a shell passes on nothing else.
SELECT virtsql_time('2026-03-02'), virtsql_time(1772409600), virtsql_time('1772409600'), virtsql_time(NULL) IS NULL;
--> 2026-03-02T00:00:00.000Z|2026-03-02T00:00:00.000Z|2026-03-02T00:00:00.000Z|1
SELECT count(DISTINCT round(julianday('now') - julianday(virtsql_time(value)))), round(julianday('now') - julianday(virtsql_time('0')), 2)
  FROM json_each('["7 days", "7d", "7", " 7 days "]');
--> 1|0.0
SELECT virtsql_time('2026-3-2');
--> Runtime error: virtsql_time(): "2026-3-2" is no time; give what datetime() takes ('2026-05-01 12:00', 'now') or seconds since 1970, or an age: 7 days, 7d or 7
SELECT virtsql_time('99999999999999999999');
--> Runtime error: virtsql_time(): "99999999999999999999" is no time; give what datetime() takes ('2026-05-01 12:00', 'now') or seconds since 1970, or an age: 7 days, 7d or 7
SELECT virtsql_time('-7 days');
--> Runtime error: virtsql_time(): "-7 days" is no time; give what datetime() takes ('2026-05-01 12:00', 'now') or seconds since 1970, or an age: 7 days, 7d or 7
-- What changed.
SELECT captured_at = (SELECT captured_at FROM captures WHERE seq = 2), capture_id = (SELECT id FROM captures WHERE seq = 2), change, device, key, path, old, new FROM domain_changes('web');
--> 1|1|changed|disk|vda|/domain/devices/disk/driver/@cache|none|writeback
SELECT count(*) FROM domain_changes('web', (SELECT captured_at FROM captures WHERE seq = 2));
--> 1
SELECT count(*) FROM domain_changes('web', '3000-01-01');
--> 0
SELECT count(*) FROM domain_changes('web', NULL);
--> 0
SELECT count(*) FROM domain_changes(NULL);
--> 0
-- Several in one capture, with each its own row; of all VMs.
INSERT INTO done SELECT domain_import(replace(replace(web, '<vcpu', '<title>shop</title>
  <vcpu'), 'cache=''none''', 'cache=''unsafe'''), 'host') FROM doc;
SELECT v.name, c.change, c.path, c.old, trim(c.new, char(10)) FROM virtual_machines AS v JOIN domain_changes(v.uuid) AS c;
--> web|changed|/domain/devices/disk/driver/@cache|none|writeback
--> web|added|/domain/title||<title>shop</title>
--> web|changed|/domain/devices/disk/driver/@cache|writeback|unsafe
SELECT * FROM domain_changes;
--> Runtime error: domain_changes() needs vm: domain_changes('web', '2026-05-01')
SELECT * FROM domain_changes('web', 'x');
--> Runtime error: domain_changes(): "x" is no time; give what datetime() takes ('2026-05-01 12:00', 'now') or seconds since 1970
-- The history stays when the VM goes.
DELETE FROM virtual_machines;
SELECT count(*), domain_at('4dea22b3-1d52-d8f3-2516-782e98ab3fa0', 'now') IS NOT NULL FROM domain_changes('4dea22b3-1d52-d8f3-2516-782e98ab3fa0');
--> 3|1
-- What was captured is known by now, although SQLite's clock is cut to milliseconds.
CREATE TEMP TABLE seen (yes);
.once $SCRATCH/now.sql
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
SELECT format('INSERT INTO done SELECT domain_import(replace(web, ''<memory'', ''<title>t%d</title><memory''), ''host'') FROM doc;'
  || char(10) || 'INSERT INTO seen SELECT instr(domain_at(''web'', ''now''), ''<title>t%d</title>'') > 0;', i, i) FROM n;
.read $SCRATCH/now.sql
SELECT count(*), sum(yes) FROM seen;
--> 100|100
