// Translates the SQL of a host's database into SQL for the fleet's store, so that one text serves both.
//
// Everyday views, findings and recipes are written once, in SQLite's dialect, for one database. In the store an id is
// unique only together with its source. The translation is mechanical:
//
//   a.disk_id = d.id              (a.source_id, a.disk_id) = (d.source_id, d.id); likewise for each pair of ids (also
//                                 a.id < b.id), for IN (SELECT ...), GROUP BY, PARTITION BY and count(DISTINCT ...)
//   SELECT v.uuid, ... FROM v     SELECT v.source_id, v.uuid, ...: in a view, and in a subquery or part of a WITH that
//                                 gives an id
//   v.uuid of virtual_machines    v.vm_uuid
//   virtual_machines              current_virtual_machines, but only in the views vms and defined_vms. In these two,
//                                 and in the views that read them, a VM that two hosts claim appears once
//   c.captured_at of captures     utc(c.captured_at): the same text as in SQLite; also of the functions domain_...()
//   a LIKE b, a IS b              a ILIKE b ESCAPE '', a IS NOT DISTINCT FROM b; in SQLite a backslash escapes nothing
//   sum(a)                        sum_of(a): whole numbers give a whole number, which / divides as SQLite does
//   group_concat(a, b)            string_agg(CAST(a AS text), b)
//   char(a)                       chr(a)
//   CAST(a AS INTEGER)            to_integer(a), which takes any text, as SQLite does
//   CAST(coalesce(a, b) AS TEXT)  coalesce(CAST(a AS TEXT), CAST(b AS TEXT)): in PostgreSQL both must be of one type
//   ORDER BY a, b DESC            ORDER BY a NULLS FIRST, b DESC NULLS LAST: where SQLite puts the NULLs
//   +a.host_id                    a.host_id: the plus only tells SQLite's planner not to use an index
//
// A comparison of other values (a MAC address with a MAC address) stays as it is, and so finds pairs across hosts.
// instr(), json_tree(), strftime() and other functions of SQLite exist in the store (sql/fleet/compatible.sql).
//
// Tested by tests/core/schema/fleet_query_test.cc; tests/fleet/answers_test.py tests that both databases then give the
// same rows.
#pragma once

#include <string>
#include <string_view>

#include "core/catalog/catalog.h"
#include "core/schema/sql_words.h"

namespace virtsql {

// Returns a query of a host's database, translated for the store, with `virtsql` in the search path. The result has no
// column source_id. Throws CatalogError, with a message for the query's author, if `sql` is no query (INSERT, CREATE,
// commands of the shell), if it calls a function that the store does not have, if an id that needs its source has no
// qualifier (write alias.vm_uuid), if it joins ids by USING or NATURAL, if it breaks off or has its clauses in a wrong
// order, or if another statement follows it.
std::string fleet_query(const Catalog& catalog, std::string_view sql);

// Returns SQL for the store that makes a function of the same name for each function that a host has and the store does
// not. It raises undefined_function and says what to use instead.
std::string functions_not_in_the_store();

// Returns a view's query, translated in the same way but with source_id as the first column of the result.
// `of_current_vms`: read current_virtual_machines instead of virtual_machines. Throws CatalogError as fleet_query()
// does.
std::string fleet_view_query(const Catalog& catalog, SqlSlice query, bool of_current_vms);

}  // namespace virtsql
