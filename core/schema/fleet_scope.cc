#include "core/schema/fleet_scope.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/schema/fleet_tables.h"

namespace virtsql {
namespace {

// Id columns besides the owner and resource keys that the catalog names.
constexpr const char* kIds[] = {"id",         "uuid",          "vm_uuid",  "host",      "host_id",
                                "capture_id", "attachment_id", "owner_id", "device_id", "parent_id"};

// Whether the word begins another clause, and so is not the alias of the table before it.
bool is_clause(const SqlWord& word) {
  for (const std::string_view clause : {"ON", "JOIN", "LEFT", "CROSS", "INNER", "WHERE", "GROUP", "HAVING", "ORDER",
                                        "LIMIT", ",", "UNION", "EXCEPT", "INTERSECT", "WINDOW", "USING"})
    if (word.is(clause)) return true;
  return false;
}

[[noreturn]] void no_qualifier(const SqlWord& id) {
  throw CatalogError("the fleet has " + id.text + " once for each source: write whose it is, alias." + id.text);
}

}  // namespace

FleetIds::FleetIds(const Catalog& catalog) : names_(std::begin(kIds), std::end(kIds)) {
  for (const Table* table : catalog.tables())
    for (const Name& name : {table->owner_key, table->resource_key})
      if (!name.empty()) names_.emplace(name);
}

bool FleetIds::names_id(SqlSlice names) const {
  return std::any_of(names.begin(), names.end(), [&](const SqlWord& name) { return is_id(name); });
}

bool FleetIds::gives_id(SqlSlice query) const {
  const std::size_t select = find_word(query, "SELECT");
  if (select == query.size()) return false;
  const SqlSlice items = query.subspan(select + 1, find_word(query, "FROM", select) - select - 1);
  for (const SqlSlice item : split_at_commas(items))
    if (!item.empty() && is_id(item.back())) return true;
  return false;
}

bool begins_query(SqlSlice words) { return !words.empty() && (words[0].is("SELECT") || words[0].is("WITH")); }

std::string spelled(const SqlWord& name) {
  return name.qualifier.empty() ? name.text : name.qualifier + "." + name.text;
}

const SqlWord* plain_name(SqlSlice item) {
  if (!item.empty() && item[0].is("+")) item = item.subspan(1);
  const bool alone =
      item.size() == 1 || (item.size() == 2 && item[1].is_name_or_number()) || (item.size() == 3 && item[1].is("AS"));
  return alone && item[0].is_name_or_number() ? item.data() : nullptr;
}

FleetScope::FleetScope(SqlSlice from, const FleetIds& ids, const Parts& parts, const FleetScope* outer)
    : outer_(outer) {
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (!from[i].is("FROM") && !from[i].is("JOIN") && !from[i].is(",")) continue;
    std::size_t at = i + 1;
    Origin origin{from[at].text, true};
    if (from[at].is_group()) {
      origin.has_source = begins_query(from[at].inside) && ids.gives_id(from[at].inside);
    } else if (at + 1 < from.size() && from[at + 1].is_group()) {
      origin.has_source = false;
      ++at;
    } else if (const auto part = parts.find(origin.name); part != parts.end()) {
      origin.has_source = part->second;
    }
    std::string alias = origin.name;
    if (at + 2 < from.size() && from[at + 1].is("AS"))
      alias = from[at + 2].text;
    else if (at + 1 < from.size() && from[at + 1].is_name_or_number() && !is_clause(from[at + 1]))
      alias = from[at + 1].text;
    if (first_.empty() && origin.has_source) first_ = alias;
    origins_[alias] = std::move(origin);
  }
}

FleetScope::Origin FleetScope::find(const std::string& alias) const {
  const auto found = origins_.find(alias);
  if (found != origins_.end()) return found->second;
  return outer_ ? outer_->find(alias) : Origin();
}

std::string FleetScope::column(const SqlWord& name) const {
  if (name.qualifier.empty()) return name.text;
  const std::string table = find(name.qualifier).name;
  if ((table == kFleetVmTable || table == kFleetCurrentVms) && name.text == "uuid") return name.qualifier + ".vm_uuid";
  if ((table == "captures" || table.starts_with("domain_")) && name.text == "captured_at")
    return "utc(" + spelled(name) + ")";
  return spelled(name);
}

std::string FleetScope::source(const SqlWord& id) const {
  if (!id.qualifier.empty()) return id.qualifier + ".source_id";
  if (origins_.size() != 1 || first_.empty()) no_qualifier(id);
  return first_ + ".source_id";
}

std::string FleetScope::with_source(const SqlWord& id) const {
  if (id.qualifier.empty()) no_qualifier(id);
  return "(" + id.qualifier + ".source_id, " + column(id) + ")";
}

std::string FleetScope::source_of(SqlSlice items, const FleetIds& ids) const {
  for (const SqlSlice item : split_at_commas(items)) {
    const SqlWord* const name = plain_name(item);
    if (name && ids.is_id(*name) && has_source(*name))
      return name->qualifier.empty() ? "source_id" : name->qualifier + ".source_id";
  }
  return first_.empty() ? "CAST(NULL AS integer) AS source_id" : first_ + ".source_id";
}

}  // namespace virtsql
