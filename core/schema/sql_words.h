// SQL as a tree of words: names, texts, symbols, and what stands in parentheses.
//
// It knows no grammar: the callers know which words they look for. Comments are left out. It reads the SQL of sql/, of
// the catalog's views, and of queries for the fleet's store.
//
// Tested by tests/core/schema/sql_words_test.cc.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace virtsql {

struct SqlWord {
  enum class Kind { kNameOrNumber, kText, kSymbol, kGroup };
  Kind kind = Kind::kSymbol;
  std::string text;             // as written, with its quotes; of a.b: b
  std::string qualifier;        // of a.b: a
  std::vector<SqlWord> inside;  // of a group

  // Whether this is the given word of SQL, whatever the case of its letters. A name with a qualifier, a text in quotes
  // and a group are not.
  bool is(std::string_view word) const;
  bool is_name_or_number() const { return kind == Kind::kNameOrNumber; }
  bool is_group() const { return kind == Kind::kGroup; }
};

using SqlSlice = std::span<const SqlWord>;

// Returns the words up to the end or to a semicolon. Throws CatalogError if a quote or a parenthesis is not closed, or
// if a parenthesis is closed that was not opened.
std::vector<SqlWord> read_sql_words(std::string_view sql);

// Returns the parts between the commas; commas in groups do not count.
std::vector<SqlSlice> split_at_commas(SqlSlice words);

// Returns the index of the first such word at or after `from`, or the number of words if there is none. Does not look
// into groups.
std::size_t find_word(SqlSlice words, std::string_view word, std::size_t from = 0);

// Returns the name without its double quotes, if it has any.
std::string unquoted(const std::string& name);

}  // namespace virtsql
