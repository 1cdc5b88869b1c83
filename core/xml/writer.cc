#include "core/xml/writer.h"

#include "core/xml/characters.h"
#include "core/xml/escape.h"

namespace virtsql::xml {
namespace {

// For ""sv: a char* is measured each time that it is appended, and each element and attribute appends several.
using namespace std::string_view_literals;

// Whether the element declares a namespace that is not libvirt's.
bool declares_foreign(const Node& node) {
  for (std::size_t i = 0; i < node.attribute_count; ++i) {
    const Attribute& attribute = node.attributes[i];
    if (declares_namespace(attribute.name) && !attribute.value.starts_with("http://libvirt.org/schemas/")) return true;
  }
  return false;
}

// Whether the element's text is content, and not only the indentation of its child elements.
bool is_mixed(const Node& node) {
  bool any_text = false;
  bool any_element = false;
  for (const Node* child = node.first_child; child; child = child->next) {
    if (child->is_text() && !is_space(child->text)) return true;
    any_text = any_text || child->is_text();
    any_element = any_element || child->is_element();
  }
  return any_text && !any_element;
}

void append_markup(std::string& out, const Node& node) {
  check_text(node.text);
  if (node.kind == Node::Kind::kComment) {
    out.append("<!--").append(node.text).append("-->");
  } else if (node.kind == Node::Kind::kInstruction) {
    out.append("<?").append(node.name);
    if (!node.text.empty()) out.append(" ").append(node.text);
    out.append("?>");
  } else if (node.kind == Node::Kind::kCdata) {
    out.append("<![CDATA[").append(node.text).append("]]>");
  }
}

void append_inline(std::string& out, const Node& node);

void append_inline_children(std::string& out, const Node& node) {
  for (const Node* child = node.first_child; child; child = child->next) {
    if (child->is_element())
      append_inline(out, *child);
    else if (child->kind == Node::Kind::kText)
      append_escaped(out, child->text, false);
    else
      append_markup(out, *child);
  }
}

void append_inline(std::string& out, const Node& node) {
  out.append("<").append(node.name);
  for (std::size_t i = 0; i < node.attribute_count; ++i) {
    out.append(" ").append(node.attributes[i].name).append("='");
    append_escaped(out, node.attributes[i].value, true);
    out += '\'';
  }
  if (!node.first_child) {
    out += "/>";
    return;
  }
  out += '>';
  append_inline_children(out, node);
  out.append("</").append(node.name).append(">");
}

// Writes the element as xmlNodeDump(format=1) does, which indents the children of an element only if it has no text.
void append_verbatim(std::string& out, const Node& node, std::size_t level, bool format, char quote) {
  out.append("<").append(node.name);
  // libxml2 writes declarations before attributes
  for (const bool declarations : {true, false}) {
    for (std::size_t i = 0; i < node.attribute_count; ++i) {
      const Attribute& attribute = node.attributes[i];
      if (declares_namespace(attribute.name) != declarations) continue;
      out.append(" ").append(attribute.name).append("=");
      out += quote;
      if (quote == '"')
        append_libxml_escaped(out, attribute.value, true);
      else
        append_escaped(out, attribute.value, true);
      out += quote;
    }
  }
  if (!node.first_child) {
    out += "/>";
    return;
  }
  out += '>';
  format = format && !node.has_text();
  for (const Node* child = node.first_child; child; child = child->next) {
    if (format) out.append("\n").append(2 * (level + 1), ' ');
    if (child->is_element())
      append_verbatim(out, *child, level + 1, format, quote);
    else if (child->kind == Node::Kind::kText)
      append_libxml_escaped(out, child->text, false);
    else
      append_markup(out, *child);
  }
  if (format) out.append("\n").append(2 * level, ' ');
  out.append("</").append(node.name).append(">");
}

}  // namespace

void Writer::indent() {
  if (!after_stray_text_) out_.append(2 * level_, ' ');
  after_stray_text_ = false;
}

void Writer::finish_tag() {
  if (!tag_open_) return;
  out_.append(">\n"sv);
  tag_open_ = false;
}

void Writer::open(std::string_view name) {
  finish_tag();
  if (spaced_level_ != 0 && level_ == spaced_level_ && !after_stray_text_) out_ += '\n';
  indent();
  out_ += '<';
  out_.append(name);
  open_.push_back(name);
  ++level_;
  tag_open_ = true;
  has_text_ = false;
}

void Writer::attribute(std::string_view name, std::string_view value) {
  out_ += ' ';
  out_.append(name).append("='"sv);
  append_escaped(out_, value, true);
  out_ += '\'';
}

void Writer::text(std::string_view value, bool raw_quotes) {
  if (value.empty()) return;
  out_ += '>';
  tag_open_ = false;
  has_text_ = true;
  append_escaped(out_, value, false, raw_quotes);
}

void Writer::both_tags() {
  out_ += '>';
  tag_open_ = false;
  has_text_ = true;
}

void Writer::close() {
  --level_;
  const std::string_view name = open_.back();
  open_.pop_back();
  if (tag_open_) {
    out_.append("/>\n"sv);
    tag_open_ = false;
  } else {
    if (level_ + 1 == spaced_level_ && !after_stray_text_) out_ += '\n';
    if (!has_text_) indent();
    out_.append("</"sv).append(name).append(">\n"sv);
  }
  has_text_ = false;
}

void Writer::dumped_attribute(std::string_view name, std::string_view value) {
  out_.append(" ").append(name).append("=\"");
  append_libxml_escaped(out_, value, true);
  out_ += '"';
}

void Writer::element(const Node& node, bool dumps_foreign) {
  if (has_text_) return append_inline(out_, node);
  open(node.name);
  contents(node, dumps_foreign);
  close();
}

void Writer::contents(const Node& node, bool dumps_foreign) {
  for (std::size_t i = 0; i < node.attribute_count; ++i) attribute(node.attributes[i].name, node.attributes[i].value);
  if (is_mixed(node)) {
    both_tags();
    append_inline_children(out_, node);
    return;
  }
  for (const Node* child = node.first_child; child; child = child->next) {
    if (child->is_element()) {
      if (dumps_foreign && declares_foreign(*child))
        verbatim(*child);
      else
        element(*child, dumps_foreign);
    } else if (!child->is_text()) {
      finish_tag();
      indent();
      append_markup(out_, *child);
      out_ += '\n';
    }
  }
}

void Writer::rewind(const Mark& mark) {
  out_.resize(mark.size);
  open_.pop_back();
  --level_;
  tag_open_ = mark.tag_open;
  has_text_ = mark.has_text;
}

void Writer::insert_attribute(const Mark& mark, std::string_view name, std::string_view value) {
  std::string rest = out_.substr(mark.size);
  out_.resize(mark.size);
  attribute(name, value);
  out_ += rest;
}

void Writer::verbatim(const Node& node, bool single_quotes) {
  finish_tag();
  indent();
  append_verbatim(out_, node, level_, true, single_quotes ? '\'' : '"');
  out_ += '\n';
}

void Writer::stray_text(std::string_view value) {
  if (has_text_) return append_escaped(out_, value, false);
  if (tag_open_)
    out_ += '>';
  else if (!after_stray_text_ && out_.ends_with('\n'))
    out_.pop_back();
  tag_open_ = false;
  append_escaped(out_, value, false);
  after_stray_text_ = true;
}

}  // namespace virtsql::xml
