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

// Some consecutive words of a vector, which must outlive the slice. Whoever asks for a word or a part that is not there
// has found SQL that breaks off or has its clauses in a wrong order: CatalogError says so to its author.
class SqlSlice {
 public:
  SqlSlice() = default;
  SqlSlice(const std::vector<SqlWord>& words) : words_(words) {}  // NOLINT(google-explicit-constructor): it copies none

  std::size_t size() const { return words_.size(); }
  bool empty() const { return words_.empty(); }
  const SqlWord* data() const { return words_.data(); }
  auto begin() const { return words_.begin(); }
  auto end() const { return words_.end(); }

  // These throw CatalogError.
  const SqlWord& operator[](std::size_t index) const {
    if (index >= size()) fail();
    return words_[index];
  }
  const SqlWord& back() const { return (*this)[size() - 1]; }
  SqlSlice subspan(std::size_t from, std::size_t count) const {
    if (from > size() || count > size() - from) fail();
    SqlSlice out;
    out.words_ = words_.subspan(from, count);
    return out;
  }
  SqlSlice subspan(std::size_t from) const {
    if (from > size()) fail();
    return subspan(from, size() - from);
  }
  SqlSlice first(std::size_t count) const { return subspan(0, count); }

 private:
  [[noreturn]] void fail() const;
  std::span<const SqlWord> words_;
};

// How many groups can be in one another. SQLite takes hardly more.
inline constexpr int kDeepestSql = 200;

// Returns the words up to the end or to a semicolon. `rest` becomes what follows that, without white space and comments
// before it. Throws CatalogError if a quote or a parenthesis is not closed, if a parenthesis is closed that was not
// opened, or if more than kDeepestSql groups are in one another.
std::vector<SqlWord> read_sql_words(std::string_view sql, std::string_view* rest = nullptr);

// Returns the parts between the commas; commas in groups do not count.
std::vector<SqlSlice> split_at_commas(SqlSlice words);

// Returns the index of the first such word at or after `from`, or the number of words if there is none. Does not look
// into groups.
std::size_t find_word(SqlSlice words, std::string_view word, std::size_t from = 0);

// Returns the name without its double quotes, if it has any.
std::string unquoted(const std::string& name);

}  // namespace virtsql
