// What all VMs of a source have in common.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/virtumancer/source.h"

namespace virtsql::virtumancer {

// A VM of the source.
struct SourceVm {
  const SourceRow* row = nullptr;
  const SourceRow* host = nullptr;  // nullptr where the host is missing
  std::string host_name;
  std::string name;
  std::string uuid;
};

// What all VMs have in common: the source with its references resolved.
class Context {
 public:
  explicit Context(Source& source) : source_(source) {}

  Source& source() { return source_; }
  std::vector<SourceVm>& vms() { return vms_; }
  // The VM that a vm_uuid names, deleted ones too: its row; nullptr where there is none.
  const SourceRow* vm_row(std::string_view key) const;
  void add_vm_key(std::string_view key, const SourceRow& row);

  // The VM that a row belongs to, by its column vm_uuid, or vm_id in the oldest databases.
  const SourceRow* vm_of(const SourceRow& row) const;
  // The rows of a table that are a VM's.
  const std::vector<const SourceRow*>& rows_of(std::string_view table, const SourceVm& vm);
  // The rows whose column has the value.
  std::vector<const SourceRow*> rows_where(std::string_view table, std::string_view column, std::string_view value);
  // A row that is there and not deleted; noted as used.
  const SourceRow* find(std::string_view table, std::string_view id);
  bool is_used(const SourceRow& row) const { return used_.contains(&row); }
  void use(const SourceRow& row) { used_.insert(&row); }

 private:
  Source& source_;
  std::vector<SourceVm> vms_;
  std::map<std::string, const SourceRow*, std::less<>> by_key_;
  std::map<std::string, std::map<const SourceRow*, std::vector<const SourceRow*>>, std::less<>> by_vm_;
  std::map<std::pair<std::string, std::string>, std::multimap<std::string, const SourceRow*, std::less<>>> by_value_;
  std::set<const SourceRow*> used_;
};

// The path at which a volume is on its host; empty where that cannot be told.
std::string volume_path(Context& context, const SourceRow& volume);

// Whether the table's rows say which VM they belong to.
bool has_vms(const SourceTable& table);

}  // namespace virtsql::virtumancer
