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

bool InsertSql::deserves_own() {
  if (key_.empty() && marks_.empty()) return false;  // an INSERT needs at least one column
  if (statements_.size() >= kMost) return false;
  const auto counted = counts_.find(key_);
  if (counted == counts_.end()) {
    if (counts_.size() < kCounted) counts_.emplace(key_, 1);
    return false;
  }
  if (++counted->second < kRowsForOwnStatement) return false;
  counts_.erase(counted);
  return true;
}

InsertSql::Statement& InsertSql::statement_for(const Row& row) {
  key_.clear();
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (row.has(*columns_[i]) || !columns_[i]->marks->preset.empty()) key_.push_back(static_cast<char16_t>(i));
  const auto found = statements_.find(key_);
  if (found != statements_.end()) return found->second;
  if (!deserves_own()) {
    key_.clear();
    for (std::size_t i = 0; i < columns_.size(); ++i) key_.push_back(static_cast<char16_t>(i));
    if (const auto all = statements_.find(key_); all != statements_.end()) return all->second;
  }
  std::vector<const Column*> columns;
  for (const char16_t place : key_) columns.push_back(columns_[place]);
  return statements_.emplace(key_, made_of(std::move(columns))).first->second;
}

}  // namespace virtsql
