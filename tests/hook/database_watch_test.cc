#include "hook/fleet/database_watch.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/core/temporary_folder.h"

namespace virtsql {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kNow(0);

void write(const std::string& path) { std::ofstream(path) << "written"; }

// A folder with a database, and a watch of it.
struct Watched {
  Watched() {
    std::filesystem::create_directory(folder);
    write(database);
    watch = std::make_unique<DatabaseWatch>(database);
  }
  test::TemporaryFolder top;
  std::string folder = top / "folder";
  std::string database = folder + "/virtsql.db";
  std::unique_ptr<DatabaseWatch> watch;
};

TEST(DatabaseWatch, SeesWritesToTheDatabaseAndItsWal) {
  const Watched watched;
  EXPECT_FALSE(watched.watch->wait(kNow));
  for (const char* suffix : {"", "-wal"}) {
    write(watched.database + suffix);
    EXPECT_TRUE(watched.watch->wait(kNow)) << suffix;
    while (watched.watch->wait(kNow)) continue;
  }
  write(watched.database + "-shm");
  write(watched.folder + "/other");
  EXPECT_FALSE(watched.watch->wait(kNow));
  EXPECT_FALSE(watched.watch->is_gone());
}

TEST(DatabaseWatch, IsGoneWithItsFolder) {
  const Watched moved;
  std::filesystem::rename(moved.folder, moved.folder + ".old");
  EXPECT_TRUE(moved.watch->wait(kNow));
  EXPECT_TRUE(moved.watch->is_gone());
  EXPECT_FALSE(moved.watch->wait(kNow)) << "it says so once";

  const Watched removed;
  std::filesystem::remove_all(removed.folder);
  EXPECT_TRUE(removed.watch->wait(kNow));
  EXPECT_TRUE(removed.watch->is_gone());
}

TEST(DatabaseWatch, NeedsAFolder) { EXPECT_THROW(DatabaseWatch("/nowhere/virtsql.db"), std::runtime_error); }

}  // namespace
}  // namespace virtsql
