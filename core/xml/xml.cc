#include "core/xml/xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <utility>

#include "core/base/sql_quote.h"
#include "core/base/work.h"
#include "core/xml/allocations.h"

namespace virtsql::xml {
namespace {

std::string_view view(const xmlChar* text) { return text ? reinterpret_cast<const char*>(text) : std::string_view(); }

// Returns, in words, what libxml2 found wrong.
std::string error_of(xmlParserCtxt& context) {
  std::string out = "the XML is not well-formed";
  if (const xmlError* error = xmlCtxtGetLastError(&context); error && error->message) {
    out += ": line " + std::to_string(error->line) + ": " + error->message;
    while (out.back() == '\n' || out.back() == ' ') out.pop_back();
  }
  return out;
}

// Whether the text is not XML, but looks like the path of a file: it has a folder or an extension, and nothing that
// would be odd in a path.
bool may_be_path(std::string_view text) {
  constexpr std::size_t kLongest = 1024;
  if (text.size() > kLongest || text.find('<') != std::string_view::npos) return false;
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; })) return false;
  if (text.find('/') != std::string_view::npos) return true;
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const std::size_t dot = text.rfind('.');
  return dot != std::string_view::npos && dot + 1 < text.size() &&
         text.find_first_not_of(kLetters, dot + 1) == std::string_view::npos;
}

struct ContextDeleter {
  void operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }
};

// Whether a tag has more attributes than an element may have, by the quoted values in it. Of what is not well-formed it
// may say anything; the parser refuses that.
bool has_crowded_tag(std::string_view bytes) {
  constexpr std::size_t kShortest = 5;  // of an attribute, with the space before it: a=""
  if (bytes.size() < kMaxAttributes * kShortest) return false;
  constexpr std::pair<std::string_view, std::string_view> kOthers[] = {
      {"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
  for (std::size_t at = bytes.find('<'); at < bytes.size(); at = bytes.find('<', at)) {
    const auto* const other = std::find_if(std::begin(kOthers), std::end(kOthers),
                                           [&](const auto& each) { return bytes.substr(at).starts_with(each.first); });
    if (other != std::end(kOthers)) {
      at = bytes.find(other->second, at + other->first.size());
      continue;
    }
    std::size_t values = 0;
    for (at = bytes.find_first_of("\"'>", at); at < bytes.size() && bytes[at] != '>';
         at = bytes.find_first_of("\"'>", at + 1)) {
      if (++values > kMaxAttributes) return true;
      at = bytes.find(bytes[at], at + 1);
      if (at == std::string_view::npos) return false;
    }
  }
  return false;
}

}  // namespace

// Receives libxml2's SAX events. Its callbacks are called by C code, so no exception may leave them.
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

  // Does the work for one event. A failed allocation ends the parse.
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
    // libxml2 reports one text in pieces, which end at references and at the ends of buffers. They are gathered until
    // something else comes.
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

  // Stores the gathered text, because something else comes now.
  void finish_text() {
    if (!gathering_) return;
    gathering_->text = document.arena_.copy(pieces_);
    gathering_ = nullptr;
  }

  // Whether the piece of text has a quote that the source spelled as itself, and not as a reference. libxml2 reports a
  // reference as a piece of one character that is not in the input buffer, and the parser then stands behind the
  // reference's semicolon. Other text is in that buffer, or, if it has characters beyond ASCII, in another
  // buffer of libxml2's.
  bool has_raw_quotes(std::string_view text) const {
    if (!context->input || text.find_first_of("'\"") == std::string_view::npos) return false;
    const auto* at = reinterpret_cast<const xmlChar*>(text.data());
    const xmlParserInput& input = *context->input;
    if (text.size() > 1 || (at >= input.base && at < input.end)) return true;
    return input.cur == input.base || input.cur[-1] != ';';
  }

  // Whether the last attribute of the start tag is in single quotes. The parser stands behind that attribute, so
  // the last character before it that is no white space is the closing quote.
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
      node->last_single_quoted = count > 0 && builder.after_single_quote();
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
      builder.add_text(Node::Kind::kCdata, {reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)});
    });
  }

  static void comment(void* data, const xmlChar* text) {
    Builder& builder = self(data);
    builder.guarded([&] { builder.add_text(Node::Kind::kComment, view(text)); });
  }

  static void instruction(void* data, const xmlChar* target, const xmlChar* text) {
    Builder& builder = self(data);
    builder.guarded([&] {
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

  // Prints nothing: libxml2 keeps the last error in the context, where error_of() finds it.
  static void silent(void*, const char*, ...) {}  // NOLINT(cert-dcl50-cpp): as libxml2 calls it

 private:
  Node* gathering_ = nullptr;  // the text whose pieces are being gathered
  std::string pieces_;
};

const Node* child(const Node* node, std::string_view name) {
  for (const Node* at = node ? node->first_child : nullptr; at; at = at->next)
    if (at->is_element() && at->name == name) return at;
  return nullptr;
}

std::string_view Node::attribute(std::string_view attribute_name) const {
  for (std::size_t i = 0; i < attribute_count; ++i)
    if (attributes[i].name == attribute_name) return attributes[i].value;
  return {};
}

void append(Node& parent, Node& child) {
  child.parent = &parent;
  if (parent.last_child)
    parent.last_child->next = &child;
  else
    parent.first_child = &child;
  parent.last_child = &child;
}

Document Document::parse(std::string_view bytes) {
  static std::once_flag once;
  std::call_once(once, [] { xmlInitParser(); });

  if (bytes.size() > kMaxBytes)
    throw Error("the XML is " + std::to_string(bytes.size()) + " bytes long; the limit is " +
                std::to_string(kMaxBytes));
  if (bytes.empty()) throw Error("the XML is empty");
  if (bytes.find('\0') != std::string_view::npos)
    throw Error("the XML has a NUL byte at offset " + std::to_string(bytes.find('\0')));
  if (may_be_path(bytes)) throw Error("no XML but a file's name? readfile(" + sql_literal(bytes) + ") reads it");

  if (has_crowded_tag(bytes)) throw Error("an element has more than " + std::to_string(kMaxAttributes) + " attributes");

  (void)take_failed_allocation();  // forgets failures of earlier work
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
  // After a failed allocation libxml2 stops, and says that what it has is well-formed, or that something is missing.
  if (take_failed_allocation() || context->errNo == XML_ERR_NO_MEMORY) throw std::bad_alloc();
  // The Builder ran out of memory, which is no fault of the document.
  if (builder.out_of_memory) throw std::bad_alloc();
  if (builder.error.empty() && (status != 0 || !context->wellFormed)) builder.error = error_of(*context);
  if (!builder.error.empty()) throw Error(builder.error);
  if (!builder.document.root_) throw Error("the XML has no element");
  return std::move(builder.document);
}

}  // namespace virtsql::xml
