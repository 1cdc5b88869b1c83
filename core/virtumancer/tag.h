// An XML element under construction.
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/xml/writer.h"
#include "core/xml/xml.h"

namespace virtsql::virtumancer {

struct SourceRow;

struct Tag {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string text;
  std::list<Tag> children;
  const SourceRow* row = nullptr;  // the row that a device is made of

  Tag& add(std::string_view child_name);
  // Sets an attribute (target/@dev) or a text (serial), and makes the elements on the way to it. An empty text makes
  // the element alone.
  void set(std::string_view path, std::string_view value);
  // Returns what set() has set at the path; empty if nothing has been set.
  std::string_view get(std::string_view path) const;
  bool has(std::string_view path) const;
  void erase(std::string_view path);
  void write(xml::Writer& writer) const;
  std::string xml() const;

 private:
  const Tag* find(std::string_view child_name) const;
};

}  // namespace virtsql::virtumancer
