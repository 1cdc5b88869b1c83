// The placeholders of the report's queries (sql/report/): SQL that several of them have, or that depends on the page.
//
//   @SHOWN(v.host, v.uuid)@   the condition that a row with this host and this VM belongs to the page
//   @SHOWN(c.host)@           the same for rows that belong to no VM: a page of one VM has none of them
//   @RANK(severity)@          a number by which the gravest findings come first
//   @SIZE(v.memory_mib)@      a size in MiB, as people write it
//   @FINDING(missing_volume)@ the query of a finding, with the columns that only it has
//   @RECIPE(orphan_volumes)@  the query of a recipe that core/schema/CMakeLists.txt builds in
//
// SQLite plans a query before it knows the parameters. With (:vm IS NULL OR v.uuid = :vm) it would read every VM to
// find a single one, so @SHOWN(...)@ becomes the condition of the page that is being made.
//
// Tested by tests/core/schema/report_query_test.cc.
#pragma once

#include <string>
#include <string_view>

namespace virtsql {

// Which rows a page shows: those of all VMs, of one host, or of one VM.
struct ReportScope {
  bool host = false;  // only rows of the host :host
  bool vm = false;    // only rows of the VM :vm, a UUID
};

// Returns the query with each placeholder replaced. Throws std::invalid_argument if an @ is left that begins none of
// them, as the query would then be another one.
std::string report_query(std::string_view query, ReportScope scope);

}  // namespace virtsql
