// What the conversions of all VMs of a source share.
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
  const SourceRow* host = nullptr;  // nullptr if the host is missing or deleted
  std::string host_name;
  std::string name;
  std::string uuid;
};

// The source with its references resolved: which rows belong to which VM, and which rows were used.
class Context {
 public:
  explicit Context(Source& source) : source_(source) {}

  Source& source() { return source_; }
  std::vector<SourceVm>& vms() { return vms_; }
  // Returns the row of the VM that a vm_uuid names, which may be a deleted one; nullptr if there is none.
  const SourceRow* vm_row(std::string_view key) const;
  void add_vm_key(std::string_view key, const SourceRow& row);

  // Returns the row of the VM to which a row belongs, by its column vm_uuid, or vm_id in the oldest databases; nullptr
  // if there is none.
  const SourceRow* vm_of(const SourceRow& row) const;
  // Returns the rows of the table that belong to the VM and are not deleted.
  const std::vector<const SourceRow*>& rows_of(std::string_view table, const SourceVm& vm);
  // Returns the rows whose column has the value and that are not deleted.
  std::vector<const SourceRow*> rows_where(std::string_view table, std::string_view column, std::string_view value);
  // Returns the row of the id and notes that it is used; nullptr if it is missing or deleted.
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

// Returns the path of the volume on its host; empty if it cannot be told.
std::string volume_path(Context& context, const SourceRow& volume);

// Whether the table's rows say which VM they belong to.
bool has_vms(const SourceTable& table);

}  // namespace virtsql::virtumancer
