// Notes the SELECTs that some work runs, and runs them again without anything else. This is the least that any program
// would have to read for the same work.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/database.h"

namespace virtsql::bench {

class SameSelects {
 public:
  // Watches the connection: notes the statements that run on it until take().
  explicit SameSelects(Database& database);
  // Stops watching and prepares the noted statements with their parameters.
  void take();
  // Runs all statements, one after the other, and reads every column in the type that it is stored in. Returns a sum
  // over the columns read, so that no compiler can leave the reading out.
  std::size_t run() const;
  std::size_t size() const { return selects_.size(); }

 private:
  using Value = std::variant<std::monostate, std::int64_t, std::string>;
  struct Select {
    sqlite3_stmt* statement;
    std::vector<Value> parameters;
  };

  Database& database_;
  std::vector<std::pair<std::string, std::string>> noted_;  // SQL, and SQL with the values in place of its parameters
  std::vector<Select> selects_;
};

}  // namespace virtsql::bench
