// The SQL of a host's database as the fleet's store says it: one text for both.
//
// Everyday views, findings and recipes are written once, in SQLite's words, for one database. In the store an id is one
// of a source. The difference is mechanical, and made here:
//
//   a.disk_id = d.id              (a.source_id, a.disk_id) = (d.source_id, d.id); so for each pair of ids, for
//                                 IN (SELECT ...), GROUP BY, PARTITION BY and count(DISTINCT ...)
//   SELECT v.uuid, ... FROM v     of a view, and of a part of a query that others join: SELECT v.source_id, v.uuid, ...
//   v.uuid of virtual_machines    v.vm_uuid
//   virtual_machines              in vms and defined_vms, through which all else comes to the VMs that there are:
//                                 current_virtual_machines, so that a VM that two hosts claim is there once
//   c.captured_at of captures     utc(c.captured_at): the text that SQLite has
//   a LIKE b, a IS b              a ILIKE b, a IS NOT DISTINCT FROM b
//   group_concat(a, b)            string_agg(CAST(a AS text), b)
//   char(a)                       chr(a)
//   CAST(a AS INTEGER)            to_integer(a), which takes any text, as SQLite does
//   CAST(coalesce(a, b) AS TEXT)  coalesce(CAST(a AS TEXT), CAST(b AS TEXT)): in PostgreSQL both must be of one type
//   ORDER BY a, b DESC            ORDER BY a NULLS FIRST, b DESC NULLS LAST: where SQLite has them
//   +a.host_id                    a.host_id: the sign tells SQLite's planner something
//
// What compares other values (a MAC address with a MAC address) stays as it is, and so finds pairs across hosts.
// instr(), json_tree(), strftime() and the like are functions of the store (sql/fleet/compatible.sql).
//
// Tested by tests/core/schema/fleet_query_test.cc; that both databases then give the same rows, by
// tests/fleet/answers_test.py.
#pragma once

#include <string>
#include <string_view>

#include "core/catalog/catalog.h"
#include "core/schema/sql_words.h"

namespace virtsql {

// A query of a host's database as the store takes it, with `virtsql` in the search path. Its result has no source.
// Throws CatalogError, in words for whoever wrote it, for what is no query (INSERT, CREATE, commands of the shell), for
// functions of the extension that the store has not, and for an id that does not say whose it is (write alias.vm_uuid).
std::string fleet_query(const Catalog& catalog, std::string_view sql);

// The same of a view's query, whose result has the source as the first column. `of_current_vms`: virtual_machines is
// the VMs that there are.
std::string fleet_view_query(const Catalog& catalog, SqlSlice query, bool of_current_vms);

}  // namespace virtsql
