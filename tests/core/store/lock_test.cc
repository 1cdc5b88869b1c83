#include "core/store/lock.h"

#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "tests/core/temporary_folder.h"

namespace virtsql {
namespace {

// flock() locks belong to an open file, so a second FileLock of this process is refused as another process's is.
class LockTest : public testing::Test {
 protected:
  test::TemporaryFolder folder_;
  const std::string path_ = folder_ / "virtsql.db.lock";
};

TEST_F(LockTest, OneHoldsItAtATime) {
  auto first = std::make_unique<FileLock>(path_, Wait::kNo);
  EXPECT_TRUE(first->held());
  EXPECT_FALSE(FileLock(path_, Wait::kNo).held());
  first.reset();
  EXPECT_TRUE(FileLock(path_, Wait::kNo).held());
}

TEST_F(LockTest, TheFileIsMadeForItsOwnerAloneAndStays) {
  { const FileLock lock(path_, Wait::kYes); }
  struct stat status {};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0077U, 0U);
}

TEST_F(LockTest, WaitsUntilItIsReleased) {
  auto first = std::make_unique<FileLock>(path_, Wait::kNo);
  std::atomic<bool> released = false;
  std::atomic<bool> held_while_it_was_not_released = false;
  std::thread other([&] {
    const FileLock lock(path_, Wait::kYes);
    held_while_it_was_not_released = !lock.held() || !released;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  released = true;
  first.reset();
  other.join();
  EXPECT_FALSE(held_while_it_was_not_released);
}

TEST_F(LockTest, AFileThatCannotBeOpenedIsNamed) {
  const std::string path = folder_ / "absent/virtsql.db.lock";
  try {
    const FileLock lock(path, Wait::kNo);
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(error.what(), path + ": No such file or directory");
  }
}

}  // namespace
}  // namespace virtsql
