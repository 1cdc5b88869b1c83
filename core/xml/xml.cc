#include "core/xml/xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <mutex>

#include "core/base/work.h"

namespace virtsql::xml {
namespace {

std::string_view view(const xmlChar* text) { return text ? reinterpret_cast<const char*>(text) : std::string_view(); }

struct ContextDeleter {
  void operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }
};

}  // namespace

// Receives libxml2's SAX events. Its callbacks run inside C code: nothing may be thrown through it.
struct Builder {
  Document document;
  xmlParserCtxt* context = nullptr;
  Node* open = nullptr;
  std::string error;
  std::size_t nodes = 0;
  std::size_t depth = 0;

  void refuse(std::string message) {
    if (error.empty()) error = std::move(message);
    xmlStopParser(context);
  }

  bool out_of_memory = false;

  // Runs one event's work; a failed allocation ends the parse.
  template <typename Work>
  void guarded(Work work) {
    if (!error.empty()) return;
    try {
      work();
    } catch (const std::bad_alloc&) {
      out_of_memory = true;
      error = "out of memory";
      xmlStopParser(context);
    }
  }

  Node* add(Node::Kind kind) {
    finish_text();
    if (++nodes > kMaxNodes) {
      refuse("the XML has more than " + std::to_string(kMaxNodes) + " nodes");
      return nullptr;
    }
    Node* node = document.arena_.make<Node>();
    node->kind = kind;
    if (open) append(*open, *node);
    return node;
  }

  void add_text(Node::Kind kind, std::string_view text) {
    if (!open) return;
    // libxml2 reports one text in pieces, at references and buffer ends: they are gathered until something else comes.
    if (kind == Node::Kind::kText && gathering_) {
      pieces_.append(text);
      gathering_->raw_quotes = gathering_->raw_quotes || has_raw_quotes(text);
      return;
    }
    Node* node = add(kind);
    if (!node) return;
    if (kind == Node::Kind::kText) {
      gathering_ = node;
      pieces_.assign(text);
      node->raw_quotes = has_raw_quotes(text);
    } else {
      node->text = document.arena_.copy(text);
    }
  }

  // The text before what comes now is whole.
  void finish_text() {
    if (!gathering_) return;
    gathering_->text = document.arena_.copy(pieces_);
    gathering_ = nullptr;
  }

  // A reference to a quote is one character that is not in the input buffer, and the parser stands behind its
  // semicolon. Other text comes straight from that buffer, or, if it has characters beyond ASCII, from one of libxml2's
  // own.
  bool has_raw_quotes(std::string_view text) const {
    if (!context->input || text.find_first_of("'\"") == std::string_view::npos) return false;
    const auto* at = reinterpret_cast<const xmlChar*>(text.data());
    const xmlParserInput& input = *context->input;
    if (text.size() > 1 || (at >= input.base && at < input.end)) return true;
    return input.cur == input.base || input.cur[-1] != ';';
  }

  // The parser stands behind the start tag's last attribute: before it is that one's quote.
  bool after_single_quote() const {
    if (!context->input) return false;
    const xmlChar* at = context->input->cur;
    while (at > context->input->base && (at[-1] == ' ' || at[-1] == '\n' || at[-1] == '\t' || at[-1] == '\r')) --at;
    return at > context->input->base && at[-1] == '\'';
  }

  static Builder& self(void* data) { return *static_cast<Builder*>(data); }

  static void start_element(void* data, const xmlChar* name, const xmlChar** attributes) {
    Builder& builder = self(data);
    builder.guarded([&] {
      if (++builder.depth > kMaxDepth) {
        builder.refuse("the XML is nested deeper than " + std::to_string(kMaxDepth) + " levels");
        return;
      }
      Node* node = builder.add(Node::Kind::kElement);
      if (!node) return;
      Arena& arena = builder.document.arena_;
      node->name = arena.copy(view(name));
      std::size_t count = 0;
      while (attributes && attributes[2 * count]) ++count;
      node->attributes = arena.make_array<Attribute>(count);
      node->attribute_count = count;
      for (std::size_t i = 0; i < count; ++i)
        node->attributes[i] = {arena.copy(view(attributes[2 * i])), arena.copy(view(attributes[2 * i + 1]))};
      node->single_quoted = count > 0 && builder.after_single_quote();
      if (!builder.document.root_) builder.document.root_ = node;
      builder.open = node;
    });
  }

