#include "core/spool/folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/core/temporary_folder.h"

namespace virtsql {
namespace {

class FolderTest : public testing::Test {
 protected:
  std::string problem_with(unsigned mode) {
    EXPECT_EQ(chmod(path_.c_str(), mode), 0);
    return folder_problem(path_);
  }

  test::TemporaryFolder folder_;
  const std::string path_ = folder_.path();
};

TEST_F(FolderTest, IsOursIfNobodyElseMayWriteIt) {
  for (const unsigned mode : {0700U, 0750U, 02750U, 0755U, 0770U}) EXPECT_EQ(problem_with(mode), "") << mode;
  for (const unsigned mode : {0702U, 0777U, 01777U}) EXPECT_NE(problem_with(mode), "") << mode;
  EXPECT_EQ(folder_problem(path_ + "/none"), "");
  EXPECT_NE(folder_problem("/dev/null"), "");
}

TEST_F(FolderTest, IsNotOursIfItIsSomebodyElses) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  const std::string link = path_ + "-link";
  std::filesystem::create_directory_symlink(path_, link);
  EXPECT_EQ(folder_problem(link), "");
  EXPECT_EQ(lchown(link.c_str(), 65534, 0), 0);
  EXPECT_NE(folder_problem(link).find("belongs to user 65534"), std::string::npos);
  std::filesystem::remove(link);
  EXPECT_EQ(chown(path_.c_str(), 0, 65534), 0);
  EXPECT_EQ(problem_with(0750), "");
  EXPECT_NE(problem_with(0770).find("may be written by group 65534"), std::string::npos);
  EXPECT_EQ(chown(path_.c_str(), 65534, 0), 0);
  EXPECT_NE(problem_with(0700).find("belongs to user 65534"), std::string::npos);
}

TEST(Folder, IsTheOneAFileStandsIn) {
  EXPECT_EQ(folder_of("/a/b"), "/a");
  EXPECT_EQ(folder_of("/a"), "/");
  EXPECT_EQ(folder_of("a"), ".");
}

TEST(Folder, HasTheOtherProgramsUnlessTheyAreInstalledElsewhere) {
  const std::filesystem::path here = std::filesystem::canonical("/proc/self/exe");
  EXPECT_EQ(program_path(here.filename()), here);
  EXPECT_EQ(program_path("no-such-program"), "/usr/sbin/no-such-program");
}

}  // namespace
}  // namespace virtsql
