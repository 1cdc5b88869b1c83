// Which VM a document is about: the document's UUID, or a made-up one if it has none.
#pragma once

#include <string>
#include <string_view>

#include "core/rows/document.h"
#include "core/spool/capture.h"

namespace virtsql {

// Returns the UUID (version 5) for a document that has none. The same host and name always give the same UUID.
std::string made_up_uuid(std::string_view host, std::string_view name);

// Sets the UUID in the rows of a VM's document, and returns it: the document's in its usual spelling, or
// made_up_uuid() if the document has none. REQUIRES: the document has rows. Throws xml::Error if its <uuid> is empty,
// or if it has neither <uuid> nor name: all such documents would be of one VM.
std::string identify_vm(Document& document, std::string_view host);

// Sets this UUID in the rows of a VM's document, for a caller that knows the VM. REQUIRES: the document has rows; the
// UUID is not empty.
void identify_as(Document& document, std::string_view uuid);

// Sets the columns of the root's row that come from the capture and not from its document (ColumnMarks::captured). A
// column for which the capture has no value stays NULL.
void take_captured(Document& document, const Capture& capture);
// Copies those columns into the document's root row from `row`, a row of the same thing.
void keep_captured(Document& document, const Row& row);

}  // namespace virtsql
