// The UPDATE statements of one table. Each updates one row.
//
// Only the columns that change are set, so that triggers and indexes on other columns have no work. Mostly the same few
// columns change (a layout, a position, an image), so the statements for the first kMost sets of columns are kept:
// SQLite takes longer to prepare a statement of a wide table than to run it. Statements for other sets are prepared
// each time, so that the memory for statements has a bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/database.h"

namespace virtsql {

class UpdateSql {
 public:
  static constexpr std::size_t kMost = 16;

  UpdateSql() = default;
  explicit UpdateSql(std::string_view table);

  // Runs UPDATE table SET `assignments` WHERE id = `id`. `assignments` is SQL text with a ? for each value, and always
  // the same text for the same set of columns. `bind` binds all values, from parameter 1 on. Throws DatabaseError.
  void run(Database& database, const std::string& assignments, std::int64_t id,
           const std::function<void(Statement&)>& bind);

  // How many statements are kept.
  std::size_t size() const { return kept_.size(); }

 private:
  std::string beginning_;                            // of the text, before the assignments
  std::unordered_map<std::string, CachedSql> kept_;  // by their assignments
};

}  // namespace virtsql
