#include "core/store/database_copy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "tests/core/temporary_folder.h"

namespace virtsql {
namespace {

class DatabaseCopyTest : public testing::Test {
 protected:
  DatabaseCopyTest() { database_.execute("CREATE TABLE t (a); INSERT INTO t VALUES (5)"); }
  // Returns the names of all other files in the database's folder, sorted.
  std::vector<std::string> others() const {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
      if (entry.path() != path_) out.push_back(entry.path().filename().string());
    std::sort(out.begin(), out.end());
    return out;
  }

  test::TemporaryFolder folder_;
  const std::string path_ = folder_ / "test.db";
  Connection connection_{path_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, kPatienceMilliseconds};
  Database database_{connection_.handle()};
};

TEST_F(DatabaseCopyTest, IsTakenBackUnlessItIsKept) {
  {
    const DatabaseCopy copy(database_, path_);
    EXPECT_EQ(others().size(), 1U);
  }
  EXPECT_TRUE(others().empty());
}

TEST_F(DatabaseCopyTest, IsWholeAndForTheSamePeople) {
  using std::filesystem::perms;
  std::filesystem::permissions(path_, perms::owner_read | perms::owner_write | perms::group_read);
  DatabaseCopy(database_, path_).keep();
  ASSERT_EQ(others().size(), 1U);
  const std::string copied = folder_ / others()[0];
  EXPECT_TRUE(others()[0].starts_with("test.db.") && others()[0].ends_with(".bak")) << copied;
  EXPECT_EQ(std::filesystem::status(copied).permissions(), std::filesystem::status(path_).permissions());
  const Connection connection(copied, SQLITE_OPEN_READONLY, kPatienceMilliseconds);
  EXPECT_EQ(Database(connection.handle()).query_int("SELECT a FROM t"), 5);
}

TEST_F(DatabaseCopyTest, LeavesTheTwoNewestAndWhatIsNoCopy) {
  const std::vector<std::string> kept = {"other.db.20200101T000000-000001.bak", "test.db.bak", "test.db.mine.bak"};
  for (const std::string& name : kept) std::ofstream(folder_ / name).put('x');
  const std::string old = "test.db.20200101T000000-000001.bak";
  std::ofstream(folder_ / old).put('x');
  DatabaseCopy(database_, path_).keep();
  std::vector<std::string> now = others();
  EXPECT_EQ(now.size(), kept.size() + 2);
  EXPECT_TRUE(std::filesystem::exists(folder_ / old));  // still one of the two newest copies, which are kept
  DatabaseCopy(database_, path_).keep();
  EXPECT_EQ(others().size(), kept.size() + 2);
  EXPECT_FALSE(std::filesystem::exists(folder_ / old));
  for (const std::string& name : kept) EXPECT_TRUE(std::filesystem::exists(folder_ / name)) << name;
}

TEST_F(DatabaseCopyTest, RemovesWhatKilledProcessesLeft) {
  for (const char* name : {"test.db.unfinished-aB3xY9", "test.db.unfinished-aB3xY9-journal",
                           "test.db.unfinished-000000-wal", "test.db.unfinished-000000-shm"})
    std::ofstream(folder_ / name).put('x');
  // Backups of people, and what is another database's.
  const std::vector<std::string> kept = {"a-test.db.unfinished-aB3xY9", "test.db.bak-before",
                                         "test.db.unfinished-by-me", "test.db2.unfinished-aB3xY9"};
  for (const std::string& name : kept) std::ofstream(folder_ / name).put('x');
  { const DatabaseCopy copy(database_, path_); }
  EXPECT_EQ(others(), kept);
}

TEST_F(DatabaseCopyTest, OfOneSecondAreNumbered) {
  for (const char* name : {"test.db.20200101T000000-2.bak", "test.db.20200101T000000-10.bak"})
    std::ofstream(folder_ / name).put('x');
  DatabaseCopy(database_, path_).keep();
  EXPECT_FALSE(std::filesystem::exists(folder_ / "test.db.20200101T000000-2.bak"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "test.db.20200101T000000-10.bak"));
}

TEST_F(DatabaseCopyTest, LeavesNothingIfItCannotBeMade) {
  EXPECT_THROW(DatabaseCopy(database_, folder_ / "none/test.db"), std::runtime_error);
  database_.execute("BEGIN");  // VACUUM INTO fails inside a transaction
  EXPECT_THROW(DatabaseCopy(database_, path_), DatabaseError);
  database_.execute("ROLLBACK");
  EXPECT_TRUE(others().empty());
}

}  // namespace
}  // namespace virtsql
