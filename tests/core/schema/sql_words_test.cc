#include "core/schema/sql_words.h"

#include <gtest/gtest.h>

#include "core/catalog/catalog.h"

namespace virtsql {
namespace {

TEST(SqlWords, AreNamesTextsSymbolsAndGroups) {
  const std::vector<SqlWord> words =
      read_sql_words("SELECT a.\"id\", count(*) -- how many\nFROM t WHERE x<>'it''s' || :p; more");
  std::string read;
  for (const SqlWord& word : words)
    read += (word.qualifier.empty() ? "" : word.qualifier + ".") + (word.is_group() ? "()" : word.text) + " ";
  EXPECT_EQ(read, "SELECT a.\"id\" , count () FROM t WHERE x <> 'it''s' || :p ");
  EXPECT_EQ(words[4].inside.size(), 1U);
  EXPECT_EQ(unquoted(words[1].text), "id");
}

TEST(SqlWords, CompareWithoutCaseAndNeverWithANameOfATable) {
  EXPECT_TRUE(read_sql_words("select")[0].is("SELECT"));
  EXPECT_FALSE(read_sql_words("t.select")[0].is("SELECT"));
  EXPECT_FALSE(read_sql_words("'select'")[0].is("'SELECT'"));
}

TEST(SqlWords, KeepNumbersWhole) {
  const std::vector<SqlWord> words = read_sql_words("1024.0 / a.b");
  EXPECT_EQ(words[0].text, "1024.0");
  EXPECT_EQ(words.size(), 3U);
}

TEST(SqlWords, AreSplitAtTheCommasOfTheSameLevel) {
  const std::vector<SqlWord> words = read_sql_words("a, f(b, c), d");
  EXPECT_EQ(split_at_commas(words).size(), 3U);
  EXPECT_EQ(find_word(words, "c"), words.size());
  EXPECT_EQ(find_word(words, "D"), words.size() - 1);
}

TEST(SqlWords, RefuseWhatIsNotClosed) {
  for (const char* sql : {"f(a", "'a", "\"a", "a)"}) EXPECT_THROW(read_sql_words(sql), CatalogError) << sql;
}

}  // namespace
}  // namespace virtsql
