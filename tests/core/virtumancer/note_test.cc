#include "core/virtumancer/note.h"

#include <gtest/gtest.h>

#include "tests/core/virtumancer/fixture.h"

namespace virtsql::virtumancer {
namespace {

using NoteTest = test::SourceFixture;

TEST_F(NoteTest, KeepsARowAsJsonWithoutSecrets) {
  add("consoles", {{"id", "7"}, {"type", "vnc"}, {"config_json", R"({"passwd":"s"})"}, {"metadata", "s"}});
  Source source(write());
  const SourceRow& row = source.table("consoles").rows.front();
  EXPECT_EQ(row_json(row, {"type"}), R"({"id":"7","type":"vnc"})");
  EXPECT_EQ(row_json(row, {}),
            "{\"id\":\"7\",\"config_json\":\"{}\",\"metadata\":\"(1 bytes that are not kept)\",\"type\":\"vnc\"}");
}

TEST_F(NoteTest, KeepsSeveralRowsByTheirNames) {
  add("disks", {{"id", "1"}, {"name", "a"}});
  Source source(write());
  const SourceRow& row = source.table("disks").rows.front();
  EXPECT_EQ(rows_json({{"disk", &row}, {"volume", nullptr}, {"same", &row}}),
            R"({"disk":{"id":"1","name":"a"},"same":{"id":"1","name":"a"}})");
}

TEST_F(NoteTest, SaysWhatOfARowHadNoPlace) {
  add("consoles", {{"id", "7"}, {"type", "vnc"}, {"color", "red"}, {"created_at", "2024"}});
  Source source(write());
  const SourceRow& row = source.table("consoles").rows.front();
  Reading reading(row.values);
  reading.use("type");
  // Neither columns that were used, nor columns that virtumancer has for its own housekeeping.
  EXPECT_EQ(unused_columns(reading), std::vector<std::string_view>{"color"});
  const std::optional<Note> note = rest_of("devices/console", row, reading);
  ASSERT_TRUE(note);
  EXPECT_EQ(note->what + " " + note->table + " " + note->id + " " + note->kind, "devices/console consoles 7 left out");
  EXPECT_EQ(note->detail, "without a place or not valid: color");
  EXPECT_EQ(note->kept, R"({"id":"7","color":"red"})");
  reading.use("color");
  EXPECT_FALSE(rest_of("devices/console", row, reading));
}

}  // namespace
}  // namespace virtsql::virtumancer
