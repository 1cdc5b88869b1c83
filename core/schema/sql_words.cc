#include "core/schema/sql_words.h"

#include <algorithm>

#include "core/base/letters.h"
#include "core/catalog/catalog.h"

namespace virtsql {
namespace {

bool is_of_word(char c) { return is_letter_or_digit(c) || c == '_'; }

class Reader {
 public:
  explicit Reader(std::string_view sql) : sql_(sql) {}

  std::vector<SqlWord> read_all() {
    std::vector<SqlWord> out = read_group();
    if (at_ < sql_.size() && sql_[at_] == ')') throw CatalogError("SQL with a parenthesis that is not opened");
    return out;
  }

  // What follows the semicolon at which read_all() ended.
  std::string_view rest() {
    while (skip_space() && sql_[at_] == ';') ++at_;
    return sql_.substr(at_);
  }

 private:
  // Reads the words up to the end, a closing parenthesis or a semicolon.
  std::vector<SqlWord> read_group() {
    std::vector<SqlWord> out;
    while (skip_space() && sql_[at_] != ')' && sql_[at_] != ';') out.push_back(read_word());
    return out;
  }

  // Skips white space and comments. Returns whether anything follows.
  bool skip_space() {
    for (;;) {
      while (at_ < sql_.size() && is_white(sql_[at_])) ++at_;
      const bool is_block = sql_.substr(at_).starts_with("/*");
      if (!is_block && !sql_.substr(at_).starts_with("--")) return at_ < sql_.size();
      const std::size_t end = sql_.find(is_block ? "*/" : "\n", at_ + 2);
      at_ = end == std::string_view::npos ? sql_.size() : end + (is_block ? 2 : 0);
    }
  }

  SqlWord read_word() {
    SqlWord out;
    const char c = sql_[at_];
    if (c == '(') {
      ++at_;
      out.kind = SqlWord::Kind::kGroup;
      // Each group takes some of the stack, here and in all that go through the words.
      if (++depth_ > kDeepestSql)
        throw CatalogError("SQL with more than " + std::to_string(kDeepestSql) + " parentheses in one another");
      out.inside = read_group();
      --depth_;
      if (at_ >= sql_.size() || sql_[at_] != ')') throw CatalogError("SQL with a parenthesis that is not closed");
      ++at_;
    } else if (c == '\'') {
      out.kind = SqlWord::Kind::kText;
      out.text = read_quoted();
    } else if (is_of_word(c) || c == '"') {
      out.kind = SqlWord::Kind::kNameOrNumber;
      out.text = read_name();
      if (!is_digit(c) && next_is('.') && at_ + 1 < sql_.size() && (is_letter(sql_[at_ + 1]) || sql_[at_ + 1] == '"')) {
        ++at_;
        out.qualifier = std::move(out.text);
        out.text = read_name();
      }
    } else if (c == ':' && at_ + 1 < sql_.size() && is_letter(sql_[at_ + 1])) {
      out.text = sql_[at_++];
      out.text += read_name();
    } else {
      constexpr std::string_view kOfTwo[] = {"||", "<>", "<=", ">=", "!=", "==", "<<", ">>"};
      const std::string_view two = sql_.substr(at_, 2);
      const bool is_two = std::find(std::begin(kOfTwo), std::end(kOfTwo), two) != std::end(kOfTwo);
      out.text = two.substr(0, is_two ? 2 : 1);
      at_ += out.text.size();
    }
    return out;
  }

  bool next_is(char c) const { return at_ < sql_.size() && sql_[at_] == c; }

  // A name or a number.
  std::string read_name() {
    if (sql_[at_] == '"') return read_quoted();
    const std::size_t from = at_;
    const bool number = is_digit(sql_[at_]);
    while (at_ < sql_.size() && (is_of_word(sql_[at_]) || (number && sql_[at_] == '.'))) ++at_;
    return std::string(sql_.substr(from, at_ - from));
  }

  // Reads up to the closing quote. A doubled quote is part of the text.
  std::string read_quoted() {
    const std::size_t from = at_;
    const char quote = sql_[at_++];
    const std::string doubled(2, quote);
    while (at_ < sql_.size() && (sql_[at_] != quote || sql_.substr(at_, 2) == doubled))
      at_ += sql_[at_] == quote ? 2 : 1;
    if (at_ >= sql_.size()) throw CatalogError("SQL with a quote that is not closed");
    ++at_;
    return std::string(sql_.substr(from, at_ - from));
  }

  std::string_view sql_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

bool SqlWord::is(std::string_view word) const {
  if (kind == Kind::kGroup || kind == Kind::kText || !qualifier.empty()) return false;
  return same_without_case(text, word);
}

void SqlSlice::fail() const {
  // Mostly the last word is the one behind which something is missing.
  const std::string last = empty() ? "" : words_.back().is_group() ? ")" : words_.back().text;
  throw CatalogError("the query cannot be read: something is missing or out of place" +
                     (last.empty() ? std::string(" between commas or parentheses") : " at or before \"" + last + "\""));
}

std::vector<SqlWord> read_sql_words(std::string_view sql, std::string_view* rest) {
  Reader reader(sql);
  std::vector<SqlWord> out = reader.read_all();
  if (rest) *rest = reader.rest();
  return out;
}

std::vector<SqlSlice> split_at_commas(SqlSlice words) {
  std::vector<SqlSlice> out;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= words.size(); ++i)
    if (i == words.size() || words[i].is(",")) {
      out.push_back(words.subspan(from, i - from));
      from = i + 1;
    }
  return out;
}

std::size_t find_word(SqlSlice words, std::string_view word, std::size_t from) {
  for (std::size_t i = from; i < words.size(); ++i)
    if (words[i].is(word)) return i;
  return words.size();
}

std::string unquoted(const std::string& name) {
  return name.size() > 1 && name.front() == '"' ? name.substr(1, name.size() - 2) : name;
}

}  // namespace virtsql
