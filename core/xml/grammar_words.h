// What a RELAX NG grammar says of an element's attributes and children, apart from which of them go together: enough to
// try what a refused document may lack.
#pragma once

#include <libxml/tree.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/xml/tree_handle.h"

namespace virtsql {

class GrammarWords {
 public:
  struct Attribute {
    std::vector<std::string> values;  // those that the grammar names, in its order
    bool is_open = false;             // there are others: a number, a path, a pattern, any text
  };
  // The elements that may stand at a place: the grammar has several if what they have depends on something.
  struct Place {
    std::map<std::string, Attribute, std::less<>> attributes;
    std::map<std::string, std::vector<const xmlNode*>, std::less<>> children;  // the <element>s of the grammar, by name
  };

  // Reads the grammar in the file `path` and the files that it includes. One that is missing or no XML is passed over:
  // then less is known.
  explicit GrammarWords(const std::string& path);

  // Returns what may stand at the path of element names from the root: {"domain", "devices", "disk"}.
  Place at(const std::vector<std::string>& path) const;

 private:
  void read(const std::string& path);
  void add(const xmlNode& pattern, Place& place, std::vector<const xmlNode*>& defines) const;
  void add_values(const xmlNode& pattern, Attribute& attribute, std::vector<const xmlNode*>& defines) const;
  const std::vector<const xmlNode*>& defines_of(const xmlNode& ref) const;

  std::vector<xml::TreeHandle> files_;
  std::vector<std::string> read_;  // the paths of files_
  std::map<std::string, std::vector<const xmlNode*>, std::less<>> defines_;
  std::map<std::string, std::vector<const xmlNode*>, std::less<>> elements_;  // all <element>s, by name
};

}  // namespace virtsql
