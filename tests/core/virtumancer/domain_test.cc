// Which tables are read, and what the report tells of the others.
#include "core/virtumancer/domain.h"

#include "tests/core/virtumancer/fixture.h"

namespace virtsql::virtumancer {
namespace {

using DomainTest = test::SourceFixture;

TEST_F(DomainTest, TellsWhatItHasNoPlaceFor) {
  add_own("hats", {{"id", "1"}, {"colour", "red"}});
  add("hats", {{"id", "2"}, {"vm_uuid", "another"}});
  add_own("cpu_performances", {{"id", "1"}, {"load", "5"}});  // measurements belong to no definition: not told
  make();
  EXPECT_EQ(told("left out"), "hats: virtsql has no place for it\n");
  EXPECT_EQ(notes_.back().kept, R"({"id":"1","colour":"red","vm_uuid":"v"})");
}

TEST(DomainTables, AreReadOrOfNoDefinition) {
  for (const char* read :
       {"virtual_machines", "disks", "watchdogs", "video_models", "videos", "clocks", "vm_snapshots"})
    EXPECT_TRUE(is_read(read)) << read;
  for (const char* other : {"", "hats", "users", "watchdog"}) EXPECT_FALSE(is_read(other)) << other;
}

}  // namespace
}  // namespace virtsql::virtumancer
