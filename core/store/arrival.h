// Reads a capture: finds out what it is about, and makes rows of its document. Nothing here asks the database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/catalog/catalog.h"
#include "core/rows/document.h"
#include "core/spool/capture.h"
#include "core/spool/operations.h"
#include "core/store/recent_documents.h"
#include "core/xml/xml.h"

namespace virtsql {

// What the store did with a capture.
struct CaptureResult {
  std::int64_t id = 0;
  std::int64_t seq = 0;        // the order of arrival
  bool recorded = true;        // false: it was recorded before, or is no event (is_event())
  std::string_view kind;       // what it is about, see kind_of()
  std::string root;            // name of the document's root element; empty if the catalog has none of it
  std::string vm_uuid;         // of the VM that it is about or belongs to; empty if there is none
  std::int64_t object_id = 0;  // row id of a thing that is no VM (a network, a pool); 0: it has no row
  std::string error;           // why no rows could be made; empty: no error
  std::string rows_error;      // why the existing rows could not follow the capture, see IfRowsFail::kKeepCapture
};

// Returns the catalog's description of a document's root element. Throws xml::Error if the catalog has none.
const Element& described_root(const Catalog& catalog, const xml::Node& node);

// A capture that has arrived, and what its document says. If the document has a fault, result.error names it.
class Arrival {
 public:
  // Reads the capture, which must outlive the Arrival. `recent` may be nullptr. If `recent` knows the document, it is
  // parsed only when somebody calls document(). Throws std::bad_alloc, and nothing else.
  Arrival(const Catalog& catalog, const Capture& capture, RecentDocuments* recent = nullptr);

  // The event as it is to be recorded. Its config is `live`, whatever the capture says, if the document is a
  // <domstatus>, or if it was imported and the VM's root element has an attribute that libvirt writes of running VMs
  // alone (@id).
  const Capture& capture() const { return live_ ? *live_ : capture_; }
  // Whether something happened. False: libvirt only confirms that it still has every VM (operations::kSeen).
  bool is_event() const { return capture_.operation != operations::kSeen; }
  // Whether the event has no document and needs none, so that this is no fault: it names its VM by UUID, or it says
  // that something stopped or is undefined, of which libvirt has no document any more, or it is of the daemon's hook,
  // which is never given one.
  bool without_document() const { return without_document_; }
  // Whether the whole document became rows. A VM's rows then have a UUID.
  bool has_rows() const { return has_rows_; }
  // Whether it has rows, and they are of a VM.
  bool has_vm_rows() const;
  // Whether the rows give the document's bytes back.
  bool exact() const { return exact_; }
  // SHA-256 of the document's bytes, and SHA-256 of the XML that its rows give. rows_digest() REQUIRES: has_rows().
  const std::string& document_digest();
  const std::string& rows_digest();
  // The document with its rows; parsed now if that was not necessary before. REQUIRES: has_rows().
  Document& document();
  // The name by which captures of the thing are found again (captures.name): the event's, or else the document's.
  // Empty if the capture has a VM's rows, because these have the name, or if neither event nor document has a name.
  std::string_view name() const;
  // Whether it is about a VM itself, whose UUID is known.
  bool of_vm() const;

  CaptureResult result;

 private:
  void take(const RecentDocuments::Said& said);
  void read();
  void say_live();

  const Catalog& catalog_;
  const Capture& capture_;
  Document document_;  // has no rows yet if `recent` knew what it says
  std::string document_digest_;
  std::string rows_digest_;
  std::optional<Capture> live_;
  bool without_document_ = false;
  bool has_rows_ = false;
  bool exact_ = false;
};

}  // namespace virtsql
