#include "core/store/store_error.h"

#include "core/base/database.h"

namespace virtsql {

bool is_of_the_rows(const std::runtime_error& error) {
  const auto* of_sqlite = dynamic_cast<const DatabaseError*>(&error);
  return !of_sqlite || is_refusal(of_sqlite->code);
}

}  // namespace virtsql
