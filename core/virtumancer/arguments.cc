// Arguments of QEMU's own that virtumancer has beside libvirt's XML.
#include <algorithm>
#include <boost/json.hpp>
#include <string>
#include <vector>

#include "core/virtumancer/parts.h"

namespace virtsql::virtumancer {
namespace {

class Arguments {
 public:
  explicit Arguments(Draft& draft) : draft_(draft) {}

  void add() {
    for (const SourceRow* row : own_rows("qemu_args"))
      if (!take_argument(*row)) draft_.leave_out("qemu:commandline", *row, "no argument");
    for (const SourceRow* row : own_rows("vendor_options"))
      if (!take_option(*row))
        draft_.leave_out("vendor_options", *row, "an option of " + std::string(row->get("namespace")));
    write();
  }

 private:
  // Returns the table's rows that say that the VM owns them.
  std::vector<const SourceRow*> own_rows(std::string_view table) {
    std::vector<const SourceRow*> out;
    for (const SourceRow& row : draft_.context.source().table(table).rows) {
      if (row.deleted || !owns(row)) continue;
      draft_.context.use(row);
      out.push_back(&row);
    }
    return out;
  }

  bool owns(const SourceRow& row) const {
    const std::string_view id = row.get("owner_id");
    const SourceRow& vm = *draft_.vm.row;
    return one_of(row.get("owner_type"), "vm|virtual_machine|virtual_machines|domain") && !id.empty() &&
           (id == vm.id || id == vm.get("uuid"));
  }

  // Each takes the arguments that the row says, and returns whether it says any.
  bool take_argument(const SourceRow& row) {
    const std::string key(row.get("key"));
    const std::string value(row.get("value"));
    if ((key.empty() && value.empty()) || !usable(key) || !usable(value)) return false;
    if (!key.empty()) arguments_.push_back(key.starts_with('-') ? key : "-" + key);
    if (!value.empty()) arguments_.push_back(value);
    return true;
  }

  bool take_option(const SourceRow& row) {
    if (row.get("namespace") != "qemu" || !one_of(row.get("key"), "arg|args|commandline|qemu:arg|qemu:commandline"))
      return false;
    const std::string_view value = row.get("value_json");
    std::vector<std::string> items;
    if (const auto list = items_of(value)) items = *list;
    if (const auto text = parse_json(value); text && text->is_string())
      items.emplace_back(std::string(text->get_string()));
    const auto good = [](const std::string& item) { return !item.empty() && usable(item); };
    if (items.empty() || !std::all_of(items.begin(), items.end(), good)) return false;
    arguments_.insert(arguments_.end(), items.begin(), items.end());
    return true;
  }

  void write() {
    if (arguments_.empty()) return;
    draft_.domain.set("@xmlns:qemu", "http://libvirt.org/schemas/domain/qemu/1.0");
    Tag& place = draft_.domain.add("qemu:commandline");
    for (const std::string& argument : arguments_) place.add("qemu:arg").set("@value", argument);
  }

  Draft& draft_;
  std::vector<std::string> arguments_;
};

}  // namespace

void add_arguments(Draft& draft) { Arguments(draft).add(); }

}  // namespace virtsql::virtumancer
