#include "core/virtumancer/ignored.h"

#include <gtest/gtest.h>

#include "core/virtumancer/domain.h"

namespace virtsql::virtumancer {
namespace {

TEST(Ignored, IsWhatWasMeasuredOrIsTheProgramsOwn) {
  for (const char* table : {"users", "audit_logs", "block_statistics", "sqlite_sequence"}) {
    EXPECT_TRUE(is_administration(table)) << table;
    EXPECT_FALSE(is_read(table)) << table;
  }
  for (const char* table : {"", "disks", "hats"}) EXPECT_FALSE(is_administration(table)) << table;
}

TEST(Ignored, IsWhatAColumnKeepsOfTheRowItself) {
  for (const char* column : {"id", "vm_uuid", "created_at", "libvirt_state"})
    EXPECT_TRUE(is_housekeeping(column)) << column;
  for (const char* column : {"", "title", "metadata", "config_json"}) EXPECT_FALSE(is_housekeeping(column)) << column;
}

}  // namespace
}  // namespace virtsql::virtumancer
