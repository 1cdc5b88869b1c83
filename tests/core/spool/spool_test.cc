#include "core/spool/spool.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <set>

#include "tests/core/temporary_folder.h"

namespace {

// The folders and files that were synced; nullptr unless a test wants to know.
std::set<std::string>* synced = nullptr;

}  // namespace

// Replaces libc's fsync() in the whole program.
extern "C" int fsync(int fd) {
  char path[4096];
  const ssize_t length = synced ? readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), path, sizeof path) : 0;
  if (length > 0) synced->emplace(path, static_cast<std::size_t>(length));
  return static_cast<int>(syscall(SYS_fsync, fd));
}

namespace virtsql::spool {
namespace {

class SpoolTest : public testing::Test {
 protected:
  ~SpoolTest() override { close(folder_); }
  const test::TemporaryFolder top_;
  const std::string path_ = top_.path();
  const int folder_ = open_folder(path_ + "/spool");
};

Capture record_of(std::int64_t id) {
  Capture record;
  record.id = id;
  record.host = "alpha";
  record.driver = "qemu";
  record.name = "odd\nname: %41 \x01";
  record.operation = "start";
  record.extra = "-";
  record.kind = "domain";
  record.state = "shut off";
  record.reason = "saved";
  record.autostart = "0";
  record.persistent = record.managed_save = "1";
  record.secrets = 2;
  record.xml = std::string("<domain/>\n\n\0binary", 18);
  return record;
}

TEST_F(SpoolTest, GivesBackWhatItWasGiven) {
  ASSERT_EQ(write(folder_, record_of(42)), 0);
  ASSERT_EQ(list(folder_).size(), 1U);
  const Capture back = read(folder_, list(folder_)[0]);
  EXPECT_EQ(back.id, 42);
  EXPECT_EQ(back.name, record_of(42).name);
  EXPECT_EQ(back.xml, record_of(42).xml);
  EXPECT_EQ(back.secrets, 2U);
  EXPECT_EQ(back.sub_operation, "");
  EXPECT_EQ(
      back.kind + "," + back.state + "," + back.reason + "," + back.autostart + back.persistent + back.managed_save,
      "domain,shut off,saved,011");
  remove(folder_, list(folder_)[0]);
  EXPECT_TRUE(list(folder_).empty());
}

TEST_F(SpoolTest, ListsInOrderAndNeverOverwrites) {
  for (const std::int64_t id : {30, 10, 20, 10}) ASSERT_EQ(write(folder_, record_of(id)), 0);
  std::vector<std::int64_t> ids;
  for (const std::string& name : list(folder_)) ids.push_back(read(folder_, name).id);
  EXPECT_EQ(ids, (std::vector<std::int64_t>{10, 11, 20, 30}));
}

TEST_F(SpoolTest, NumbersOnlyForward) {
  std::int64_t last = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t id = allocate_id(folder_);
    EXPECT_GT(id, last);
    last = id;
  }
  // A clock that stepped back by an hour: the file says that the last id was given out an hour from now.
  const std::int64_t later = last + 3600LL * 1000000;
  std::ofstream(path_ + "/spool/sequence", std::ios::binary).write(reinterpret_cast<const char*>(&later), sizeof later);
  EXPECT_EQ(allocate_id(folder_), later + 1);
}

TEST_F(SpoolTest, KnowsWhatIsNoRecord) {
  ASSERT_EQ(write(folder_, record_of(1)), 0);
  const std::string name = list(folder_)[0];
  const std::string file = path_ + "/spool/" + name;
  const auto size = std::filesystem::file_size(file);
  for (std::uintmax_t cut = 0; cut < size; ++cut) {
    std::filesystem::resize_file(file, cut);
    EXPECT_THROW(read(folder_, name), std::runtime_error) << cut;
    std::filesystem::remove(file);
    ASSERT_EQ(write(folder_, record_of(1)), 0);
  }
  std::ofstream(file, std::ios::app) << "more";
  EXPECT_THROW(read(folder_, name), std::runtime_error);
  set_aside(folder_, name, "why");
  EXPECT_TRUE(list(folder_).empty());
  std::string reason;
  std::getline(std::ifstream(path_ + "/spool/bad/" + name + ".reason"), reason);
  EXPECT_EQ(reason, "why");
  EXPECT_TRUE(std::filesystem::exists(path_ + "/spool/bad/" + name));
}

TEST_F(SpoolTest, RefusesTheNameOfNoHost) {
  Capture record = record_of(1);
  record.host.assign(253, 'h');
  ASSERT_EQ(write(folder_, record), 0);
  EXPECT_EQ(read(folder_, list(folder_).back()).host, record.host);
  record.host += 'h';
  record.id = 2;
  ASSERT_EQ(write(folder_, record), 0);
  EXPECT_THROW(read(folder_, list(folder_).back()), std::runtime_error);
}

TEST_F(SpoolTest, TakesNoMoreThanItReadsBack) {
  Capture record = record_of(1);
  record.xml.assign(kMaxXml + 1, 'x');
  EXPECT_EQ(write(folder_, record), EFBIG);
  EXPECT_TRUE(list(folder_).empty());
}

// If the folders around a new spool are not synced, the spool may be gone after a crash, with the records in it.
TEST_F(SpoolTest, SyncsTheFoldersInWhichItIsMade) {
  std::set<std::string> seen;
  synced = &seen;
  const int made = open_folder(path_ + "/new/spool");
  synced = nullptr;
  EXPECT_GE(made, 0);
  close(made);
  EXPECT_TRUE(seen.contains(path_));           // the entry `new` is in it
  EXPECT_TRUE(seen.contains(path_ + "/new"));  // the entry `spool` is in it
}

TEST_F(SpoolTest, RefusesAFolderThatOthersMayWrite) {
  const std::string path = path_ + "/spool";
  std::filesystem::permissions(path, std::filesystem::perms(0702));
  EXPECT_EQ(open_folder(path), -kNotOurs);
  EXPECT_EQ(open_error(path, -kNotOurs), path + " may be written by everybody: chmod o-w");
  std::filesystem::permissions(path, std::filesystem::perms(0700));
  std::filesystem::permissions(path_, std::filesystem::perms(0707));
  EXPECT_EQ(open_folder(path), -kNotOurs);
  EXPECT_NE(open_error(path, -kNotOurs).find("the folder that it stands in"), std::string::npos);
  EXPECT_EQ(open_error("/no/such", -ENOENT), "/no/such: No such file or directory");
}

}  // namespace
}  // namespace virtsql::spool
