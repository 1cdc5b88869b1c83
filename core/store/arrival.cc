#include "core/store/arrival.h"

#include <cassert>

#include "core/base/sha256.h"
#include "core/base/uuid.h"
#include "core/rows/definition.h"
#include "core/spool/capture.h"
#include "core/spool/operations.h"
#include "core/store/identity.h"
#include "core/store/kind.h"

namespace virtsql {
namespace {

// Capture::source of an import. Whoever imports a document does not say whether it is of a running VM.
constexpr std::string_view kImport = "import";

}  // namespace

const Element& described_root(const Catalog& catalog, const xml::Node& node) {
  std::string known;
  for (const auto& root : catalog.roots()) {
    if (root->name == node.name) return *root;
    known += (known.empty() ? "<" : ", <") + root->name + ">";
  }
  throw xml::Error("the XML is a <" + std::string(node.name) + ">; known are " + known);
}

Arrival::Arrival(const Catalog& catalog, const Capture& capture, RecentDocuments* recent)
    : catalog_(catalog), capture_(capture) {
  const bool is_end = capture.operation == operations::kUndefine ||
                      (capture.operation == operations::kStopped && capture.source != "hook");
  without_document_ = capture.xml.empty() && (!capture.uuid.empty() || is_end || capture.driver == "daemon");
  result.error = capture.error;
  result.kind = kind_of(nullptr, capture);
  if (without_document_) result.vm_uuid = capture.uuid;
  if (!result.error.empty() || without_document_ || !is_event()) return;
  if (recent) {
    if (const RecentDocuments::Said* said = recent->find(capture, document_digest())) {
      take(*said);
      return;
    }
  }
  try {
    read();
  } catch (const std::runtime_error& error) {  // no XML, or rows of which no XML can be made
    result.error = error.what();
  }
  if (recent && has_vm_rows())
    recent->keep(capture, document_digest(), {result.vm_uuid, result.root, rows_digest(), exact_, live_.has_value()});
}

void Arrival::take(const RecentDocuments::Said& said) {
  result.kind = kinds::kDomain;
  result.vm_uuid = said.vm_uuid;
  result.root = said.root;
  rows_digest_ = said.rows_digest;
  exact_ = said.exact;
  has_rows_ = true;
  if (said.live) say_live();
}

void Arrival::read() {
  document_.parse(capture_.xml);
  const xml::Node& node = unwrapped(document_.tree());
  result.kind = kind_of(&node, capture_);
  result.vm_uuid = vm_uuid_in(node);
  // The document of a backup does not name its VM; the event does.
  if (result.vm_uuid.empty() && result.kind != kinds::kDomain) result.vm_uuid = usual_uuid(capture_.uuid);
  const Element& root = described_root(catalog_, node);
  result.root = root.name;
  document_.shred(node, root);
  // Before gives(): a document without <uuid> is not exact, because the XML of its rows has one.
  if (document_.rows().element->table->is_vm()) result.vm_uuid = identify_vm(document_, capture_.host);
  take_captured(document_, capture_);
  exact_ = document_.gives(capture_.xml);
  if (exact_ && document_.xml() == capture_.xml) document_.set_digest(document_digest());
  has_rows_ = true;
  if (document_.tree().name == kStatus || (capture_.source == kImport && is_of_running_vm(document_.rows())))
    say_live();
}

void Arrival::say_live() {
  live_ = capture_;
  live_->config = "live";
}

bool Arrival::has_vm_rows() const { return has_rows_ && result.kind == kinds::kDomain; }

Document& Arrival::document() {
  assert(has_rows_);
  if (!document_.has_rows()) read();
  return document_;
}

const std::string& Arrival::document_digest() {
  if (document_digest_.empty()) document_digest_ = sha256(capture_.xml);
  return document_digest_;
}

const std::string& Arrival::rows_digest() {
  assert(has_rows_);
  if (rows_digest_.empty()) rows_digest_ = document_.digest();
  return rows_digest_;
}

std::string_view Arrival::name() const {
  if (!has_rows_) return capture_.name;
  if (has_vm_rows()) return {};
  const Table& table = *document_.rows().element->table;
  if (!capture_.name.empty() || table.name_column.empty()) return capture_.name;
  return document_.rows().get(*table.find(table.name_column));
}

bool Arrival::of_vm() const { return result.kind == kinds::kDomain && !result.vm_uuid.empty(); }

}  // namespace virtsql
