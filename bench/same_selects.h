// The SELECTs that some work ran, to be run again bare: what any program would have to read at least.
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
  // Watches a connection: statements that run on it are noted until take().
  explicit SameSelects(Database& database);
  // Prepares them.
  void take();
  // Runs all, one after the other, and touches every column in the type that it is stored in. How many columns had a
  // value.
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
