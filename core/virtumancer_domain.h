// A VM of virtumancer as domain XML, and what is to be told about how it came to be.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/virtumancer_map.h"
#include "core/virtumancer_source.h"
#include "core/xml.h"

namespace virtsql::virtumancer {

// An element under construction.
struct Tag {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string text;
  std::list<Tag> children;

  Tag& add(std::string_view child_name);
  // Sets an attribute (target/@dev) or a text (serial), with the elements on the way. An empty text makes the element.
  void set(std::string_view path, std::string_view value);
  // What set() has set; empty where nothing has.
  std::string_view get(std::string_view path) const;
  bool has(std::string_view path) const;
  void erase(std::string_view path);
  void write(xml::Writer& writer) const;
  std::string xml() const;

 private:
  const Tag* find(std::string_view child_name) const;
};

// A row of the report.
struct Note {
  std::string what;  // a place in the XML, or a table
  std::string table;
  std::string id;
  std::string kind;  // imported, inferred, defaulted, left out
  std::string detail;
  std::string kept;  // JSON of what had no place; empty where there is none
};

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

// JSON of a row's columns (all where none are given), with its id.
std::string row_json(const SourceRow& row, const std::vector<std::string_view>& columns);

// The domain XML of the VM; `notes` gets what is to be told.
std::string domain_of(Context& context, const SourceVm& vm, std::vector<Note>& notes);

// Whether the table's rows say which VM they belong to.
bool has_vms(const SourceTable& table);

// Whether domain_of reads the table.
bool is_read(std::string_view table);

}  // namespace virtsql::virtumancer
