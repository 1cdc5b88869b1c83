#include "core/store/insert_sql.h"

#include <cassert>
#include <utility>

#include "core/base/sql_quote.h"

namespace virtsql {

InsertSql::InsertSql(std::string_view table, const std::vector<std::string>& fixed, std::vector<const Column*> columns)
    : beginning_("INSERT INTO " + quote_identifier(table) + " ("), columns_(std::move(columns)) {
  assert(!fixed.empty() || !columns_.empty());
  for (const std::string& name : fixed) {
    beginning_ += (marks_.empty() ? "" : ", ") + quote_identifier(name);
    marks_ += marks_.empty() ? "?" : ", ?";
  }
}

InsertSql::Statement InsertSql::made_of(std::vector<const Column*> columns) const {
  std::string names = beginning_;
  std::string marks = marks_;
  for (const Column* column : columns) {
    names += (marks.empty() ? "" : ", ") + quote_identifier(column->name);
    marks += marks.empty() ? "?" : ", ?";
  }
  Statement out;
  out.columns = std::move(columns);
  out.sql = names + ") VALUES (" + marks + ")";
  return out;
}

InsertSql::Statement& InsertSql::statement_for(const Row& row) {
  key_.clear();
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (row.has(*columns_[i]) || !columns_[i]->marks->preset.empty()) key_.push_back(static_cast<char16_t>(i));
  const auto found = statements_.find(key_);
  if (found != statements_.end()) return found->second;
  // An INSERT needs a column; and the set of all columns takes what no other statement is made for.
  if ((key_.empty() && marks_.empty()) || (key_.size() < columns_.size() && statements_.size() + 1 >= kMost)) {
    key_.clear();
    for (std::size_t i = 0; i < columns_.size(); ++i) key_.push_back(static_cast<char16_t>(i));
    if (const auto all = statements_.find(key_); all != statements_.end()) return all->second;
  }
  std::vector<const Column*> columns;
  for (const char16_t place : key_) columns.push_back(columns_[place]);
  return statements_.emplace(key_, made_of(std::move(columns))).first->second;
}

}  // namespace virtsql
