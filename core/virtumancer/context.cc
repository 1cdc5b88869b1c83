#include "core/virtumancer/context.h"

#include "core/base/letters.h"
#include "core/virtumancer/check.h"
#include "core/virtumancer/text.h"

namespace virtsql::virtumancer {

void Context::add_vm_key(std::string_view key, const SourceRow& row) {
  if (!key.empty()) by_key_.emplace(lower_case(key), &row);
}

const SourceRow* Context::vm_row(std::string_view key) const {
  const auto found = by_key_.find(lower_case(key));
  return found == by_key_.end() ? nullptr : found->second;
}

const SourceRow* Context::vm_of(const SourceRow& row) const {
  return vm_row(row.get("vm_uuid").empty() ? row.get("vm_id") : row.get("vm_uuid"));
}

bool has_vms(const SourceTable& table) { return table.columns.contains("vm_uuid") || table.columns.contains("vm_id"); }

const std::vector<const SourceRow*>& Context::rows_of(std::string_view table, const SourceVm& vm) {
  auto found = by_vm_.find(table);
  if (found == by_vm_.end()) {
    found = by_vm_.try_emplace(std::string(table)).first;
    for (const SourceRow& row : source_.table(table).rows)
      if (!row.deleted)
        if (const SourceRow* owner = vm_of(row)) found->second[owner].push_back(&row);
  }
  return found->second[vm.row];
}

std::vector<const SourceRow*> Context::rows_where(std::string_view table, std::string_view column,
                                                  std::string_view value) {
  const std::pair<std::string, std::string> key(table, column);
  auto found = by_value_.find(key);
  if (found == by_value_.end()) {
    found = by_value_.try_emplace(key).first;
    for (const SourceRow& row : source_.table(table).rows)
      if (!row.deleted && !row.get(column).empty()) found->second.emplace(row.get(column), &row);
  }
  std::vector<const SourceRow*> out;
  const auto [first, last] = found->second.equal_range(value);
  for (auto entry = first; entry != last; ++entry) out.push_back(entry->second);
  return out;
}

const SourceRow* Context::find(std::string_view table, std::string_view id) {
  const SourceTable& rows = source_.table(table);
  const auto found = rows.by_id.find(id);
  if (found == rows.by_id.end() || found->second->deleted) return nullptr;
  used_.insert(found->second);
  return found->second;
}

std::string volume_path(Context& context, const SourceRow& volume) {
  const std::string_view path = volume.get("path");
  if (path.starts_with('/')) return std::string(path);
  const std::string_view name = volume.get("name");
  if (name.starts_with('/') || name.empty()) return std::string(name);
  const SourceRow* pool = context.find("storage_pools", volume.get("storage_pool_id"));
  if (!pool || !pool->get("path").starts_with('/') ||
      !one_of(pool->get("type"), "dir|fs|netfs|logical|gluster|vstorage"))
    return "";
  std::string out(pool->get("path"));
  if (!out.ends_with('/')) out += '/';
  return out + std::string(name);
}

}  // namespace virtsql::virtumancer
