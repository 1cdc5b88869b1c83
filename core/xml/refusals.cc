#include "core/xml/refusals.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <utility>

#include "core/base/excerpt.h"
#include "core/base/lines.h"
#include "core/xml/refused_text.h"
#include "core/xml/tree_handle.h"
#include "core/xml/xml.h"

namespace virtsql {
namespace {

// How many XPath steps one rule may take. It needs a limit: some rules look at all devices for each device.
constexpr unsigned long kMostSteps = 5'000'000;

struct ExpressionDeleter {
  void operator()(xmlXPathCompExpr* expression) const { xmlXPathFreeCompExpr(expression); }
};
struct ContextDeleter {
  void operator()(xmlXPathContext* context) const { xmlXPathFreeContext(context); }
};
struct ObjectDeleter {
  void operator()(xmlXPathObject* object) const { xmlXPathFreeObject(object); }
};
using Expression = std::unique_ptr<xmlXPathCompExpr, ExpressionDeleter>;
using Object = std::unique_ptr<xmlXPathObject, ObjectDeleter>;

using xml::chars;

// Compiles the XPath. &#10; in it stands for a line end, which a rule, being one line, cannot have.
Expression compile(std::string_view text) {
  static constexpr std::string_view kLineEnd = "&#10;";
  std::string expression(text);
  for (std::size_t at = 0; (at = expression.find(kLineEnd, at)) != std::string::npos;)
    expression.replace(at, kLineEnd.size(), "\n");
  Expression out(xmlXPathCompile(chars(expression.c_str())));
  if (!out) throw std::logic_error("core/catalog/refused: not an XPath: " + std::string(text));
  return out;
}

// Whether libvirt's QEMU driver runs domains of the document's type.
bool is_run_by_qemu(xmlDoc& document) {
  const std::string type = xml::taken(xmlGetProp(xmlDocGetRootElement(&document), chars("type")));
  return type == "qemu" || type == "kvm" || type == "hvf";
}

struct Rule {
  std::string place_text;
  Expression place;
  Expression condition;                                // nullptr: the rule has none
  std::string message;                                 // libvirt's
  std::string instead;                                 // what is said instead; empty: the message
  std::vector<std::pair<std::string, bool>> examples;  // each with whether libvirt refuses only the start of the VM
};

std::vector<Rule> read_rules(std::string_view text) {
  std::vector<Rule> out;
  for (std::string_view line : lines_of(text)) {
    if (line.empty() || line.starts_with("#")) continue;
    if (!line.starts_with("  ")) {
      out.emplace_back();
      out.back().place_text = line;
      out.back().place = compile(line);
      continue;
    }
    if (out.empty()) throw std::logic_error("core/catalog/refused: no place above: " + std::string(line));
    line.remove_prefix(2);
    if (line.starts_with("if "))
      out.back().condition = compile(line.substr(3));
    else if (line.starts_with("says "))
      out.back().instead = line.substr(5);
    else if (line.starts_with(": "))
      out.back().examples.emplace_back(line.substr(2), false);
    else if (line.starts_with("start: "))
      out.back().examples.emplace_back(line.substr(7), true);
    else
      out.back().message = line;
  }
  return out;
}

// Evaluates rules in one document.
class RuleCheck {
 public:
  explicit RuleCheck(xmlDoc& document) : document_(document), context_(xmlXPathNewContext(&document)) {
    if (!context_) throw std::bad_alloc();
    context_->opLimit = kMostSteps;
    xmlXPathRegisterVariable(context_.get(), chars("qemu"), xmlXPathNewBoolean(is_run_by_qemu(document)));
    context_->error = [](void*, xmlErrorPtr) {};
  }

  // Returns the first place that the rule refuses, or nullptr. With `element`, only elements of this name count.
  xmlNode* first_place(const Rule& rule, std::string_view element) {
    context_->opCount = 0;
    const Object places = evaluate(*rule.place, xmlDocGetRootElement(&document_));
    if (!places || places->type != XPATH_NODESET || !places->nodesetval) return nullptr;
    for (int i = 0; i < places->nodesetval->nodeNr; ++i) {
      xmlNode* node = places->nodesetval->nodeTab[i];
      if (!element.empty() && (node->name == nullptr || element != reinterpret_cast<const char*>(node->name))) continue;
      if (!rule.condition) return node;
      const Object holds = evaluate(*rule.condition, node);
      if (holds && xmlXPathCastToBoolean(holds.get())) return node;
    }
    return nullptr;
  }

