#include "hook/fleet/json_row.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

// Returns the JSON members of the row that the SELECT gives. Its columns have these types and are called a, b, c.
std::string members(const std::string& select, const std::vector<FleetType>& types,
                    const std::set<std::string>* unknown = nullptr) {
  const Connection connection(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, kPatienceMilliseconds);
  Statement statement(connection.handle(), select);
  EXPECT_TRUE(statement.step());
  std::vector<FleetColumn> columns;
  for (const FleetType type : types) {
    const std::string name(1, static_cast<char>('a' + columns.size()));
    columns.push_back({name, name, type, false});
  }
  return json_members(statement, 0, columns, unknown);
}

TEST(JsonRow, HasValuesOfTheirTypesAndNoNulls) {
  EXPECT_EQ(members("SELECT 7, NULL, 'a\"b'", {FleetType::kBigint, FleetType::kText, FleetType::kText}),
            R"("a":7,"c":"a\"b")");
  EXPECT_EQ(members("SELECT 0.1, 1, x'00ff'", {FleetType::kDouble, FleetType::kSmallint, FleetType::kBytea}),
            R"("a":0.10000000000000001,"b":1,"c":"\\x00ff")");
  EXPECT_EQ(members("SELECT NULL", {FleetType::kText}), "");
}

TEST(JsonRow, KeepsWhatTheTypeCannotHold) {
  EXPECT_EQ(members("SELECT '0x10', 1", {FleetType::kBigint, FleetType::kBigint}), R"("b":1,"extra":{"a":"0x10"})");
  EXPECT_EQ(members("SELECT 1.5", {FleetType::kBigint}), R"("extra":{"a":"1.5"})");
  EXPECT_EQ(members("SELECT 40000", {FleetType::kSmallint}), R"("extra":{"a":"40000"})");
  EXPECT_EQ(members("SELECT 9e999", {FleetType::kDouble}), R"("extra":{"a":"Inf"})");
  EXPECT_EQ(members("SELECT CAST(x'6100' AS TEXT)", {FleetType::kText}), R"("extra":{"a":{"base64":"YQA="}})");
  EXPECT_EQ(members("SELECT CAST(x'ff' AS TEXT)", {FleetType::kText}), R"("extra":{"a":{"base64":"/w=="}})");
}

TEST(JsonRow, PutsUnknownColumnsAside) {
  const std::set<std::string> unknown = {"b"};
  EXPECT_EQ(members("SELECT 1, 2", {FleetType::kBigint, FleetType::kBigint}, &unknown), R"("a":1,"extra":{"b":2})");
}

TEST(PostgresText, IsUtf8WithoutNul) {
  using namespace std::string_view_literals;
  for (const std::string_view good :
       {""sv, "abc"sv, "\xC3\xA4"sv, "\xE2\x82\xAC"sv, "\xF0\x9F\x98\x80"sv, "\xF4\x8F\xBF\xBF"sv})
    EXPECT_TRUE(is_postgres_text(good)) << good;
  for (const std::string_view bad : {"\0"sv, "a\0b"sv, "\x80"sv, "\xC0\x80"sv, "\xC3"sv, "\xE0\x9F\xBF"sv,
                                     "\xED\xA0\x80"sv, "\xF4\x90\x80\x80"sv, "\xF8\x88\x80\x80\x80"sv, "\xC3("sv})
    EXPECT_FALSE(is_postgres_text(bad));
}

TEST(FleetUuid, IsPostgresSpellingOrVersion5) {
  EXPECT_EQ(fleet_uuid("4DEA22B3-1d52-d8f3-2516-782e98ab3fa0"), "4dea22b3-1d52-d8f3-2516-782e98ab3fa0");
  EXPECT_EQ(fleet_uuid("4dea22b31d52d8f32516782e98ab3fa0"), "4dea22b3-1d52-d8f3-2516-782e98ab3fa0");
  // python3 -c 'import uuid; print(uuid.uuid5(uuid.NAMESPACE_OID, "zzz"))'
  EXPECT_EQ(fleet_uuid("zzz"), "34ea6eb6-117d-58c8-8678-a7fb769ec353");
  EXPECT_EQ(fleet_uuid(""), "0a68eb57-c88a-5f34-9e9d-27f85e68af4f");
}

}  // namespace
}  // namespace virtsql
