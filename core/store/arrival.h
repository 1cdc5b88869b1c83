// What a capture says: what it is about, and the rows that its document makes. Nothing here asks the database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/catalog/catalog.h"
#include "core/rows/document.h"
#include "core/spool/capture.h"
#include "core/store/recent_documents.h"
#include "core/xml/xml.h"

namespace virtsql {

// What became of a capture.
struct CaptureResult {
  std::int64_t id = 0;
  std::int64_t seq = 0;        // the order of arrival
  bool recorded = true;        // false: it had been recorded before
  std::string_view kind;       // what it is about, see kind_of()
  std::string root;            // name of the document's root element; empty where no rows could be made
  std::string vm_uuid;         // the VM that it is about or belongs to; empty if there is none
  std::int64_t object_id = 0;  // row id of what is no domain
  std::string error;           // why no rows could be made
  std::string rows_error;      // why the rows that are there could not follow, see Rows::kGuarded
};

// The description of a document's root element. Throws xml::Error if the catalog has none.
const Element& described_root(const Catalog& catalog, const xml::Node& node);

// The document in what the network hook is given, <hookData> with the network and perhaps a port of it; and in what
// libvirt keeps of a running VM, <domstatus>, which ends with the VM. Every other root is one itself.
const xml::Node& unwrapped(const xml::Node& root);

// A capture that has arrived, read. What is wrong with its document is in result.error.
class Arrival {
 public:
  // The capture must outlive it. `recent` may be nullptr: a document that it knows is read only if somebody asks for
  // it. Throws std::bad_alloc, and nothing else.
  Arrival(const Catalog& catalog, const Capture& capture, RecentDocuments* recent = nullptr);

  // The event as it is recorded: what libvirt keeps of a running VM, <domstatus>, is live whatever its teller said; so
  // is what is imported if its root says what libvirt says of running VMs alone (@id).
  const Capture& capture() const { return live_ ? *live_ : capture_; }
  // Whether something happened; false: libvirt only says that it still has what it was last said to have.
  bool is_event() const { return capture_.operation != spool::kSeen; }
  // Whether the event has no document by its nature: libvirt names a VM that stopped or is undefined, but has none of
  // it any more, and the daemon's hook never has one.
  bool without_document() const { return without_document_; }
  // Whether the whole document made rows, and its VM is known; exact(): whether they give its bytes back.
  bool has_rows() const { return has_rows_; }
  bool has_vm_rows() const;
  bool exact() const { return exact_; }
  // SHA-256 of the document's bytes, and of the XML that its rows give. The second REQUIRES: it has rows.
  const std::string& document_digest();
  const std::string& rows_digest();
  // REQUIRES: the document made rows.
  Document& document();
  // By which captures of the thing are found again: as its teller named it, or else its document; empty: a domain,
  // whose name is in its rows, or nobody said.
  std::string_view name() const;
  // Whether it is about a VM itself, and which is known.
  bool of_vm() const;

  CaptureResult result;

 private:
  void take(const RecentDocuments::Said& said);
  void read();
  void say_live();

  const Catalog& catalog_;
  const Capture& capture_;
  Document document_;  // without rows: what it says is known, and nobody asked for it yet
  std::string document_digest_;
  std::string rows_digest_;
  std::optional<Capture> live_;
  bool without_document_ = false;
  bool has_rows_ = false;
  bool exact_ = false;
};

}  // namespace virtsql
