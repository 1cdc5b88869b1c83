// What one change would make a refused document right: found by trying the grammar's own words.
#pragma once

#include <libxml/tree.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/xml/grammar_words.h"

namespace virtsql {

class Repair {
 public:
  // `is_right` says whether the grammar accepts the document as it is now. Both must outlive the object.
  Repair(const GrammarWords& words, std::function<bool()> is_right) : words_(words), is_right_(std::move(is_right)) {}

  // Says, in words and with its line, what is wrong in the element or below it, or what is missing there; empty if no
  // single attribute or child makes the document right. `path`: /domain/devices/disk. The document is changed.
  std::string find(xmlNode& element, std::string_view path);

 private:
  std::string find(xmlNode& element, std::vector<std::string>& names);
  std::string wrong_value(xmlNode& element, const GrammarWords::Place& place, bool known);
  std::string missing_attribute(xmlNode& element, const GrammarWords::Place& place);
  std::string missing_child(xmlNode& element, const GrammarWords::Place& place, const std::vector<std::string>& names);
  bool helps(xmlNode& element, const std::string& name, const GrammarWords::Attribute& attribute);
  bool is_right();

  const GrammarWords& words_;
  const std::function<bool()> is_right_;
  // Each takes some tenths of a millisecond.
  int trials_ = 2000;
};

}  // namespace virtsql
