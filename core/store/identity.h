// Which VM a document is about: its UUID, made up if it has none.
#pragma once

#include <string>
#include <string_view>

#include "core/rows/document.h"
#include "core/spool/capture.h"

namespace virtsql {

// The UUID as libvirt writes it, which takes 32 hexadecimal digits and dashes anywhere (virUUIDParse()); a text that is
// none stays as it is.
std::string usual_uuid(std::string_view text);

// The UUID (version 5) of a document that came without one: the same for the same host and name.
std::string made_up_uuid(std::string_view host, std::string_view name);

// Gives the rows of a VM's document their UUID in its usual spelling, which it returns; a document that has none gets
// one that is made up for the host. REQUIRES: the document has rows. Throws xml::Error if its <uuid> is empty.
std::string identify_vm(Document& document, std::string_view host);

// Gives the rows of a VM's document this UUID, which was found to be the VM's. REQUIRES: the document has rows.
void identify_as(Document& document, std::string_view uuid);

// Sets the columns of the root's row that are of the capture and not of its document (ColumnMarks::captured); what the
// capture does not say is NULL.
void take_captured(Document& document, const Capture& capture);
// Gives the document those columns as the row of the same thing has them.
void keep_captured(Document& document, const Row& row);

}  // namespace virtsql
