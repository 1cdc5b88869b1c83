-- virtsql_init() on files that are not quite new.
.shell sqlite3 $SCRATCH/page.db "PRAGMA journal_mode = WAL"
--> wal
.open $SCRATCH/page.db
.load @VIRTSQL_EXTENSION@
SELECT virtsql_init() > 0;
--> 1
PRAGMA auto_vacuum;
--> 2
PRAGMA journal_mode;
--> wal
SELECT domain_import(readfile('@DOCUMENTS@/web.xml'), 'host') IS NOT NULL;
--> 1
PRAGMA integrity_check;
--> ok
-- Texts in UTF-16 have other bytes, and then the views would refuse every write.
.open $SCRATCH/wide.db
.load @VIRTSQL_EXTENSION@
PRAGMA encoding = 'UTF-16le';
SELECT virtsql_init();
--> Runtime error: the database keeps texts as UTF-16le, and virtsql needs UTF-8; give it an empty file, without PRAGMA encoding
SELECT count(*) FROM sqlite_master;
--> 0
-- Who may only read changes no schema, neither by the connection of virtsql_init() nor by one of its own.
.shell sqlite3 $SCRATCH/empty.db "CREATE TABLE t (a); DROP TABLE t"
.open --readonly $SCRATCH/empty.db
.load @VIRTSQL_EXTENSION@
SELECT virtsql_init();
--> Runtime error: the database is open for reading only, so its schema stays as it is; open it for writing, then SELECT virtsql_init()
.open --readonly $SCRATCH/page.db
.load @VIRTSQL_EXTENSION@
SELECT virtsql_init() > 0;
--> 1
