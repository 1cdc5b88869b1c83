// Escapes the special characters of text, in libvirt's way and in libxml2's: these two write the documents that virtsql
// must give back.
#pragma once

#include <string>
#include <string_view>

namespace virtsql::xml {

// Appends the text as libvirt escapes it (virBufferEscapeString). An attribute's value gets single quotes around it
// from the caller. With `raw_quotes`, ' and " are written as they are. Throws Error if XML cannot have the text.
void append_escaped(std::string& out, std::string_view value, bool in_attribute, bool raw_quotes = false);

// Appends the text as libxml2 (xmlsave.c) escapes it in a document without an encoding declaration: in attributes,
// characters beyond ASCII become references. An attribute's value gets double quotes around it from the caller. Throws
// Error if XML cannot have the text.
void append_libxml_escaped(std::string& out, std::string_view value, bool in_attribute);

}  // namespace virtsql::xml
