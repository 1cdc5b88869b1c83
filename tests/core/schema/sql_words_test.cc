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

TEST(SqlWords, RefuseGroupsThatAreTooDeep) {
  const std::string open(kDeepestSql, '(');
  const std::string close(kDeepestSql, ')');
  EXPECT_EQ(read_sql_words(open + close + open + close).size(), 2U);
  EXPECT_THROW(read_sql_words("(" + open + close + ")"), CatalogError);
  EXPECT_THROW(read_sql_words(std::string(200000, '(')), CatalogError);
}

TEST(SqlWords, LeaveTheRestBehindTheSemicolon) {
  std::string_view rest = "x";
  for (const char* sql : {"a", "a;", "a; -- no more\n ;\n"}) {
    EXPECT_EQ(read_sql_words(sql, &rest).size(), 1U) << sql;
    EXPECT_EQ(rest, "") << sql;
  }
  EXPECT_EQ(read_sql_words("a; -- more\n b; c", &rest).size(), 1U);
  EXPECT_EQ(rest, "b; c");
}

TEST(SqlWords, DoNotIncludeComments) {
  const std::vector<SqlWord> words = read_sql_words("a /* b; */ c -- d\n e /* f");
  ASSERT_EQ(words.size(), 3U);
  EXPECT_TRUE(words[0].is("a"));
  EXPECT_TRUE(words[1].is("c"));
  EXPECT_TRUE(words[2].is("e"));
}

TEST(SqlSlice, RefusesWhatIsNotThere) {
  const std::vector<SqlWord> words = read_sql_words("a b c");
  const SqlSlice slice = words;
  EXPECT_EQ(slice.back().text, "c");
  EXPECT_EQ(slice.subspan(1, 2).size(), 2U);
  EXPECT_TRUE(slice.subspan(3).empty());
  EXPECT_THROW(slice[3], CatalogError);
  EXPECT_THROW(slice.subspan(4), CatalogError);
  EXPECT_THROW(slice.subspan(1, 3), CatalogError);
  EXPECT_THROW(slice.subspan(1, std::size_t{0} - 1), CatalogError) << "a count that fell below 0";
  EXPECT_THROW(slice.first(4), CatalogError);
  EXPECT_THROW(SqlSlice().back(), CatalogError);
}

}  // namespace
}  // namespace virtsql
