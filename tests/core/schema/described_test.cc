// What the comments of an SQL text say of its tables and views.
#include "core/schema/described.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

constexpr char kTable[] = R"(-- What is kept.
-- In two lines.
CREATE TABLE things (
  id INTEGER PRIMARY KEY,
  -- Long enough for
  -- a comment above.
  name TEXT COLLATE NOCASE,
  size INTEGER NOT NULL  -- in bytes
) STRICT;
CREATE INDEX things_name ON things(name);
)";

constexpr char kView[] = R"(-- Things for people.
-- Write: things
CREATE VIEW shown_things (
  name,  -- text: What it is called.
  size   -- integer: In MiB.
) AS
SELECT name, size / 1048576  -- rounded
FROM things;
)";

TEST(Described, ATableHasItsCommentAndThoseOfItsColumns) {
  const std::vector<Described> tables = describe(kTable);
  ASSERT_EQ(tables.size(), 1U);
  EXPECT_EQ(tables[0].name, "things");
  EXPECT_FALSE(tables[0].is_view);
  EXPECT_EQ(tables[0].doc, "What is kept. In two lines.");
  ASSERT_EQ(tables[0].columns.size(), 3U);
  EXPECT_EQ(tables[0].columns[1].name + "|" + tables[0].columns[1].type + "|" + tables[0].columns[1].doc,
            "name|text|Long enough for a comment above.");
  EXPECT_EQ(tables[0].columns[2].name + "|" + tables[0].columns[2].type + "|" + tables[0].columns[2].doc,
            "size|integer|in bytes");
}

TEST(Described, AViewsColumnsSayTheirTypeAndItsCommentWhatToWrite) {
  const std::vector<Described> views = describe(kView);
  ASSERT_EQ(views.size(), 1U);
  EXPECT_TRUE(views[0].is_view);
  EXPECT_EQ(views[0].doc, "Things for people.");
  ASSERT_EQ(views[0].columns.size(), 2U);
  EXPECT_EQ(views[0].columns[1].type, "integer");
  EXPECT_EQ(views[0].columns[1].doc, "In MiB.");
  EXPECT_EQ(write_hint(kView), "things");
  EXPECT_EQ(write_hint(kTable), "");
  EXPECT_FALSE(is_for_other_views(views[0]));
  EXPECT_TRUE(
      is_for_other_views(describe("-- For other views.\nCREATE VIEW v (\n  a  -- text: A.\n) AS SELECT 1;\n")[0]));
}

TEST(Described, AStatementIsCompactedWithoutItsComments) {
  EXPECT_EQ(compact(kView), "CREATE VIEW shown_things (name, size) AS SELECT name, size / 1048576 FROM things;");
}

}  // namespace
}  // namespace virtsql
