#include "core/store/kind.h"

#include <algorithm>

namespace virtsql {
namespace {

// Where a document that belongs to a VM has the VM's UUID.
constexpr struct {
  std::string_view root;
  std::string_view parent;  // the element around the VM's <uuid>
} kOwners[] = {
    {"domainsnapshot", "domain"},
    {"domaincheckpoint", "domain"},
    {"networkport", "owner"},
    {"filterbinding", "owner"},
};

}  // namespace

std::string_view kind_of(const xml::Node* document, const Capture& event) {
  if (document) return kind_of_root(document->name);
  for (const KindRoot& known : kKindRoots)
    if (known.kind == event.kind) return known.kind;
  for (const KindRoot& known : kKindRoots)
    if (known.kind == event.sub_operation || known.root == event.sub_operation) return known.kind;
  if (event.driver == "network") return kinds::kNetwork;
  return event.driver == "daemon" ? kinds::kOther : kinds::kDomain;
}

std::string vm_uuid_in(const xml::Node& document) {
  for (const auto& owner : kOwners) {
    if (owner.root != document.name) continue;
    const xml::Node* uuid = child(child(&document, owner.parent), "uuid");
    return uuid && uuid->first_child && uuid->first_child->is_text() ? std::string(uuid->first_child->text)
                                                                     : std::string();
  }
  return {};
}

bool is_of_a_vm(const Table& table) {
  return std::find(table.identity.begin(), table.identity.end(), "vm_uuid") != table.identity.end();
}

}  // namespace virtsql
