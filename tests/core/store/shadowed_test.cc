#include "core/store/shadowed.h"

#include <string>
#include <vector>

#include "core/store/store_error.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

class ShadowedTest : public test::StoreFixture {
 protected:
  // Returns the names of main's tables, views, ... that virtsql made.
  std::vector<std::string> names_of(const std::string& type) {
    std::vector<std::string> names;
    Statement objects(handle_, "SELECT name FROM main.sqlite_master WHERE type = ?1 AND name NOT GLOB 'sqlite_*'");
    objects.bind_text(1, type);
    while (objects.step()) names.emplace_back(objects.get_text(0));
    return names;
  }
  // Expects that a temporary object of the type (TABLE, VIEW) and name is refused, and nothing once it is gone.
  void expect_refused(const std::string& type, const std::string& name) {
    database_->execute("CREATE TEMP " + type + " \"" + name + "\" " + (type == "VIEW" ? "AS SELECT 1 AS a" : "(a)"));
    EXPECT_THROW(refuse_shadowed_objects(*database_), StoreError) << name;
    database_->forget_statements();
    database_->execute("DROP " + type + " temp.\"" + name + "\"");
  }
};

TEST_F(ShadowedTest, NoTableOrViewOfTheSchemaMayBeHidden) {
  for (const std::string type : {"table", "view"}) {
    const std::vector<std::string> names = names_of(type);
    EXPECT_GT(names.size(), type == "view" ? 40U : 250U);
    for (const std::string& name : names) expect_refused("TABLE", name);
  }
  expect_refused("VIEW", "captures");
  expect_refused("VIEW", "Defined_VMs");
  EXPECT_NO_THROW(refuse_shadowed_objects(*database_));
}

TEST_F(ShadowedTest, OtherNamesAreAnybodys) {
  database_->execute("CREATE TEMP TABLE mine (a)");
  database_->execute("CREATE TEMP TABLE \"" + names_of("index").front() + "\" (a)");
  database_->execute("CREATE TABLE somebodys (a)");
  database_->execute("CREATE TEMP TABLE somebodys (a)");
  EXPECT_NO_THROW(refuse_shadowed_objects(*database_));
}

// The names are looked up in lower case.
TEST_F(ShadowedTest, NamesThatVirtsqlMadeAreInLowerCase) {
  EXPECT_EQ(database_->query_int("SELECT count(*) FROM virtsql_objects WHERE name <> lower(name)"), 0);
}

TEST(Shadowed, ADatabaseWithoutSchemaIsRefusedForThat) {
  const Connection connection(":memory:", SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
  Database database(connection.handle());
  database.execute("CREATE TEMP TABLE captures (a)");
  try {
    Store(database, Catalog::standard()).check_schema();
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_NE(std::string(error.what()).find("this is no virtsql database"), std::string::npos) << error.what();
  }
  database.forget_statements();
}

}  // namespace
}  // namespace virtsql
