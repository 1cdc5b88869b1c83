// libxml2's own tree of a document. It is needed for what only libxml2 can do: RELAX NG grammars and XPath.
#pragma once

#include <libxml/tree.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace virtsql::xml {

struct TreeDeleter {
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
using TreeHandle = std::unique_ptr<xmlDoc, TreeDeleter>;

// Parses the text. Throws Error if it is not well-formed, but does not refuse what is hostile: call Document::parse()
// before, which does.
TreeHandle read_tree(std::string_view text);

// The text as libxml2 takes it, without a copy.
inline const xmlChar* chars(const char* text) { return reinterpret_cast<const xmlChar*>(text); }
inline const xmlChar* chars(const std::string& text) { return chars(text.c_str()); }

// Returns libxml2's text; empty if it is null.
inline std::string text_of(const xmlChar* text) { return text ? reinterpret_cast<const char*>(text) : ""; }
// The same of a text that is the caller's to free, which is done.
inline std::string taken(xmlChar* text) {
  const std::unique_ptr<xmlChar, void (*)(void*)> owned(text, xmlFree);
  return text_of(text);
}

// Returns "line N: " of the node's place in the document that was parsed.
inline std::string line_of(const xmlNode& node) { return "line " + std::to_string(xmlGetLineNo(&node)) + ": "; }

inline std::vector<xmlNode*> elements_below(const xmlNode& node) {
  std::vector<xmlNode*> out;
  for (xmlNode* child = node.children; child; child = child->next)
    if (child->type == XML_ELEMENT_NODE) out.push_back(child);
  return out;
}

}  // namespace virtsql::xml