  static void end_element(void* data, const xmlChar*) {
    Builder& builder = self(data);
    builder.guarded([&] {
      builder.finish_text();
      --builder.depth;
      if (builder.open) builder.open = builder.open->parent;
    });
  }

  static void characters(void* data, const xmlChar* text, int length) {
    Builder& builder = self(data);
    builder.guarded([&] {
      builder.add_text(Node::Kind::kText, {reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)});
    });
  }

  static void cdata(void* data, const xmlChar* text, int length) {
    Builder& builder = self(data);
    builder.guarded([&] {
      builder.document.has_extras_ = true;
      builder.add_text(Node::Kind::kCdata, {reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)});
    });
  }

  static void comment(void* data, const xmlChar* text) {
    Builder& builder = self(data);
    builder.guarded([&] {
      builder.document.has_extras_ = true;
      builder.add_text(Node::Kind::kComment, view(text));
    });
  }

  static void instruction(void* data, const xmlChar* target, const xmlChar* text) {
    Builder& builder = self(data);
    builder.guarded([&] {
      builder.document.has_extras_ = true;
      if (!builder.open) return;
      if (Node* node = builder.add(Node::Kind::kInstruction)) {
        node->name = builder.document.arena_.copy(view(target));
        node->text = builder.document.arena_.copy(view(text));
      }
    });
  }

  static void internal_subset(void* data, const xmlChar*, const xmlChar*, const xmlChar*) {
    self(data).guarded(
        [&] { self(data).refuse("the XML has a document type declaration, which libvirt's never has"); });
  }

  static void reference(void* data, const xmlChar* name) {
    self(data).guarded([&] { self(data).refuse("the XML refers to the entity &" + std::string(view(name)) + ";"); });
  }

  // libxml2 keeps the last error in the context; nothing is printed.
  static void silent(void*, const char*, ...) {}  // NOLINT(cert-dcl50-cpp): as libxml2 calls it

 private:
  Node* gathering_ = nullptr;  // the text whose pieces come
  std::string pieces_;
};

std::string_view Node::attribute(std::string_view attribute_name) const {
  for (std::size_t i = 0; i < attribute_count; ++i)
    if (attributes[i].name == attribute_name) return attributes[i].value;
  return {};
}

bool is_space(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

namespace {

// A character of UTF-8: its code point and its length in bytes; the length of what is no character is 0.
struct Character {
  std::uint32_t code = 0;
  std::size_t length = 0;
};

Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + length > text.size()) return {first, 0};
  std::uint32_t code = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {first, 0};
    code = (code << 6U) | (byte(i) & 0x3FU);
  }
  static constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kLeast[length] || code > 0x10FFFF) return {first, 0};
  return {code, length};
}

// XML 1.0, production 2.
bool is_allowed(std::uint32_t code) {
  return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code < 0xD800) ||
         (code >= 0xE000 && code < 0xFFFE) || code >= 0x10000;
}

// The length of the character at the place, which XML can have. Throws Error.
std::size_t checked_length(std::string_view text, std::size_t at) {
  const Character character = character_at(text, at);
  if (character.length != 0 && is_allowed(character.code)) return character.length;
  std::array<char, 16> code;
  (void)std::snprintf(code.data(), code.size(), character.length == 0 ? "%02X" : "%04X", character.code);
  throw Error(character.length == 0 ? "the byte 0x" + std::string(code.data()) + " is no UTF-8"
                                    : "XML cannot have the character U+" + std::string(code.data()));
}

// Whether the byte is a character by itself that XML can have.
bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 ? byte < 0x80 : c == '\t' || c == '\n' || c == '\r';
}

}  // namespace

bool is_name(std::string_view text) {
  // XML 1.0 (fifth edition), productions 4 and 4a, beyond ASCII; behind the first character what follows them as well
  struct Range {
    std::uint32_t first, last;
  };
  static constexpr Range kStart[] = {{0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2FF},    {0x370, 0x37D},
                                     {0x37F, 0x1FFF},  {0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF},
                                     {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF}};
  static constexpr Range kLater[] = {{0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}};
  const auto in = [](const auto& ranges, std::uint32_t code) {
    return std::any_of(std::begin(ranges), std::end(ranges),
                       [&](const Range& range) { return code >= range.first && code <= range.last; });
  };
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    const std::uint32_t code = character.code;
    const bool letter = (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || code == '_' || code == ':';
    const bool later = (code >= '0' && code <= '9') || code == '-' || code == '.' || in(kLater, code);
    if (character.length == 0 || !(letter || in(kStart, code) || (at > 0 && later))) return false;
    at += character.length;
  }
  return !text.empty();
}

