#include "core/store/arrival.h"

#include <algorithm>

#include "core/base/sha256.h"
#include "core/spool/capture.h"
#include "core/store/identity.h"
#include "core/store/kind.h"

namespace virtsql {
namespace {

// The root of what libvirt keeps of a running VM.
constexpr std::string_view kStatus = "domstatus";

// The source of what is given by hand, whose giver does not say whether the VM runs.
constexpr std::string_view kImport = "import";

// Whether the VM's root element says what it says of a running VM alone.
bool runs(const Row& row) {
  return is_vm(*row.element->table) &&
         std::any_of(row.element->attributes.begin(), row.element->attributes.end(), [&](const Attribute& attribute) {
           return attribute.column->live.when == LiveRule::When::kAlways && row.has(*attribute.column);
         });
}

}  // namespace

const xml::Node& unwrapped(const xml::Node& root) {
  if (root.name != "hookData" && root.name != kStatus) return root;
  const xml::Node* last = nullptr;
  for (const xml::Node* child = root.first_child; child; child = child->next)
    if (child->is_element()) last = child;
  return last ? *last : root;
}

const Element& described_root(const Catalog& catalog, const xml::Node& node) {
  std::string known;
  for (const auto& root : catalog.roots()) {
    if (root->name == node.name) return *root;
    known += (known.empty() ? "<" : ", <") + root->name + ">";
  }
  throw xml::Error("the XML is a <" + std::string(node.name) + ">; known are " + known);
}

Arrival::Arrival(const Catalog& catalog, const Capture& capture) : capture_(capture) {
  without_document_ = capture.xml.empty() &&
                      (!capture.uuid.empty() || capture.operation == spool::kUndefine || capture.driver == "daemon");
  result.error = capture.error;
  result.kind = kind_of(nullptr, capture);
  if (without_document_) result.vm_uuid = capture.uuid;
  if (!result.error.empty() || without_document_) return;
  try {
    read(catalog);
  } catch (const xml::Error& error) {
    result.error = error.what();
  }
}

void Arrival::read(const Catalog& catalog) {
  document.parse(capture_.xml);
  const xml::Node& node = unwrapped(document.tree());
  result.kind = kind_of(&node, capture_);
  result.vm_uuid = vm_uuid_in(node);
  // The document of a backup does not say whose it is.
  if (result.vm_uuid.empty() && result.kind != kDomain) result.vm_uuid = usual_uuid(capture_.uuid);
  document.shred(node, described_root(catalog, node));
  // Before the comparison: a <uuid> that the document does not have is in the rows' XML.
  if (is_vm(*document.rows().element->table)) result.vm_uuid = identify_vm(document, capture_.host);
  take_captured(document, capture_);
  exact_ = document.gives(capture_.xml);
  has_rows_ = true;
  result.root = document.rows().element->name;
  if (document.tree().name == kStatus || (capture_.source == kImport && runs(document.rows()))) {
    live_ = capture_;
    live_->config = "live";
  }
}

std::string Arrival::document_digest() {
  // The rows' digest is asked for too, and is the same of the same bytes.
  if (exact_ && document.xml() == capture_.xml) return document.digest();
  return sha256(capture_.xml);
}

std::string_view Arrival::name() const {
  if (!has_rows_) return capture_.name;
  const Table& table = *document.rows().element->table;
  if (is_vm(table)) return {};
  if (!capture_.name.empty() || table.named.empty()) return capture_.name;
  return document.rows().get(*table.find(table.named));
}

bool Arrival::of_vm() const { return result.kind == kDomain && !result.vm_uuid.empty(); }

}  // namespace virtsql
