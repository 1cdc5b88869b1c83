#include "core/store/shadowed.h"

#include "core/store/store_error.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

using ShadowedTest = test::StoreFixture;

TEST_F(ShadowedTest, EveryTableOfTheSchemaIsKept) {
  std::vector<std::string> names;
  {
    Statement tables(handle_, "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'");
    while (tables.step()) names.emplace_back(tables.get_text(0));
  }
  EXPECT_GT(names.size(), 250U);
  for (const std::string& name : names) {
    database_->execute("CREATE TEMP TABLE \"" + name + "\" (a)");
    EXPECT_THROW(refuse_shadowed_tables(*database_, Catalog::standard()), StoreError) << name;
    database_->forget_statements();
    database_->execute("DROP TABLE temp.\"" + name + "\"");
  }
  database_->execute("CREATE TEMP TABLE mine (a)");
  EXPECT_NO_THROW(refuse_shadowed_tables(*database_, Catalog::standard()));
}

}  // namespace
}  // namespace virtsql
