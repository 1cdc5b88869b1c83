#include "hook/waiting.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/hook/spool_folder.h"

namespace virtsql {
namespace {

using Names = std::vector<std::string>;

TEST(WaitingTest, ARecordThatIsLeftStaysInTheSpoolAndIsNotListedAgain) {
  const test::SpoolFolder spool;
  for (int id = 1; id <= 3; ++id) spool.write(id);
  Waiting waiting(spool.folder());
  const Names names = waiting.list();
  ASSERT_EQ(names.size(), 3U);
  waiting.leave(names[1], "no memory");
  EXPECT_EQ(waiting.list(), (Names{names[0], names[2]}));
  EXPECT_EQ(waiting.left(), 1U);
  waiting.leave(names[2], "no file");
  EXPECT_EQ(waiting.why_left(), "no memory");
  EXPECT_EQ(waiting.aside(), 0U);
  EXPECT_EQ(Waiting(spool.folder()).list(), names);
}

TEST(WaitingTest, ARecordThatIsSetAsideIsKeptWithItsReason) {
  const test::SpoolFolder spool;
  spool.write(1);
  Waiting waiting(spool.folder());
  const std::string name = waiting.list().front();
  waiting.set_aside(name, "no record");
  EXPECT_EQ(waiting.list(), Names{});
  EXPECT_EQ(waiting.left(), 0U);
  EXPECT_EQ(waiting.aside(), 1U);
  std::string reason;
  std::getline(std::ifstream(spool.path("bad/" + name + ".reason")), reason);
  EXPECT_EQ(reason, "no record");
  EXPECT_TRUE(std::filesystem::exists(spool.path("bad/" + name)));
}

TEST(WaitingTest, OneThatCannotBeSetAsideIsLeft) {
  const test::SpoolFolder spool;
  spool.write(1);
  std::ofstream(spool.path("bad")) << "no folder";
  Waiting waiting(spool.folder());
  const std::string name = waiting.list().front();
  waiting.set_aside(name, "no record");
  EXPECT_EQ(waiting.list(), Names{});
  EXPECT_EQ(waiting.left(), 1U);
  EXPECT_EQ(waiting.aside(), 0U);
  EXPECT_EQ(Waiting(spool.folder()).list(), Names{name});
}

}  // namespace
}  // namespace virtsql
