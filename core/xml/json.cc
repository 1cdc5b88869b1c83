#include "core/xml/json.h"

#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/excerpt.h"

namespace virtsql {
namespace {

namespace json = boost::json;
using xml::Error;
using xml::Node;

constexpr std::string_view kText = "#text";
constexpr std::string_view kContent = "#content";
constexpr std::string_view kComment = "#comment";
constexpr std::string_view kCdata = "#cdata";
constexpr std::size_t kNoLevel = static_cast<std::size_t>(-1);  // the depth is unknown: indentation does not matter

bool has_element(const Node& node) {
  for (const Node* child = node.first_child; child; child = child->next)
    if (child->is_element()) return true;
  return false;
}

bool has_real_text(const Node& node) {
  for (const Node* child = node.first_child; child; child = child->next)
    if (child->is_text() && !xml::is_space(child->text)) return true;
  return false;
}

// Whether the white space in the element, at this depth of the document, is exactly the indentation that libxml2 and
// libvirt write. REQUIRES: the element has a child.
bool is_indented(const Node& node, std::size_t level) {
  bool after_space = false;
  for (const Node* child = node.first_child; child; child = child->next) {
    if (!child->is_text()) {
      if (!after_space) return false;
      after_space = false;
      continue;
    }
    after_space = true;
    const std::size_t indent = 2 * (child->next ? level + 1 : level);
    if (child->text.size() != indent + 1 || child->text[0] != '\n' ||
        child->text.find_first_not_of(' ', 1) != std::string_view::npos)
      return false;
  }
  return node.last_child->is_text();
}

json::value content(const Node& node, std::size_t level);

json::value item(const Node& node, std::size_t level) {
  switch (node.kind) {
    case Node::Kind::kElement:
      return json::object{{std::string(node.name), content(node, level)}};
    case Node::Kind::kComment:
      return json::object{{kComment, node.text}};
    case Node::Kind::kCdata:
      return json::object{{kCdata, node.text}};
    case Node::Kind::kInstruction:
      return json::object{{"?" + std::string(node.name), node.text}};
    case Node::Kind::kText:
      break;
  }
  return json::string(node.text);
}

json::value content(const Node& node, std::size_t level) {
  const bool only_text =
      node.first_child && node.first_child == node.last_child && node.first_child->kind == Node::Kind::kText;
  if (node.attribute_count == 0 && !node.first_child) return json::string();
  if (node.attribute_count == 0 && only_text) return json::string(node.first_child->text);

  json::object out;
  for (std::size_t i = 0; i < node.attribute_count; ++i)
    out.emplace("@" + std::string(node.attributes[i].name), node.attributes[i].value);
  if (!node.first_child) return out;
  if (only_text) {
    out.emplace(kText, node.first_child->text);
    return out;
  }

  const bool spaces_count =
      has_real_text(node) || !has_element(node) || (level != kNoLevel && node.has_text() && !is_indented(node, level));
  const std::size_t below = level == kNoLevel ? kNoLevel : level + 1;
  // Children of the same name side by side become an array. If an object could not give the children back in their
  // order, all of them become a list, `#content`.
  bool grouped = !spaces_count;
  std::set<std::string_view> seen;
  std::string_view last;
  for (const Node* child = node.first_child; child && grouped; child = child->next) {
    if (child->is_text()) continue;
    if (!child->is_element()) {
      grouped = false;
    } else if (child->name != last || seen.empty()) {
      grouped = seen.insert(child->name).second;
      last = child->name;
    }
  }
  if (grouped) {
    for (const Node* child = node.first_child; child; child = child->next) {
      if (!child->is_element()) continue;
      const auto found = out.find(child->name);
      if (found == out.end()) {
        out.emplace(child->name, content(*child, below));
      } else {
        if (!found->value().is_array()) found->value() = json::array{found->value()};
        found->value().as_array().push_back(content(*child, below));
      }
    }
    return out;
  }
  json::array list;
  for (const Node* child = node.first_child; child; child = child->next)
    if (spaces_count || !child->is_text()) list.push_back(item(*child, below));
  out.emplace(kContent, std::move(list));
  return out;
}

// Whether XML reserves this name of an instruction for its own declaration: xml, in capital or small letters.
bool is_reserved(std::string_view name) {
  return name.size() == 3 && (name[0] | 0x20) == 'x' && (name[1] | 0x20) == 'm' && (name[2] | 0x20) == 'l';
}

class TreeMaker {
 public:
  explicit TreeMaker(Arena& arena) : arena_(arena) {}

