// libxml2's own tree of a document, for what is asked of libxml2: its grammars and its XPath.
#pragma once

#include <libxml/tree.h>

#include <memory>
#include <string_view>

namespace virtsql::xml {

struct TreeDeleter {
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
using TreeHandle = std::unique_ptr<xmlDoc, TreeDeleter>;

// Throws Error for what is not well-formed. What is hostile is Document::parse()'s to refuse, before.
TreeHandle read_tree(std::string_view text);

}  // namespace virtsql::xml
