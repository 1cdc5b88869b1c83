// The whole SQL of the writable views of a small catalog, so that every change of the generator is seen here. What the
// views do is tested in the shell, by tests/writes and tests/sql/writes.sql.
//
// If a change is intended, core_test --gtest_filter='Views.*' prints the new text.
#include "core/schema/views.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "core/catalog/builder.h"
#include "core/schema/misplaced.h"
#include "core/schema/view_columns.h"

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

TEST(Views, ShowFirstWhatPeopleLookFor) {
  std::string names;
  for (const ViewColumn& column : view_columns(*catalog().find_table("lamp_attachments"))) names += column.name + " ";
  EXPECT_EQ(names,
            "host vm_name vm_uuid driver_name colour model_name driver_queues mac_address driver_json position lamp_id "
            "id ");
}

TEST(Views, RefuseWhatXmlHasNoPlaceFor) {
  const auto name = [](const Column& column) { return std::string(column.name); };
  const auto said = [&](std::string_view table) {
    std::string out;
    for (const Misplaced& each : misplaced(*catalog().find_table(table), "element", name, name))
      out += each.condition + ": " + each.said + "\n";
    return out;
  };
  EXPECT_EQ(said("lamp_attachments"), "");
  EXPECT_EQ(said("pipe_attachments"),
            "type='mdev': type cannot be 'mdev' here; for others there is vm_mediated_pipes\n"
            "certificate_2 IS NOT NULL AND certificate_1 IS NULL: certificate_2 needs certificate_1\n");
  EXPECT_EQ(said("mediated_pipes"), "type IS NOT 'mdev': type is 'mdev' here; for others there is vm_pipes\n");
  EXPECT_EQ(said("bells"),
            "element='bell' AND size IS NOT NULL: element bell has no size; set element = 'gong'\n"
            "element='gong' AND tone IS NOT NULL: element gong has no tone; set element = 'bell'\n");
}

}  // namespace
}  // namespace virtsql