  Node* element(std::string_view name, const json::value& value, std::size_t depth) {
    if (depth > xml::kMaxDepth)
      throw Error("the JSON is nested deeper than " + std::to_string(xml::kMaxDepth) + " levels");
    if (!xml::is_name(name)) throw Error("\"" + std::string(name) + "\" is no name of an XML element");
    Node* node = arena_.make<Node>();
    node->name = arena_.copy(name);
    if (value.is_object()) {
      fill(*node, value.get_object(), depth);
    } else {
      add_text(*node, Node::Kind::kText, scalar(value));
    }
    return node;
  }

 private:
  // Returns the text of a string or a boolean; empty for null. Throws Error for an object or array.
  static std::string scalar(const json::value& value) {
    if (value.is_string()) return std::string(value.get_string());
    if (value.is_null()) return {};
    if (value.is_object() || value.is_array()) throw Error("the JSON has an object or array where a text stands");
    return json::serialize(value);
  }

  void add_text(Node& node, Node::Kind kind, std::string_view text) {
    if (text.empty() && kind == Node::Kind::kText) return;
    xml::check_text(text);
    Node* child = arena_.make<Node>();
    child->kind = kind;
    child->text = arena_.copy(text);
    xml::append(node, *child);
  }

  // Adds a comment, CDATA or instruction. These cannot escape anything, so throws Error if the text holds the end of
  // its own markup, or white space that an XML reader would change or drop.
  void add_markup(Node& node, Node::Kind kind, std::string_view text) {
    const bool is_comment = kind == Node::Kind::kComment;
    const bool is_instruction = kind == Node::Kind::kInstruction;
    const std::string_view end = is_comment ? "--" : is_instruction ? "?>" : "]]>";
    if (text.find(end) != std::string_view::npos || (is_comment && text.ends_with('-')))
      throw Error("a comment, CDATA or instruction holds its own end");
    if (text.find('\r') != std::string_view::npos)
      throw Error("a comment, CDATA or instruction holds a carriage return, which XML reads as a line end");
    if (is_instruction && !text.empty() && xml::is_space(text.substr(0, 1)))
      throw Error("an instruction begins with white space, which XML takes for what parts it from its name");
    add_text(node, kind, text);
  }

  void fill(Node& node, const json::object& object, std::size_t depth) {
    std::size_t attributes = 0;
    for (const auto& member : object) attributes += std::string_view(member.key()).starts_with("@") ? 1 : 0;
    node.attributes = arena_.make_array<xml::Attribute>(attributes);
    for (const auto& member : object) {
      const std::string_view key(member.key());
      if (key.starts_with("@")) {
        if (key.size() < 2 || !xml::is_name(key.substr(1)))
          throw Error("\"" + std::string(key) + "\" is no name of an XML attribute");
        node.attributes[node.attribute_count++] = {arena_.copy(key.substr(1)), arena_.copy(scalar(member.value()))};
      } else if (key == kText) {
        add_text(node, Node::Kind::kText, scalar(member.value()));
      } else if (key == kContent) {
        if (!member.value().is_array()) throw Error("#content is not an array");
        for (const json::value& entry : member.value().get_array()) add_item(node, entry, depth);
      } else if (member.value().is_array()) {
        for (const json::value& entry : member.value().get_array()) xml::append(node, *element(key, entry, depth + 1));
      } else {
        xml::append(node, *element(key, member.value(), depth + 1));
      }
    }
  }

