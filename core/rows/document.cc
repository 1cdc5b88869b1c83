#include "core/rows/document.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/base/sha256.h"
#include "core/rows/definition.h"
#include "core/rows/generate.h"
#include "core/xml/writer.h"

namespace virtsql {
namespace {

// Returns the text without the white space, XML declaration, comments and instructions in front: all that may stand
// before or behind the root element of a document without a document type. REQUIRES: `bytes` is the begin or the end of
// a well-formed document.
std::string_view without_surroundings(std::string_view bytes) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  constexpr std::pair<std::string_view, std::string_view> kKinds[] = {{"<!--", "-->"}, {"<?", "?>"}};
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  for (bool found = true; found;) {
    found = false;
    bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size()));
    for (const auto& [begin, end] : kKinds) {
      if (!bytes.starts_with(begin)) continue;
      const std::size_t at = bytes.find(end, begin.size());
      bytes.remove_prefix(at == std::string_view::npos ? bytes.size() : at + end.size());
      found = true;
    }
  }
  return bytes;
}

// Whether the root element of the well-formed document is this text, which may have a line end behind it.
bool is_root_of(std::string_view element, std::string_view bytes) {
  if (element.ends_with('\n')) element.remove_suffix(1);
  const std::string_view from_root = without_surroundings(bytes);
  return from_root.starts_with(element) && without_surroundings(from_root.substr(element.size())).empty();
}

}  // namespace

const xml::Node& unwrapped(const xml::Node& root) {
  if (root.name != "hookData" && root.name != kStatus) return root;
  const xml::Node* last = nullptr;
  for (const xml::Node* child = root.first_child; child; child = child->next)
    if (child->is_element()) last = child;
  return last ? *last : root;
}

void Document::rows_changed() {
  definition_ = nullptr;
  xml_.clear();
  digest_.clear();
  definition_xml_.clear();
}

const std::string& Document::xml() {
  assert(rows_);
  if (xml_.empty()) xml_ = generate(*rows_, Form::kFull);
  return xml_;
}

const std::string& Document::digest() {
  if (digest_.empty()) digest_ = sha256(xml());
  return digest_;
}

void Document::set_digest(const std::string& digest) {
  assert(sha256(xml()) == digest);
  digest_ = digest;
}

bool Document::gives(std::string_view bytes) {
  if (!part_ || part_ == tree_.root()) return is_root_of(xml(), bytes);
  if (tree_.root()->name != kStatus) return is_root_of(enveloped(), bytes);
  xml::Writer writer(1);
  generate_into(writer, *rows_);
  const std::string part = writer.take();
  const std::size_t at = bytes.rfind(part);
  return at != std::string_view::npos && is_root_of("</" + std::string(kStatus) + ">", bytes.substr(at + part.size()));
}

std::string Document::enveloped() const {
  assert(rows_);
  xml::Writer writer;
  writer.open(tree_.root()->name);
  for (const xml::Node* child = tree_.root()->first_child; child; child = child->next) {
    if (child == part_)
      generate_into(writer, *rows_);
    else if (child->is_element())
      writer.element(*child, true);
  }
  writer.close();
  return writer.take();
}

Row& Document::definition() {
  assert(rows_);
  if (!definition_) definition_ = definition_of(*rows_, arena_, Purpose::kCompare);
  return *definition_;
}

const std::string& Document::definition_xml() {
  assert(rows_);
  if (definition_xml_.empty()) definition_xml_ = generate(*rows_, Form::kInactive);
  return definition_xml_;
}

void Document::take_definition() {
  assert(rows_);
  Row* taken = definition_of(*rows_, arena_);
  std::string text = std::move(definition_xml_);
  set_rows(taken);
  xml_ = std::move(text);
}

}  // namespace virtsql
