// libxml2's own tree of a document. It is needed for what only libxml2 can do: RELAX NG grammars and XPath.
#pragma once

#include <libxml/tree.h>

#include <memory>
#include <string_view>

namespace virtsql::xml {

struct TreeDeleter {
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
using TreeHandle = std::unique_ptr<xmlDoc, TreeDeleter>;

// Parses the text. Throws Error if it is not well-formed, but does not refuse what is hostile: call Document::parse()
// before, which does.
TreeHandle read_tree(std::string_view text);

}  // namespace virtsql::xml
