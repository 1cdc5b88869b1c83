#include "hook/retention.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "core/store/writer.h"

namespace virtsql {
namespace {

class RetentionTest : public testing::Test {
 protected:
  RetentionTest() {
    config_.database = testing::TempDir() + "retention_" + std::to_string(getpid()) + ".db";
    config_.retain_days = 180;
    const std::int64_t now =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    Writer writer(config_.database, 1000);
    Transaction transaction(writer.database());
    for (int i = 0; i < 2000; ++i) {
      Capture capture;
      capture.id = now - INT64_C(400) * 86400 * 1000000 + i;
      capture.host = "alpha";
      capture.driver = "qemu";
      capture.operation = "define";
      capture.config = "persistent";
      capture.source = "event";
      capture.xml = "<domain type='kvm'>\n  <name>web</name>\n  <title>" + std::to_string(i) + "</title>\n</domain>\n";
      writer.store().capture(capture);
    }
    transaction.commit();
  }
  ~RetentionTest() override {
    for (const char* suffix : {"", "-wal", "-shm", ".lock"}) std::remove((config_.database + suffix).c_str());
  }

  std::int64_t captures() {
    Connection connection(config_.database, SQLITE_OPEN_READONLY, kPatienceMilliseconds);
    return Database(connection.handle()).query_int("SELECT count(*) FROM captures");
  }

  Config config_;
};

TEST_F(RetentionTest, RemovesALittleAtATimeUntilNothingIsLeft) {
  std::size_t removed = 0;
  int times = 0;
  for (bool more = true; more && times < 1000; ++times) {
    const Retained done = retain(config_, std::chrono::milliseconds(1));
    EXPECT_EQ(done.problem, "");
    removed += done.captures;
    more = done.more;
    EXPECT_EQ(captures(), 2000 - static_cast<std::int64_t>(removed));
  }
  EXPECT_EQ(removed, 1999U);
  EXPECT_GT(times, 1);
  EXPECT_FALSE(retain(config_, std::chrono::milliseconds(1)).more);
}

TEST_F(RetentionTest, LeavesItForLaterIfSomebodyWrites) {
  const int lock = open(config_.lock_path().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(flock(lock, LOCK_EX), 0);
  const Retained done = retain(config_, std::chrono::milliseconds(1));
  close(lock);
  EXPECT_TRUE(done.more);
  EXPECT_EQ(done.captures, 0U);
  EXPECT_EQ(captures(), 2000);
}

TEST(RetainKey, IsAnAgeInTheConfiguration) {
  const std::string path = testing::TempDir() + "retain_" + std::to_string(getpid()) + ".conf";
  const auto read = [&](const std::string& line) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    std::fputs(line.c_str(), file);
    std::fclose(file);
    return read_config(path);
  };
  EXPECT_EQ(read("").retain_days, std::nullopt);
  EXPECT_EQ(read("retain = 180d\n").retain_days, 180);
  EXPECT_EQ(read("retain = 90 days\n").retain_days, 90);
  for (const char* line : {"retain = 0\n", "retain = soon\n"}) {
    const Config config = read(line);
    EXPECT_EQ(config.retain_days, std::nullopt);
    EXPECT_EQ(config.problems.size(), 1U) << line;
  }
  std::remove(path.c_str());
}

}  // namespace
}  // namespace virtsql
