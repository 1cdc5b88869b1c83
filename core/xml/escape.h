// Text with its special characters escaped, in the ways of the two who write the documents that we write again.
#pragma once

#include <string>
#include <string_view>

namespace virtsql::xml {

// Appends the text as libvirt escapes it (virBufferEscapeString), between single quotes if it is an attribute's value.
// `raw_quotes`: ' and " are written as they are. Throws Error for what no XML can have.
void append_escaped(std::string& out, std::string_view value, bool in_attribute, bool raw_quotes = false);

// Appends the text as libxml2 escapes that of a document without an encoding declaration (xmlsave.c): in attributes,
// which are in double quotes, characters beyond ASCII become references. Throws Error for what no XML can have.
void append_libxml_escaped(std::string& out, std::string_view value, bool in_attribute);

}  // namespace virtsql::xml
