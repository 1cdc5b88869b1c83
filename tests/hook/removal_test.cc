#include "hook/removal.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

#include "tests/hook/spool_folder.h"

namespace virtsql {
namespace {

// kMany files are removed by several threads, kFew files by the calling thread alone.
constexpr int kMany = 70;
constexpr int kFew = 5;

TEST(RemovalTest, RemovesWhatIsNamedAndNothingElse) {
  for (const int count : {kFew, kMany}) {
    const test::SpoolFolder spool;
    for (int id = 1; id <= count; ++id) spool.write(id);
    std::vector<std::string> names = spool::list(spool.folder());
    const std::string stays = names.back();
    names.pop_back();
    Removal removal(spool.folder());
    removal.start(names);
    removal.wait();
    EXPECT_EQ(spool::list(spool.folder()), std::vector<std::string>{stays});
  }
}

TEST(RemovalTest, OneThatStaysIsAnError) {
  for (const int count : {kFew, kMany}) {
    const test::SpoolFolder spool;
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) names.emplace_back("gone");  // a file that is gone already is no error
    std::filesystem::create_directory(spool.path("folder"));
    names.emplace_back("folder");
    Removal removal(spool.folder());
    EXPECT_THROW(
        {
          removal.start(names);
          removal.wait();
        },
        std::runtime_error);
  }
}

}  // namespace
}  // namespace virtsql
