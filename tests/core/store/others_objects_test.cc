#include "core/store/others_objects.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

class OthersObjectsTest : public testing::Test {
 protected:
  OthersObjectsTest() { database_.execute("CREATE TABLE ours (a, b); CREATE VIEW our_view AS SELECT a FROM ours"); }

  // Makes somebody's object, changes the schema, and returns what is said of the object then.
  std::string after(const std::string& change, const std::string& object) {
    database_.execute("SAVEPOINT before; " + object);
    const std::vector<SchemaObject> all = read_objects(database_);
    OthersObjects others(database_, {all.begin() + 2, all.end()}, {});
    // As in a migration: no ALTER, which would change somebody's text as well.
    database_.execute(change);
    std::string out = "works";
    try {
      others.check();
    } catch (const StoreError& error) {
      out = error.what();
    }
    database_.forget_statements();
    database_.execute("ROLLBACK TO before; RELEASE before");
    return out;
  }

  Connection connection_{":memory:", SQLITE_OPEN_READWRITE, kPatienceMilliseconds};
  Database database_{connection_.handle()};
};

constexpr char kWithoutB[] = "DROP TABLE ours; CREATE TABLE ours (a)";

TEST_F(OthersObjectsTest, AViewThatNamesWhatIsGoneIsRefused) {
  const std::string refusal = after(kWithoutB, "CREATE VIEW mine AS SELECT b FROM ours");
  EXPECT_EQ(refusal,
            "the view mine, which is not virtsql's, cannot be kept (no such column: b); the database is as it was. "
            "Drop it, SELECT virtsql_init(), and make it anew");
  EXPECT_EQ(after(kWithoutB, "CREATE VIEW mine AS SELECT a FROM ours"), "works");
}

// SQLite takes a name in double quotes that is no column for a text, so the view would go on with wrong rows.
TEST_F(OthersObjectsTest, ANameThatBecomesATextIsSeen) {
  EXPECT_NE(after(kWithoutB, "CREATE VIEW mine AS SELECT \"b\" FROM ours").find("the view mine"), std::string::npos);
  EXPECT_EQ(after(kWithoutB, "CREATE VIEW mine AS SELECT \"text\" FROM ours"), "works") << "it was a text before";
}

TEST_F(OthersObjectsTest, EachUseOfATriggerIsTried) {
  database_.execute("CREATE TABLE notes (note)");
  for (const char* event : {"INSERT", "UPDATE", "DELETE"}) {
    const std::string trigger =
        std::string("CREATE TRIGGER mine AFTER ") + event + " ON notes BEGIN SELECT b FROM ours; END";
    EXPECT_NE(after(kWithoutB, trigger).find("the trigger mine"), std::string::npos) << event;
  }
  EXPECT_EQ(after(kWithoutB, "CREATE TRIGGER mine AFTER INSERT ON notes BEGIN SELECT a FROM ours; END"), "works");
}

TEST_F(OthersObjectsTest, TriggersAreTriedAlsoWhereTheyAreOff) {
  const WithoutTriggers quiet(connection_.handle());
  database_.execute("CREATE TABLE notes (note)");
  EXPECT_NE(after(kWithoutB, "CREATE TRIGGER mine AFTER INSERT ON notes BEGIN SELECT b FROM ours; END"), "works");
  EXPECT_FALSE(is_on(connection_.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER));
}

TEST_F(OthersObjectsTest, WhatDidNotWorkBeforeIsNotJudged) {
  EXPECT_EQ(after(kWithoutB, "CREATE VIEW mine AS SELECT nobodys(b) FROM ours"), "works");
}

}  // namespace
}  // namespace virtsql
