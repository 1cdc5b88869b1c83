#include "core/xml/tree_handle.h"

#include <libxml/parser.h>

#include "core/xml/error.h"

namespace virtsql::xml {

TreeHandle read_tree(std::string_view text) {
  TreeHandle document(xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr,
                                    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES));
  if (!document || !xmlDocGetRootElement(document.get())) throw Error("the XML is not well-formed");
  return document;
}

}  // namespace virtsql::xml
