// The UPDATE statements of one table, each of one row.
//
// Only the columns that change are set, so that triggers and indexes of others have no work. What changes is mostly the
// same few columns (a layout, a position, an image), so the statements of the first kMost sets of columns are kept:
// SQLite takes longer to prepare one of a wide table than to run it. Others are prepared each time, so that the memory
// of statements has a bound.
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

  // Runs UPDATE table SET `assignments` WHERE id = `id`. `assignments` is SQL text with a ? for each value, which is
  // one for each set of columns; `bind` binds all of them, from parameter 1 on. Throws DatabaseError.
  void run(Database& database, const std::string& assignments, std::int64_t id,
           const std::function<void(Statement&)>& bind);

  // How many statements are kept.
  std::size_t size() const { return kept_.size(); }

 private:
  std::string beginning_;                            // of the text, before the assignments
  std::unordered_map<std::string, CachedSql> kept_;  // by their assignments
};

}  // namespace virtsql
