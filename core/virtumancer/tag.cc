#include "core/virtumancer/tag.h"

#include <algorithm>

#include "core/virtumancer/text.h"
#include "core/xml/writer.h"

namespace virtsql::virtumancer {

Tag& Tag::add(std::string_view child_name) {
  children.emplace_back();
  children.back().name = child_name;
  return children.back();
}

const Tag* Tag::find(std::string_view child_name) const {
  for (const Tag& child : children)
    if (child.name == child_name) return &child;
  return nullptr;
}

void Tag::set(std::string_view path, std::string_view value) {
  Tag* tag = this;
  while (!path.empty()) {
    const std::string_view step = next_step(path);
    if (step.starts_with('@')) {
      const std::string_view wanted = step.substr(1);
      for (auto& [attribute, old] : tag->attributes)
        if (attribute == wanted) {
          old = value;
          return;
        }
      tag->attributes.emplace_back(wanted, value);
      return;
    }
    Tag* child = const_cast<Tag*>(tag->find(step));
    tag = child ? child : &tag->add(step);
  }
  tag->text = value;
}

std::string_view Tag::get(std::string_view path) const {
  const Tag* tag = this;
  while (!path.empty()) {
    const std::string_view step = next_step(path);
    if (step.starts_with('@')) {
      for (const auto& [attribute, value] : tag->attributes)
        if (attribute == step.substr(1)) return value;
      return {};
    }
    tag = tag->find(step);
    if (!tag) return {};
  }
  return tag->text;
}

bool Tag::has(std::string_view path) const {
  if (path.find('@') != std::string_view::npos) return !get(path).empty();
  const Tag* tag = this;
  while (tag && !path.empty()) tag = tag->find(next_step(path));
  return tag != nullptr;
}

void Tag::erase(std::string_view path) {
  const std::string_view step = next_step(path);
  if (step.starts_with('@')) {
    std::erase_if(attributes, [&](const auto& attribute) { return attribute.first == step.substr(1); });
    return;
  }
  const auto child = std::find_if(children.begin(), children.end(), [&](const Tag& tag) { return tag.name == step; });
  if (child == children.end()) return;
  if (!path.empty()) child->erase(path);
  if (path.empty() || (child->attributes.empty() && child->children.empty() && child->text.empty()))
    children.erase(child);
}

void Tag::write(xml::Writer& writer) const {
  writer.open(name);
  for (const auto& [attribute, value] : attributes) writer.attribute(attribute, value);
  if (!text.empty()) writer.text(text);
  for (const Tag& child : children) child.write(writer);
  writer.close();
}

std::string Tag::xml() const {
  xml::Writer writer;
  write(writer);
  return writer.take();
}

}  // namespace virtsql::virtumancer