void check_text(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at)
    if (!is_plain(text[at])) at += checked_length(text, at) - 1;
}

void append(Node& parent, Node& child) {
  child.parent = &parent;
  if (parent.last_child)
    parent.last_child->next = &child;
  else
    parent.first_child = &child;
  parent.last_child = &child;
}

namespace {

// What libxml2 found wrong, in words.
std::string error_of(xmlParserCtxt& context) {
  std::string out = "the XML is not well-formed";
  if (const xmlError* error = xmlCtxtGetLastError(&context); error && error->message) {
    out += ": line " + std::to_string(error->line) + ": " + error->message;
    while (out.back() == '\n' || out.back() == ' ') out.pop_back();
  }
  return out;
}

}  // namespace

Document Document::parse(std::string_view bytes) {
  static std::once_flag once;
  std::call_once(once, [] { xmlInitParser(); });

  if (bytes.size() > kMaxBytes)
    throw Error("the XML is " + std::to_string(bytes.size()) + " bytes long; the limit is " +
                std::to_string(kMaxBytes));
  if (bytes.empty()) throw Error("the XML is empty");
  if (bytes.find('\0') != std::string_view::npos)
    throw Error("the XML has a NUL byte at offset " + std::to_string(bytes.find('\0')));

  std::unique_ptr<xmlParserCtxt, ContextDeleter> context(
      xmlCreateMemoryParserCtxt(bytes.data(), static_cast<int>(bytes.size())));
  if (!context) throw std::bad_alloc();
  ++work.parses;
  Builder builder;
  builder.context = context.get();
  xmlSAXHandler handler = {};
  handler.startElement = Builder::start_element;
  handler.endElement = Builder::end_element;
  handler.characters = Builder::characters;
  handler.ignorableWhitespace = Builder::characters;
  handler.cdataBlock = Builder::cdata;
  handler.comment = Builder::comment;
  handler.processingInstruction = Builder::instruction;
  handler.internalSubset = Builder::internal_subset;
  handler.reference = Builder::reference;
  handler.error = Builder::silent;
  handler.warning = Builder::silent;
  handler.fatalError = Builder::silent;
  handler.initialized = 1;  // SAX1: attributes come in their order, with namespace declarations among them
  *context->sax = handler;
  context->userData = &builder;
  xmlCtxtUseOptions(context.get(), XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_NOENT);
  context->sax2 = 0;
  const int status = xmlParseDocument(context.get());
  // libxml2 stops then, and calls what it has well-formed.
  if (context->errNo == XML_ERR_NO_MEMORY) throw std::bad_alloc();
  // No fault of the document's.
  if (builder.out_of_memory) throw std::bad_alloc();
  if (builder.error.empty() && (status != 0 || !context->wellFormed)) builder.error = error_of(*context);
  if (!builder.error.empty()) throw Error(builder.error);
  if (!builder.document.root_) throw Error("the XML has no element");
  if (bytes.starts_with("<?xml")) builder.document.has_extras_ = true;
  return std::move(builder.document);
}

namespace {

// What stands for a character in libvirt's output (virBufferEscapeString), or nullptr. Tabs and line ends, which
// libvirt writes raw, are escaped in attributes: a reader would turn them into spaces.
const char* libvirt_escape(char c, bool in_attribute) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&apos;";
    case '\r':
      return "&#13;";
    case '\n':
      return in_attribute ? "&#10;" : nullptr;
    case '\t':
      return in_attribute ? "&#9;" : nullptr;
    default:
      return nullptr;
  }
}

void append_escaped(std::string& out, std::string_view value, bool in_attribute, bool raw_quotes = false) {
  std::size_t from = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (raw_quotes && (value[i] == '"' || value[i] == '\'')) continue;
    if (const char* escape = libvirt_escape(value[i], in_attribute)) {
      out.append(value, from, i - from);
      out += escape;
      from = i + 1;
    } else if (!is_plain(value[i])) {
      i += checked_length(value, i) - 1;
    }
  }
  out.append(value, from);
}

