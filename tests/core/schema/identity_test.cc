#include "core/schema/identity.h"

#include <gtest/gtest.h>

#include <set>

#include "core/base/database.h"
#include "core/catalog/builder.h"

namespace virtsql {
namespace {

// Returns SQLite's value of the expression.
std::string value(const std::string& expression) {
  const Connection connection(":memory:", SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
  Statement statement(connection.handle(), "SELECT " + expression);
  statement.step();
  return statement.is_null(0) ? "NULL" : std::string(statement.get_text(0));
}

TEST(JoinedValues, AnotherValueIsAnotherText) {
  std::set<std::string> texts;
  const std::vector<std::vector<std::string>> rows = {{"'a'", "NULL"},      {"'a'", "'NULL'"},     {"'a'", "''"},
                                                      {"'a,NULL'", "NULL"}, {"'a'',''b'", "NULL"}, {"'a'", "'b'"},
                                                      {"'A'", "NULL"},      {"NULL", "'a'"},       {"''", "'a'"}};
  for (const std::vector<std::string>& row : rows) texts.insert(value(joined_values_sql(row)));
  EXPECT_EQ(texts.size(), rows.size());
}

const Catalog& catalog() {
  static const BuiltCatalog catalog(
      std::vector<CatalogFile>{{"t.catalog",
                                "domain  row virtual_machines  {vm}  A VM.\n"
                                "  uuid  uuid  {key}  Its UUID.\n"
                                "  devices  {devices}\n"
                                "    lamp  set lamp_attachments  A lamp as one VM has it.\n"
                                "      resource lamps  A lamp's model.\n"
                                "      ^@model  model_name  text  Model.\n"
                                "      ^@size  integer  Size.\n"
                                "    pipe  set pipe_attachments  A pipe as one VM has it.\n"
                                "      resource pipes  {host}  {key path}  A pipe of a host.\n"
                                "      ^@path  path  Where it is.\n"
                                "      ^@kind  text  Kind.\n"}});
  return catalog;
}

std::string identity(const char* table, const std::map<std::string, std::string>& row) {
  return value(identity_sql(*catalog().find_table(table), [&](const std::string& column) {
    const auto found = row.find(column);
    return found == row.end() ? "NULL" : found->second;
  }));
}

TEST(Identity, IsAllThatAModelSays) {
  const std::string one = identity("lamps", {{"model_name", "'a'"}, {"size", "1"}});
  EXPECT_EQ(one, identity("lamps", {{"model_name", "'a'"}, {"size", "1"}, {"host_id", "2"}})) << "a model has no host";
  EXPECT_NE(one, identity("lamps", {{"model_name", "'a'"}, {"size", "2"}}));
  EXPECT_NE(one, identity("lamps", {{"model_name", "'a'"}}));
  EXPECT_NE(identity("lamps", {}), "NULL") << "a model without values is one model";
}

TEST(Identity, OfAThingIsThatOfItsHostAndNullWithoutAName) {
  const std::string one = identity("pipes", {{"host_id", "1"}, {"path", "'/a'"}});
  EXPECT_EQ(one, identity("pipes", {{"host_id", "1"}, {"path", "'/a'"}}));
  EXPECT_NE(one, identity("pipes", {{"host_id", "2"}, {"path", "'/a'"}}));
  EXPECT_NE(one, identity("pipes", {{"host_id", "1"}, {"path", "'/a'"}, {"kind", "'b'"}}));
  EXPECT_EQ(identity("pipes", {{"host_id", "1"}, {"kind", "'b'"}}), "NULL");
  EXPECT_EQ(identity("pipes", {{"host_id", "1"}, {"path", "''"}}), "NULL");
}

TEST(Identity, OfATablesOwnRowNamesItsColumns) {
  const std::string sql = identity_sql(*catalog().find_table("pipes"));
  EXPECT_EQ(value(sql + " FROM (SELECT 1 AS host_id, '/a' AS path, NULL AS kind)"),
            identity("pipes", {{"host_id", "1"}, {"path", "'/a'"}}));
}

}  // namespace
}  // namespace virtsql
