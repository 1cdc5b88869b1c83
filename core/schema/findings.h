// The findings: each rule is a file of sql/findings/ that begins with comments: `-- SEVERITY: what it finds`, then why
// that is bad, then what to do.
//
// Tested by tests/core/schema/findings_test.cc and tests/findings.
#pragma once

#include <string>
#include <vector>

namespace virtsql {

struct Finding {
  std::string name;      // its file's name: duplicate_mac
  std::string severity;  // error, warning, notice
  std::string doc;       // what it finds, why that is bad, what to do
  std::string sql;       // SELECT host_id, vm_uuid, detail, and what the report asks of it ...
};

// Returns the rules, sorted by name.
const std::vector<Finding>& findings();

// Returns the SELECTs of all rules, with UNION ALL between them: severity, rule, host_id, vm_uuid, detail.
std::string findings_sql();

}  // namespace virtsql
