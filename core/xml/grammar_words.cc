#include "core/xml/grammar_words.h"

#include <libxml/parser.h>

#include <algorithm>

namespace virtsql {
namespace {

bool is(const xmlNode& node, std::string_view name) {
  return node.type == XML_ELEMENT_NODE && reinterpret_cast<const char*>(node.name) == name;
}

std::string property(const xmlNode& node, const char* name) {
  return xml::taken(xmlGetNoNsProp(&node, xml::chars(name)));
}

std::string content(const xmlNode& node) { return xml::taken(xmlNodeGetContent(&node)); }

// Returns the names of an <element> or <attribute>: its attribute `name`, or the <name>s in it.
std::vector<std::string> names_of(const xmlNode& pattern) {
  if (std::string name = property(pattern, "name"); !name.empty()) return {name};
  std::vector<std::string> out;
  for (const xmlNode* child = pattern.children; child; child = child->next) {
    if (is(*child, "name")) out.push_back(content(*child));
    if (!is(*child, "choice")) continue;
    for (const xmlNode* one = child->children; one; one = one->next)
      if (is(*one, "name")) out.push_back(content(*one));
  }
  return out;
}

}  // namespace

GrammarWords::GrammarWords(const std::string& path) { read(path); }

void GrammarWords::read(const std::string& path) {
  if (std::find(read_.begin(), read_.end(), path) != read_.end()) return;
  read_.push_back(path);
  xml::TreeHandle file(xmlReadFile(path.c_str(), nullptr, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
  if (!file) return;
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  std::vector<std::string> includes;
  std::vector<const xmlNode*> open = {xmlDocGetRootElement(file.get())};
  while (!open.empty()) {
    const xmlNode* const node = open.back();
    open.pop_back();
    if (!node) continue;
    if (is(*node, "include")) includes.push_back(folder + property(*node, "href"));
    if (is(*node, "define")) defines_[property(*node, "name")].push_back(node);
    if (is(*node, "element"))
      for (const std::string& name : names_of(*node)) elements_[name].push_back(node);
    for (const xmlNode* child = node->last; child; child = child->prev) open.push_back(child);
  }
  files_.push_back(std::move(file));
  for (const std::string& include : includes) read(include);
}

const std::vector<const xmlNode*>& GrammarWords::defines_of(const xmlNode& ref) const {
  static const std::vector<const xmlNode*> kNone;
  const auto found = defines_.find(property(ref, "name"));
  return found == defines_.end() ? kNone : found->second;
}

GrammarWords::Place GrammarWords::at(const std::vector<std::string>& path) const {
  Place place;
  for (const std::string& name : path) {
    std::vector<const xmlNode*> elements;
    if (&name == &path.front()) {
      if (const auto found = elements_.find(name); found != elements_.end()) elements = found->second;
    } else if (const auto found = place.children.find(name); found != place.children.end()) {
      elements = found->second;
    }
    place = {};
    std::vector<const xmlNode*> defines;
    for (const xmlNode* element : elements)
      for (const xmlNode* child = element->children; child; child = child->next) add(*child, place, defines);
  }
  return place;
}

// Adds what the pattern says of the element that it is in. `defines` are those that were looked into: a grammar may
// refer to itself.
void GrammarWords::add(const xmlNode& pattern, Place& place, std::vector<const xmlNode*>& defines) const {
  if (pattern.type != XML_ELEMENT_NODE) return;
  if (is(pattern, "element")) {
    for (const std::string& name : names_of(pattern)) place.children[name].push_back(&pattern);
    return;
  }
  if (is(pattern, "attribute")) {
    for (const std::string& name : names_of(pattern)) {
      Attribute& attribute = place.attributes[name];
      std::vector<const xmlNode*> of_values;
      bool any = false;
      for (const xmlNode* child = pattern.children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE || is(*child, "name")) continue;
        any = true;
        add_values(*child, attribute, of_values);
      }
      attribute.is_open = attribute.is_open || !any;  // <attribute name="x"/> has any text
    }
    return;
  }
  if (is(pattern, "ref")) {
    for (const xmlNode* define : defines_of(pattern)) {
      if (std::find(defines.begin(), defines.end(), define) != defines.end()) continue;
      defines.push_back(define);
      for (const xmlNode* child = define->children; child; child = child->next) add(*child, place, defines);
    }
    return;
  }
  for (const xmlNode* child = pattern.children; child; child = child->next) add(*child, place, defines);
}

void GrammarWords::add_values(const xmlNode& pattern, Attribute& attribute,
                              std::vector<const xmlNode*>& defines) const {
  if (pattern.type != XML_ELEMENT_NODE) return;
  if (is(pattern, "value")) {
    const std::string value = content(pattern);
    if (std::find(attribute.values.begin(), attribute.values.end(), value) == attribute.values.end())
      attribute.values.push_back(value);
    return;
  }
  if (is(pattern, "data") || is(pattern, "text")) {
    attribute.is_open = true;
    return;
  }
  if (is(pattern, "ref")) {
    for (const xmlNode* define : defines_of(pattern)) {
      if (std::find(defines.begin(), defines.end(), define) != defines.end()) continue;
      defines.push_back(define);
      for (const xmlNode* child = define->children; child; child = child->next) add_values(*child, attribute, defines);
    }
    return;
  }
  for (const xmlNode* child = pattern.children; child; child = child->next) add_values(*child, attribute, defines);
}

}  // namespace virtsql
