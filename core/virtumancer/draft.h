// A VM's domain XML while it is made, what of the rows must be told, and the parts of it that parts.h lists.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/virtumancer/apply.h"
#include "core/virtumancer/check.h"
#include "core/virtumancer/context.h"
#include "core/virtumancer/field.h"
#include "core/virtumancer/members.h"
#include "core/virtumancer/note.h"
#include "core/virtumancer/tag.h"
#include "core/virtumancer/text.h"

namespace virtsql::virtumancer {

// Returns an element of the name without anything in it.
Tag tag_named(std::string_view name);

// Returns the element's child of the name, which is made if there is none.
Tag& child_of(Tag& parent, std::string_view name);

// What a reference leads to that leads nowhere, in words.
std::string missing(std::string_view table, std::string_view id);

struct Draft {
  Draft(Context& context_of_all, const SourceVm& source_vm, std::vector<Note>& notes_of_vm);

  // Returns the VM's rows of the table.
  const std::vector<const SourceRow*>& rows_of(std::string_view table) const { return context.rows_of(table, vm); }
  // Returns the VM's <devices>.
  Tag& devices() { return child_of(domain, "devices"); }
  // Gives the VM the device that is made of the row.
  void add_device(Tag tag, const SourceRow& row);
  // Returns whether the VM does not have it yet. `key` names what libvirt takes only once: an address, an alias, a
  // feature, ...
  bool take(const std::string& key) { return taken_keys_.insert(key).second; }

  // Each notes something of the row: what was made of it that it does not say, and what was made although nothing says
  // it.
  void inferred(std::string what, const SourceRow& row, std::string detail);
  void defaulted(std::string what, const SourceRow& row, std::string detail);
  // Notes that nothing of the row is in the XML. `kept`: JSON of what had no place, if it is not the row.
  void leave_out(std::string what, const SourceRow& row, std::string detail);
  void leave_out(std::string what, const SourceRow& row, std::string detail, std::string kept);
  // Notes what of the row had no place.
  void rest(std::string what, const SourceRow& row, const Reading& reading);
  // Takes back that the value was a default, since another row says it.
  void forget_default(std::string_view what);

  // Applies the rows of `table` that belong to `owner`: their column `key` has its id.
  void apply_rows(Tag& tag, std::string_view table, std::string_view key, const SourceRow& owner,
                  const std::vector<Field>& fields, std::string_view place);

  Context& context;
  const SourceVm& vm;
  Tag domain;  // what has been made so far

  // What one part finds and a later one needs.
  std::string_view cpu_model;
  const SourceRow* boot_row = nullptr;    // the row of boot_configs
  const SourceRow* secure_row = nullptr;  // the row that asks for secure boot; nullptr if none does
  bool vcpus_are_assumed = false;         // the VM does not say how many it has
  bool virtiofs = false;
  std::set<const SourceRow*> aliases;  // rows of device_aliases that a device got

 private:
  std::vector<Note>& notes_;
  std::set<std::string> taken_keys_;
};

}  // namespace virtsql::virtumancer
