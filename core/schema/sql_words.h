// SQL as a tree of words: names, texts, symbols, and what stands in parentheses.
//
// No grammar: whoever reads the tree knows what he looks for. Comments are left out. Reads what is written in sql/, and
// what the catalog's views say.
//
// Tested by tests/core/schema/sql_words_test.cc.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace virtsql {

struct SqlWord {
  enum class Kind { kName, kText, kSymbol, kGroup };
  Kind kind = Kind::kSymbol;
  std::string text;             // as written, with its quotes; of a.b: b
  std::string qualifier;        // of a.b: a
  std::vector<SqlWord> inside;  // of a group

  // Whether it is this word of SQL, in whatever case of letters; a name with a qualifier is none.
  bool is(std::string_view word) const;
  bool is_name() const { return kind == Kind::kName; }
  bool is_group() const { return kind == Kind::kGroup; }
};

using SqlSlice = std::span<const SqlWord>;

// The words up to the end or to a semicolon. Throws CatalogError if a quote or a parenthesis is not closed.
std::vector<SqlWord> read_sql_words(std::string_view sql);

// The parts between the commas.
std::vector<SqlSlice> split_at_commas(SqlSlice words);

// The index of the word, from `from` on; the number of words if it is not there. Groups are not looked into.
std::size_t find_word(SqlSlice words, std::string_view word, std::size_t from = 0);

// The name without its quotes.
std::string unquoted(const std::string& name);

}  // namespace virtsql
