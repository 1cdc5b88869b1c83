#include "core/schema/identity.h"

#include <cassert>

#include "core/schema/sql_name.h"

namespace virtsql {
namespace {

// SQLite allows a function this many arguments. The format text is one of them.
[[maybe_unused]] constexpr std::size_t kMostArguments = 127;

}  // namespace

std::string joined_values_sql(const std::vector<std::string>& values) {
  assert(values.size() < kMostArguments);
  std::string conversions;
  std::string arguments;
  for (const std::string& value : values) {
    conversions += conversions.empty() ? "%Q" : ",%Q";  // %Q writes NULL for a missing value
    arguments += "," + value;
  }
  return "format('" + conversions + "'" + arguments + ")";
}

std::string identity_sql(const Table& resource, const std::function<std::string(const std::string& column)>& value) {
  assert(resource.attachment);
  std::vector<std::string> values;
  if (resource.host_scoped) values.push_back(value("host_id"));
  for (const Column* column : resource.columns) values.push_back(value(column->name));
  // NULLs at the end say nothing, so rtrim() removes them. It stops at the last value, which ends with a quote.
  std::string all = "rtrim(" + joined_values_sql(values) + ",',NUL')";
  if (resource.share_keys.empty()) return all;
  std::string named;
  for (const Name& key : resource.share_keys)
    named += (named.empty() ? "" : " OR ") + ("coalesce(" + value(key) + ",'')<>''");
  return "CASE WHEN " + named + " THEN " + all + " END";
}

std::string identity_sql(const Table& resource) {
  return identity_sql(resource, [](const std::string& column) { return sql_name(column); });
}

}  // namespace virtsql
