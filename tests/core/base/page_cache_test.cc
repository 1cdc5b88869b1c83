#include <gtest/gtest.h>

#include "core/base/database.h"

namespace virtsql {
namespace {

TEST(PageCache, IsEnlargedUnlessSomebodyChose) {
  const Connection connection(":memory:", SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
  Database database(connection.handle());
  const std::int64_t before = database.query_int("PRAGMA cache_size");
  enlarge_page_cache(database);
  const std::int64_t after = database.query_int("PRAGMA cache_size");
  EXPECT_LT(after, before);  // both are negative, by which SQLite means KiB: the cache is larger now
  database.execute("PRAGMA cache_size = 50");
  enlarge_page_cache(database);
  EXPECT_EQ(database.query_int("PRAGMA cache_size"), 50);
}

TEST(PageCache, IsLargeWhereADocumentIsWrittenInATransaction) {
  const Connection connection(":memory:", SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
  Database database(connection.handle());
  const std::int64_t before = database.query_int("PRAGMA cache_size");
  database.execute("CREATE TABLE t (x); BEGIN");
  { Savepoint(database).release(); }
  database.execute("COMMIT");
  EXPECT_LT(database.query_int("PRAGMA cache_size"), before);
}

}  // namespace
}  // namespace virtsql
