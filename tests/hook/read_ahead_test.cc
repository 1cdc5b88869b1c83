#include "hook/read_ahead.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/hook/spool_folder.h"

namespace virtsql {
namespace {

std::string document_of(int id) {
  return "<domain type='kvm'>\n  <name>vm" + std::to_string(id) + "</name>\n</domain>\n";
}

TEST(ReadAheadTest, GivesEveryRecordOnceInOrderWithWhatItSays) {
  const test::SpoolFolder spool;
  constexpr int kRecords = 130;  // enough for several chunks
  for (int id = 1; id <= kRecords; ++id) spool.write(id, document_of(id));
  const std::vector<std::string> names = spool::list(spool.folder());
  ReadAhead records(spool.folder(), names);
  int id = 0;
  while (records.goes_on()) {
    const ReadAhead::Chunk chunk = records.next();
    EXPECT_TRUE(chunk.failures.empty());
    ASSERT_EQ(chunk.arrivals.size(), chunk.captures.size());
    for (std::size_t i = 0; i < chunk.captures.size(); ++i) {
      ++id;
      EXPECT_EQ(chunk.captures[i].id, id);
      EXPECT_EQ(chunk.captures[i].xml, document_of(id));
      EXPECT_EQ(&chunk.arrivals[i].capture(), &chunk.captures[i]);
      EXPECT_TRUE(chunk.arrivals[i].has_vm_rows());
    }
  }
  EXPECT_EQ(id, kRecords);
}

TEST(ReadAheadTest, ALargeDocumentStandsAlone) {
  const test::SpoolFolder spool;
  const std::string large(3U << 20U, ' ');
  for (int id = 1; id <= 3; ++id) spool.write(id, large);
  const std::vector<std::string> names = spool::list(spool.folder());
  ReadAhead records(spool.folder(), names);
  for (int id = 1; id <= 3; ++id) {
    ASSERT_TRUE(records.goes_on());
    const ReadAhead::Chunk chunk = records.next();
    ASSERT_EQ(chunk.captures.size(), 1U);
    EXPECT_EQ(chunk.captures[0].id, id);
    EXPECT_EQ(chunk.bytes, large.size());
  }
  EXPECT_FALSE(records.goes_on());
}

TEST(ReadAheadTest, TellsWhatPassesFromWhatStays) {
  const test::SpoolFolder spool;
  for (int id = 1; id <= 3; ++id) spool.write(id);
  std::vector<std::string> names = spool::list(spool.folder());
  ASSERT_EQ(names.size(), 3U);
  std::ofstream(spool.path(names[1])) << "garbage";
  names.emplace_back("gone.record");
  ReadAhead records(spool.folder(), names);
  const ReadAhead::Chunk chunk = records.next();
  EXPECT_EQ(chunk.captures.size(), 2U);
  ASSERT_EQ(chunk.failures.size(), 2U);
  EXPECT_EQ(chunk.failures[0].name, names[1]);
  EXPECT_FALSE(chunk.failures[0].is_transient);
  EXPECT_EQ(chunk.failures[1].name, "gone.record");
  EXPECT_TRUE(chunk.failures[1].is_transient);
}

TEST(ReadAheadTest, OfNoRecordsThereIsNothing) { EXPECT_FALSE(ReadAhead(-1, {}).goes_on()); }

}  // namespace
}  // namespace virtsql
