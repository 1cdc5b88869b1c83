-- History is never edited, in any tool.
SELECT virtsql_init() > 0;
--> 1
SELECT domain_import(readfile('@DOCUMENTS@/web.xml'), 'host') IS NOT NULL;
--> 1
UPDATE captures SET operation = 'x';
--> Runtime error: history is never edited: captures takes no UPDATE (19)
DELETE FROM captures;
--> Runtime error: history is never edited: captures takes no DELETE (19)
INSERT OR REPLACE INTO captures (id, kind) SELECT id, 'other' FROM captures;
--> Runtime error: history is never edited: captures has a row with this id or seq (19)
REPLACE INTO captures (id, seq, kind) SELECT 5, seq, 'other' FROM captures;
--> Runtime error: history is never edited: captures has a row with this id or seq (19)
UPDATE documents SET content = x'';
--> Runtime error: history is never edited: documents takes no UPDATE (19)
DELETE FROM documents;
--> Runtime error: history is never edited: documents takes no DELETE (19)
INSERT OR REPLACE INTO documents SELECT * FROM documents;
--> Runtime error: history is never edited: documents has this document (19)
-- What is new is taken.
SELECT domain_import(replace(readfile('@DOCUMENTS@/web.xml'), 'cache=''none''', 'cache=''writeback'''), 'host') IS NOT NULL;
--> 1
SELECT count(*), group_concat(seq) FROM captures;
--> 2|1,2