  // Returns what is said of the place that the rule refuses.
  std::string said(const Rule& rule, xmlNode& place) {
    return filled(rule.instead.empty() ? rule.message : rule.instead, place);
  }

  // Returns the text, with an excerpt of the text at the place for each {XPATH}.
  std::string filled(const std::string& text, xmlNode& place) {
    std::string out;
    std::size_t from = 0;
    for (std::size_t open = text.find('{'); open != std::string::npos; open = text.find('{', from)) {
      const std::size_t close = text.find('}', open);
      assert(close != std::string::npos);
      out.append(text, from, open - from);
      const Expression quoted = compile(text.substr(open + 1, close - open - 1));
      if (const Object value = evaluate(*quoted, &place)) {
        xmlChar* string = xmlXPathCastToString(value.get());
        if (!string) throw std::bad_alloc();
        out += excerpt(xml::taken(string));
      }
      from = close + 1;
    }
    return out.append(text, from);
  }

 private:
  // Returns nullptr if the evaluation takes too long (kMostSteps).
  Object evaluate(xmlXPathCompExpr& expression, xmlNode* here) {
    context_->node = here;
    xmlXPathRegisterVariable(context_.get(), chars("here"), xmlXPathNewNodeSet(here));
    return Object(xmlXPathCompiledEval(&expression, context_.get()));
  }

  xmlDoc& document_;
  std::unique_ptr<xmlXPathContext, ContextDeleter> context_;
};

}  // namespace

struct Refusals::Impl {
  std::vector<Rule> rules;
};

Refusals::Refusals() : impl_(std::make_unique<Impl>()) {
  for (const EmbeddedText& text : kRefusedTexts)
    for (Rule& rule : read_rules(text.text)) impl_->rules.push_back(std::move(rule));
}

Refusals::~Refusals() = default;

std::optional<Refusals::Refusal> Refusals::first(std::string_view xml, std::string_view element) {
  const xml::TreeHandle document = xml::read_tree(xml);
  RuleCheck check(*document);
  for (const Rule& rule : impl_->rules) {
    xmlNode* place = check.first_place(rule, element);
    if (!place) continue;
    return Refusal{xmlGetLineNo(place), reinterpret_cast<const char*>(place->name), check.said(rule, *place)};
  }
  return std::nullopt;
}

std::string to_text(const Refusals::Refusal& refusal) {
  return "line " + std::to_string(refusal.line) + ": <" + refusal.element + ">: " + refusal.message;
}

std::vector<Refusals::Example> Refusals::examples() {
  std::vector<Example> out;
  for (const Rule& rule : impl_->rules) {
    const bool device =
        rule.place_text.find("domain/devices/") == 1 || rule.place_text.find("]/devices/") != std::string::npos;
    for (const auto& [text, at_start] : rule.examples) {
      const auto has = [&example = text](std::string_view element) {
        return example.find("<" + std::string(element) + ">") != std::string::npos ||
               example.find("<" + std::string(element) + " ") != std::string::npos;
      };
      std::string domain = "<domain type='qemu'>\n";
      if (device || !has("name")) {
        domain += "<name>example</name>\n";
        if (device || !has("memory")) domain += "<memory unit='MiB'>64</memory>\n";
        if (device || !has("vcpu")) domain += "<vcpu>2</vcpu>\n";
        if (device || !has("os")) domain += "<os><type arch='x86_64' machine='pc'>hvm</type></os>\n";
      }
      domain += (device ? "<devices>" + text + "</devices>" : text) + "\n</domain>\n";
      const xml::TreeHandle document = xml::read_tree(domain);
      RuleCheck check(*document);
      xmlNode* place = check.first_place(rule, {});
      if (!place) throw std::logic_error("core/catalog/refused: no rule's example: " + text);
      out.push_back({domain, check.filled(rule.message, *place), check.said(rule, *place), at_start});
    }
  }
  return out;
}

}  // namespace virtsql
