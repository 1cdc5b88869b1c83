// The whole SQL of the writable views of a small catalog, so that every change of the generator is seen here. What the
// views do is tested in the shell, by tests/writes and tests/sql/writes.sql.
//
// If a change is intended, core_test --gtest_filter='Views.*' prints the new text.
#include "core/schema/views.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "core/catalog/builder.h"

namespace virtsql {
namespace {

std::string golden(const std::string& name) {
  std::ifstream file(std::string(VIRTSQL_TEST_DOCUMENTS "/../core/schema/golden/") + name);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

const Catalog& catalog() {
  static const std::string text = golden("views.catalog");
  static const BuiltCatalog catalog(std::vector<CatalogFile>{{"views.catalog", text}});
  return catalog;
}

TEST(Views, AreWhatTheyWere) {
  const std::string views = views_ddl(catalog());
  EXPECT_EQ(views, golden("views.sql")) << views;
}

}  // namespace
}  // namespace virtsql
