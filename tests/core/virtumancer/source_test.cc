#include "core/virtumancer/source.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/store/store.h"
#include "tests/core/virtumancer/fixture.h"

namespace virtsql::virtumancer {
namespace {

using Names = std::vector<std::string_view>;

TEST(Reading, CountsWhatWasUsed) {
  const Values values = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
  Reading reading(values);
  EXPECT_EQ(reading.look("x|b|a"), "2");  // the first column that exists
  EXPECT_EQ(reading.look("x|y"), "");
  EXPECT_EQ(reading.rest(), (Names{"a", "b", "c"}));
  EXPECT_EQ(reading.take("x|b|a"), "2");
  reading.use("c");
  reading.use("none");
  EXPECT_EQ(reading.rest(), Names{"a"});
  reading.unuse("x|c");
  EXPECT_EQ(reading.rest(), (Names{"a", "c"}));
}

TEST(Reading, TakesAJsonObjectAsPaths) {
  const auto reading = Reading::of_json(R"({"a":{"b":"x","c":[1]},"d":true,"e":false,"f":null,"g":"","h":1.5})");
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->values(), (Values{{"a/b", "x"}, {"a/c", "[1]"}, {"d", "1"}, {"e", "0"}, {"h", "1.5E0"}}));
  for (const char* none : {"", "[]", "1", "{", "\"a\""}) EXPECT_FALSE(Reading::of_json(none)) << none;
}

TEST(SourceText, IsUsableIfXmlCanHaveIt) {
  for (const char* good : {"", "a\tb\nc", "\xC3\xA9", "\xF0\x9F\x98\x80", "\xEF\xBF\xBD"})
    EXPECT_TRUE(usable(good)) << good;
  for (const char* bad :
       {"\x01", "\r", "\xFF", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xEF\xBF\xBE", "\xEF\xBF\xBF", "\xF4\x90\x80\x80"})
    EXPECT_FALSE(usable(bad)) << bad;
}

TEST(SourceText, IsJsonWhateverItsBytes) {
  EXPECT_EQ(json_text("a\"b\n\xC3\xA9"), "\"a\\\"b\\n\xC3\xA9\"");
  EXPECT_EQ(json_text("\xFF\x01"), "\"x'ff01'\"");
}

class SourceTest : public test::SourceFixture {
 protected:
  static std::string error_of(const std::string& path) {
    try {
      const Source source(path);
    } catch (const StoreError& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(SourceTest, GivesTheRowsOfATable) {
  add("disks", {{"id", "b"}, {"path", "/b"}, {"format", ""}});
  add("disks", {{"id", "a"}, {"path", "/a"}, {"deleted_at", "2025-09-20 00:00:00"}});
  Source source(write());
  const SourceTable& disks = source.table("disks");
  ASSERT_EQ(disks.rows.size(), 2U);  // in the order in which the rows were made
  EXPECT_EQ(disks.rows[0].id + disks.rows[1].id, "ba");
  EXPECT_FALSE(disks.rows[0].deleted);
  EXPECT_TRUE(disks.rows[1].deleted);
  EXPECT_EQ(disks.rows[0].get("path"), "/b");
  EXPECT_FALSE(disks.rows[0].values.contains("format"));  // NULL and empty values are left out
  EXPECT_TRUE(disks.columns.contains("format"));
  EXPECT_EQ(disks.by_id.find("a")->second, &disks.rows[1]);
  EXPECT_TRUE(source.table("no_such_table").rows.empty());
  EXPECT_TRUE(source.names().contains("disks"));
}

TEST_F(SourceTest, LeavesNothingBesideTheDatabase) {
  write();
  {
    const Connection connection(path_, SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
    Database database(connection.handle());
    Statement(connection.handle(), "PRAGMA journal_mode = WAL").step();
    database.execute("UPDATE hosts SET name = 'beta'");
    // A program that was killed leaves the log (-wal) behind. Its index (-shm) is not copied.
    for (const char* suffix : {"", "-wal"}) std::filesystem::copy_file(path_ + suffix, folder_ / "left.db" + suffix);
  }
  Source source(folder_ / "left.db");
  EXPECT_EQ(source.table("hosts").rows.at(0).get("name"), "beta");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "left.db-shm"));
}

TEST_F(SourceTest, RefusesWhatIsNoDatabaseOfVirtumancer) {
  std::ofstream(folder_ / "text") << std::string(200, 'x');
  const Connection other(folder_ / "other.db", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, kPatienceMilliseconds);
  Database(other.handle()).execute("CREATE TABLE hosts (id)");
  const Connection own(folder_ / "own.db", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, kPatienceMilliseconds);
  Database database(own.handle());
  Store(database, Catalog::standard()).init();
  database.forget_statements();
  for (const auto& [path, why] : {std::pair<std::string, const char*>{"", "the path is empty"},
                                  {folder_ / "none.db", "there is no file"},
                                  {folder_.path(), "is a folder"},
                                  {"/dev/null", "is no file"},
                                  {folder_ / "text", "is no SQLite database"},
                                  {folder_ / "other.db", "it has no table virtual_machines"},
                                  {folder_ / "own.db", "it is one of virtsql's own"},
                                  {std::string("a\0b", 3), "zero byte"}})
    EXPECT_NE(error_of(path).find(why), std::string::npos) << error_of(path);
  EXPECT_EQ(error_of(write()), "");
}

}  // namespace
}  // namespace virtsql::virtumancer