// libxml2's escapes of a document without an encoding declaration (xmlsave.c): in attributes, characters beyond ASCII
// become references.
void append_libxml_escaped(std::string& out, std::string_view value, bool in_attribute) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto c = static_cast<unsigned char>(value[i]);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '\r') {
      out += "&#13;";
    } else if (in_attribute && c == '"') {
      out += "&quot;";
    } else if (in_attribute && c == '\n') {
      out += "&#10;";
    } else if (in_attribute && c == '\t') {
      out += "&#9;";
    } else if (is_plain(value[i])) {
      out += value[i];
    } else {
      const std::size_t length = checked_length(value, i);
      if (!in_attribute) {
        out.append(value, i, length);
        i += length - 1;
        continue;
      }
      const std::uint32_t code = character_at(value, i).code;
      std::array<char, 16> buffer;
      (void)std::snprintf(buffer.data(), buffer.size(), "&#x%X;", code);
      out += buffer.data();
      i += length - 1;
    }
  }
}

// Whether the element declares a namespace that is not libvirt's.
bool declares_foreign(const Node& node) {
  for (std::size_t i = 0; i < node.attribute_count; ++i) {
    const Attribute& attribute = node.attributes[i];
    if ((attribute.name == "xmlns" || attribute.name.starts_with("xmlns:")) &&
        !attribute.value.starts_with("http://libvirt.org/schemas/"))
      return true;
  }
  return false;
}

bool has_inline_text(const Node& node) {
  for (const Node* child = node.first_child; child; child = child->next)
    if (child->is_text()) return true;
  return false;
}

// Whether the element's text is content, and not only what indents its child elements.
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

// xmlNodeDump(format=1): indents only where an element's children are elements alone.
void append_verbatim(std::string& out, const Node& node, std::size_t level, bool format, char quote) {
  out.append("<").append(node.name);
  // libxml2 writes declarations before attributes
  for (const bool declarations : {true, false}) {
    for (std::size_t i = 0; i < node.attribute_count; ++i) {
      const Attribute& attribute = node.attributes[i];
      const bool declaration = attribute.name == "xmlns" || attribute.name.starts_with("xmlns:");
      if (declaration != declarations) continue;
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
  format = format && !has_inline_text(node);
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
  if (!placed_) out_.append(2 * level_, ' ');
  placed_ = false;
}

void Writer::finish_tag() {
  if (!tag_open_) return;
  out_ += ">\n";
  tag_open_ = false;
}

void Writer::open(std::string_view name) {
  finish_tag();
  if (spaced_level_ != 0 && level_ == spaced_level_) out_ += '\n';
  indent();
  out_.append("<").append(name);
  open_.push_back(name);
  ++level_;
  tag_open_ = true;
  has_text_ = false;
}

void Writer::attribute(std::string_view name, std::string_view value) {
  out_.append(" ").append(name).append("='");
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

void Writer::close() {
  --level_;
  const std::string_view name = open_.back();
  open_.pop_back();
  if (tag_open_) {
    out_ += "/>\n";
    tag_open_ = false;
  } else {
    if (level_ + 1 == spaced_level_) out_ += '\n';
    if (!has_text_) indent();
    out_.append("</").append(name).append(">\n");
  }
  has_text_ = false;
}

void Writer::dumped_attribute(std::string_view name, std::string_view value) {
  out_.append(" ").append(name).append("=\"");
  append_libxml_escaped(out_, value, true);
  out_ += '"';
}

void Writer::element(const Node& node, bool dumps_foreign) {
  open(node.name);
  contents(node, dumps_foreign);
  close();
}

void Writer::contents(const Node& node, bool dumps_foreign) {
  for (std::size_t i = 0; i < node.attribute_count; ++i) attribute(node.attributes[i].name, node.attributes[i].value);
  if (is_mixed(node)) {
    out_ += '>';
    tag_open_ = false;
    has_text_ = true;
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
  if (tag_open_)
    out_ += '>';
  else if (!placed_ && out_.ends_with('\n'))
    out_.pop_back();
  tag_open_ = false;
  append_escaped(out_, value, false);
  placed_ = true;
}

}  // namespace virtsql::xml
