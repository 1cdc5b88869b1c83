// A database in memory that has the schema and nothing else.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "core/store/store.h"

namespace virtsql::test {

// Returns a connection to a new such database; the caller closes it. Making the schema takes longer than most tests, so
// it is made once, and each caller gets a copy.
inline sqlite3* open_empty_database() {
  static const std::vector<unsigned char> image = [] {
    const Connection connection(":memory:", SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
    Database database(connection.handle());
    Store(database, Catalog::standard()).init();
    sqlite3_int64 size = 0;
    unsigned char* bytes = sqlite3_serialize(connection.handle(), "main", &size, 0);
    std::vector<unsigned char> out(bytes, bytes + size);
    sqlite3_free(bytes);
    database.forget_statements();
    return out;
  }();
  sqlite3* handle = nullptr;
  EXPECT_EQ(sqlite3_open(":memory:", &handle), SQLITE_OK);
  auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(image.size()));
  std::memcpy(copy, image.data(), image.size());
  const auto size = static_cast<sqlite3_int64>(image.size());
  EXPECT_EQ(sqlite3_deserialize(handle, "main", copy, size, size,
                                SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE),
            SQLITE_OK);
  return handle;
}

}  // namespace virtsql::test
