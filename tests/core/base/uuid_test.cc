#include "core/base/uuid.h"

#include <gtest/gtest.h>

#include <regex>

#include "core/base/database.h"

namespace virtsql {
namespace {

constexpr std::string_view kUsual = "abcdef01-2345-6789-abcd-ef0123456789";

TEST(ParsedUuid, TakesTheSpellingsThatLibvirtTakes) {
  EXPECT_EQ(parsed_uuid("ABCDEF01-2345-6789-abcd-EF0123456789"), kUsual);
  EXPECT_EQ(parsed_uuid("abcdef0123456789abcdef0123456789"), kUsual);
  EXPECT_EQ(parsed_uuid("\n  abcdef012345-6789abcd-ef0123456789\t"), kUsual);
}

TEST(ParsedUuid, RefusesWhatIsNone) {
  EXPECT_FALSE(parsed_uuid(""));
  EXPECT_FALSE(parsed_uuid("no uuid"));
  EXPECT_FALSE(parsed_uuid("abcdef0123456789abcdef012345678"));
  EXPECT_FALSE(parsed_uuid("abcdef0123456789abcdef01234567890"));
  EXPECT_FALSE(parsed_uuid("abcdef0123456789abcdef012345678g"));
}

TEST(UsualUuid, LeavesWhatIsNoneAsItIs) {
  EXPECT_EQ(usual_uuid("ABCDEF0123456789ABCDEF0123456789"), kUsual);
  EXPECT_EQ(usual_uuid("No UUID-0"), "No UUID-0");
}

TEST(UuidText, SetsTheVersionAndTheVariant) {
  EXPECT_EQ(uuid_text(std::string(16, '\0'), 4), "00000000-0000-4000-8000-000000000000");
  EXPECT_EQ(uuid_text(std::string(20, '\xFF'), 5), "ffffffff-ffff-5fff-bfff-ffffffffffff");
}

TEST(RandomUuidSql, GivesAnotherUuidOfVersion4EachTime) {
  Connection connection(":memory:", SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
  Database database(connection.handle());
  Statement statement(database.handle(), "SELECT " + std::string(kRandomUuidSql) + " FROM (VALUES (1), (2))");
  std::string before;
  while (statement.step()) {
    const std::string uuid = std::string(statement.get_text(0));
    EXPECT_TRUE(
        std::regex_match(uuid, std::regex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")));
    EXPECT_NE(uuid, before);
    before = uuid;
  }
  EXPECT_FALSE(before.empty());
}

}  // namespace
}  // namespace virtsql
