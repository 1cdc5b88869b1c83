#include "core/xml/repair.h"

#include <algorithm>
#include <array>
#include <new>
#include <optional>

#include "core/base/excerpt.h"
#include "core/base/interrupt.h"
#include "core/xml/tree_handle.h"

namespace virtsql {
namespace {

// What to try for an attribute or text that may be more than the grammar's own words.
constexpr std::array<const char*, 14> kSamples{
    "x",   "1",   "0",   "vda", "/x", "52:54:00:00:00:01", "4dea22b3-1d52-d8f3-2516-782e98ab3fa0", "0x1", "10.0.0.1",
    "yes", "0-1", "1.0", "1-1", "1:1"};

std::optional<std::string> value_of(const xmlNode& element, const std::string& name) {
  xmlChar* value = xmlGetNoNsProp(&element, xml::chars(name));
  return value ? std::optional(xml::taken(value)) : std::nullopt;
}

// For people: the words that the grammar has, if these are all.
std::string choice(const GrammarWords::Attribute& attribute, const std::string& before) {
  constexpr std::size_t kMost = 12;
  if (attribute.is_open || attribute.values.empty()) return "";
  std::string out = before;
  for (std::size_t at = 0; at < attribute.values.size() && at < kMost; ++at)
    out += (at ? ", " : "") + attribute.values[at];
  return attribute.values.size() > kMost ? out + ", ..." : out;
}

bool is_known(const GrammarWords::Attribute& attribute, const std::string& value) {
  return std::find(attribute.values.begin(), attribute.values.end(), value) != attribute.values.end();
}

}  // namespace

bool Repair::is_right() {
  check_interrupt_now();
  return --trials_ > 0 && is_right_();
}

std::string Repair::find(xmlNode& element, std::string_view path) {
  std::vector<std::string> names;
  for (std::size_t from = 1; from <= path.size();) {
    const std::size_t to = std::min(path.find('/', from), path.size());
    names.emplace_back(path.substr(from, to - from));
    from = to + 1;
  }
  return find(element, names);
}

// A value that the grammar knows may still be wrong, as it goes with others. But then it is more likely that these are
// missing.
std::string Repair::find(xmlNode& element, std::vector<std::string>& names) {
  const GrammarWords::Place place = words_.at(names);
  std::string where = xml::line_of(element) + "<" + names.back() + "> at ";
  for (const std::string& name : names) where += "/" + name;
  std::string said = wrong_value(element, place, false);
  if (said.empty()) said = missing_attribute(element, place);
  if (said.empty()) said = missing_child(element, place, names);
  if (!said.empty()) return where + said;
  for (xmlNode* child : xml::elements_below(element)) {
    names.push_back(xml::text_of(child->name));
    said = find(*child, names);
    names.pop_back();
    if (!said.empty()) return said;
  }
  said = wrong_value(element, place, true);
  return said.empty() ? said : where + said;
}

// Says which attribute would be right with another value. `known`: looks at the values that the grammar knows, or at
// the others.
std::string Repair::wrong_value(xmlNode& element, const GrammarWords::Place& place, bool known) {
  for (const auto& [name, attribute] : place.attributes) {
    const std::optional<std::string> value = value_of(element, name);
    if (!value || is_known(attribute, *value) != known) continue;
    if (helps(element, name, attribute))
      return " cannot have " + name + "='" + excerpt(*value) + "'" + choice(attribute, "; it is one of ");
    xmlSetProp(&element, xml::chars(name), xml::chars(*value));
  }
  return {};
}

std::string Repair::missing_attribute(xmlNode& element, const GrammarWords::Place& place) {
  for (const auto& [name, attribute] : place.attributes) {
    if (value_of(element, name)) continue;
    if (helps(element, name, attribute)) return " lacks " + name + choice(attribute, ", one of ");
    xmlUnsetProp(&element, xml::chars(name));
  }
  return {};
}

// Tries each child empty, with one attribute, and with a text.
std::string Repair::missing_child(xmlNode& element, const GrammarWords::Place& place,
                                  const std::vector<std::string>& names) {
  for (const auto& [name, patterns] : place.children) {
    std::vector<std::string> path = names;
    path.push_back(name);
    xmlNode* const child = xmlNewChild(&element, nullptr, xml::chars(name), nullptr);
    if (!child) throw std::bad_alloc();
    if (is_right()) return " lacks <" + name + "/>";
    for (const auto& [of_child, attribute] : words_.at(path).attributes) {
      if (helps(*child, of_child, attribute)) return " lacks <" + name + " " + of_child + "='...'/>";
      xmlUnsetProp(child, xml::chars(of_child));
    }
    for (const char* sample : kSamples) {
      xmlNodeSetContent(child, xml::chars(sample));
      if (is_right()) return " lacks <" + name + ">...</" + name + ">";
    }
    xmlUnlinkNode(child);
    xmlFreeNode(child);
  }
  return {};
}

// Whether the document is right with one of the values that the grammar has for the attribute.
bool Repair::helps(xmlNode& element, const std::string& name, const GrammarWords::Attribute& attribute) {
  const auto with = [&](const std::string& value) {
    xmlSetProp(&element, xml::chars(name), xml::chars(value));
    return is_right();
  };
  return std::any_of(attribute.values.begin(), attribute.values.end(), with) ||
         (attribute.is_open && std::any_of(kSamples.begin(), kSamples.end(), with));
}

}  // namespace virtsql
