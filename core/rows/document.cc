#include "core/rows/document.h"

#include <cassert>

#include "core/base/sha256.h"
#include "core/rows/definition.h"
#include "core/rows/generate.h"
#include "core/xml/writer.h"

namespace virtsql {

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
  const bool whole = !part_ || part_ == tree_.root() || tree_.root()->attribute_count > 0;
  std::string enveloping;
  const std::string& given = whole ? xml() : enveloping = enveloped();
  return given == bytes || (given.size() == bytes.size() + 1 && given.starts_with(bytes));
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
