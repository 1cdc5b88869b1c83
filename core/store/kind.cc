#include "core/store/kind.h"

namespace virtsql {
namespace {

struct Kind {
  std::string_view name;
  std::string_view root;     // the root element of its documents
  std::string_view vm_uuid;  // where the document names the VM that it belongs to; empty: nowhere
};

// Each kind of DESIGN's list but `other`.
constexpr Kind kKinds[] = {
    {kDomain, "domain", ""},
    {kDomain, "domstatus", ""},
    {"domainsnapshot", "domainsnapshot", "domain/uuid"},
    {"domaincheckpoint", "domaincheckpoint", "domain/uuid"},
    {"domainbackup", "domainbackup", ""},
    {"network", "network", ""},
    {"networkport", "networkport", "owner/uuid"},
    {"pool", "pool", ""},
    {"volume", "volume", ""},
    {"nodedev", "device", ""},
    {"nwfilter", "filter", ""},
    {"nwfilterbinding", "filterbinding", "owner/uuid"},
    {"interface", "interface", ""},
    {"secret", "secret", ""},
    {"capabilities", "capabilities", ""},
    {"domaincaps", "domainCapabilities", ""},
};

constexpr std::string_view kOther = "other";

const xml::Node* child(const xml::Node* node, std::string_view name) {
  if (!node) return nullptr;
  for (const xml::Node* at = node->first_child; at; at = at->next)
    if (at->is_element() && at->name == name) return at;
  return nullptr;
}

}  // namespace

std::string_view kind_of_root(std::string_view root) {
  for (const Kind& kind : kKinds)
    if (kind.root == root) return kind.name;
  return kOther;
}

std::string_view kind_of(const xml::Node* document, const Capture& event) {
  if (document) return kind_of_root(document->name);
  for (const Kind& kind : kKinds)
    if (kind.name == event.kind) return kind.name;
  for (const Kind& kind : kKinds)
    if (kind.name == event.sub_operation || kind.root == event.sub_operation) return kind.name;
  if (event.driver == "network") return "network";
  return event.driver == "daemon" ? kOther : kDomain;
}

std::string vm_uuid_in(const xml::Node& document) {
  for (const Kind& kind : kKinds) {
    if (kind.root != document.name || kind.vm_uuid.empty()) continue;
    const std::size_t slash = kind.vm_uuid.find('/');
    const xml::Node* uuid = child(child(&document, kind.vm_uuid.substr(0, slash)), kind.vm_uuid.substr(slash + 1));
    return uuid && uuid->first_child && uuid->first_child->is_text() ? std::string(uuid->first_child->text)
                                                                     : std::string();
  }
  return {};
}

}  // namespace virtsql
