// The findings: each rule a file of sql/findings/, which begins with comments: `-- SEVERITY: what it finds`, why that
// is bad, what to do.
//
// Tested by tests/core/schema/everyday_test.cc and tests/findings.
#pragma once

#include <string>
#include <vector>

namespace virtsql {

struct Finding {
  std::string name;      // of its file: duplicate_mac
  std::string severity;  // error, warning, notice
  std::string doc;       // what it finds, why that is bad, what to do
  std::string sql;       // SELECT host_id, vm_uuid, detail ...
};

// The rules, by name.
const std::vector<Finding>& findings();

// One SELECT for each rule, with UNION ALL: severity, rule, host_id, vm_uuid, detail.
std::string findings_sql();

}  // namespace virtsql
