#include "core/store/store_error.h"

#include <gtest/gtest.h>

#include "core/base/database.h"
#include "core/rows/row_error.h"

namespace virtsql {
namespace {

TEST(ErrorsOfTheRows, AreThoseThatAnotherTryWouldMeetAgain) {
  EXPECT_TRUE(is_of_the_rows(RowError("disks", 1, "path", "", "why")));
  EXPECT_TRUE(is_of_the_rows(DatabaseError(SQLITE_CONSTRAINT_UNIQUE, "")));
  EXPECT_TRUE(is_of_the_rows(DatabaseError(SQLITE_ERROR, "")));
  for (const int code : {SQLITE_BUSY, SQLITE_NOMEM, SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_CORRUPT})
    EXPECT_FALSE(is_of_the_rows(DatabaseError(code, ""))) << code;
}

}  // namespace
}  // namespace virtsql