  void add_item(Node& node, const json::value& entry, std::size_t depth) {
    if (!entry.is_object()) {
      add_text(node, Node::Kind::kText, scalar(entry));
      return;
    }
    for (const auto& member : entry.get_object()) {
      const std::string_view key(member.key());
      if (key == kComment) {
        add_markup(node, Node::Kind::kComment, scalar(member.value()));
      } else if (key == kCdata) {
        add_markup(node, Node::Kind::kCdata, scalar(member.value()));
      } else if (key.starts_with("?") && key.size() > 1 && xml::is_name(key.substr(1))) {
        if (is_reserved(key.substr(1))) throw Error("an instruction cannot be named xml");
        add_markup(node, Node::Kind::kInstruction, scalar(member.value()));
        node.last_child->name = arena_.copy(key.substr(1));
      } else {
        xml::append(node, *element(key, member.value(), depth + 1));
      }
    }
  }

  Arena& arena_;
};

// Receives the events of Boost's parser, and makes a value of them. Boost's own parser makes a double of a number, and
// takes the last of two members of one name: both would lose what was written. Here a number becomes a string of its
// digits, and the second member is refused.
class Handler {
 public:
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();
  using Code = boost::system::error_code;

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) {
    keys_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t size, Code&) {
    keys_.pop_back();
    values_.push_object(size);
    return true;
  }
  bool on_array_begin(Code&) { return true; }
  bool on_array_end(std::size_t size, Code&) {
    values_.push_array(size);
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, Code&) { return add(part); }
  bool on_key(json::string_view part, std::size_t, Code&) {
    add(part);
    values_.push_key(text_);
    if (!keys_.back().insert(text_).second)
      throw Error("the JSON has " + quoted_excerpt(text_) + " twice in one object");
    text_.clear();
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, Code&) { return add(part); }
  bool on_string(json::string_view part, std::size_t, Code&) { return finish(part); }
  bool on_number_part(json::string_view part, Code&) { return add(part); }
  bool on_int64(std::int64_t, json::string_view part, Code&) { return finish(part); }
  bool on_uint64(std::uint64_t, json::string_view part, Code&) { return finish(part); }
  bool on_double(double, json::string_view part, Code&) { return finish(part); }
  bool on_bool(bool value, Code&) {
    values_.push_bool(value);
    return true;
  }
  bool on_null(Code&) {
    values_.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, Code&) { return true; }
  bool on_comment(json::string_view, Code&) { return true; }

  // Returns the value. Call it once, when the whole text was parsed.
  json::value release() { return values_.release(); }

 private:
  bool add(json::string_view part) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool finish(json::string_view part) {
    add(part);
    values_.push_string(text_);
    text_.clear();
    return true;
  }

  json::value_stack values_;
  std::vector<std::set<std::string>> keys_;  // of the objects that are open
  std::string text_;                         // of the key, string or number that is open
};

json::value parse(std::string_view text) {
  json::parse_options options;
  // An element in mixed content takes three levels: the object that names it, its members, and the array of its
  // content.
  options.max_depth = 3 * xml::kMaxDepth + 8;
  json::basic_parser<Handler> parser(options);
  boost::system::error_code error;
  const std::size_t size = parser.write_some(false, text.data(), text.size(), error);
  if (!error && size < text.size()) error = json::error::extra_data;
  if (error) throw Error("not valid JSON: " + error.message());
  return parser.handler().release();
}

}  // namespace

std::string to_json(const Node& element, std::optional<std::size_t> level) {
  return json::serialize(item(element, level.value_or(kNoLevel)));
}

std::string content_to_json(const Node& element) { return json::serialize(content(element, kNoLevel)); }

std::string to_json_string(std::string_view text) { return json::serialize(json::string(text)); }

std::string_view from_json_string(std::string_view text, Arena& arena) {
  const json::value value = parse(text);
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (!value.is_string() || text[begin] != '"') throw Error("not a JSON string: " + std::string(text));
  return arena.copy(value.get_string());
}

Node* from_json(std::string_view text, Arena& arena) {
  const json::value value = parse(text);
  if (!value.is_object() || value.get_object().size() != 1)
    throw Error("an element in JSON is an object with one member, its name");
  const auto& member = *value.get_object().begin();
  return TreeMaker(arena).element(member.key(), member.value(), 1);
}

Node* content_from_json(std::string_view name, std::string_view text, Arena& arena) {
  return TreeMaker(arena).element(name, parse(text), 1);
}

}  // namespace virtsql
