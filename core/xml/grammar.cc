// About most faults libxml2 says only "Extra element devices in interleave" or the like, because libvirt's grammar is
// made of interleaves, and libxml2 tries each part of an interleave as a whole. So if a document is refused, the fault
// is found by trial: each top-level element alone in a small valid domain, then, in the element that makes it invalid,
// the children and attributes one after the other. What must be there but is wrong or missing is found in the same way:
// the grammar's own words are tried in its place. That costs some dozens or hundreds of validations, for wrong
// documents only.
#include "core/xml/grammar.h"

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/tree.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "core/base/excerpt.h"
#include "core/base/interrupt.h"
#include "core/xml/grammar_words.h"
#include "core/xml/repair.h"
#include "core/xml/tree_handle.h"
#include "core/xml/xml.h"

namespace virtsql {

using xml::chars;
using xml::elements_below;
using xml::line_of;
using xml::taken;
using xml::text_of;

struct DomainGrammar::Impl {
  std::string grammar_path;
  xmlRelaxNG* schema = nullptr;
  mutable std::unique_ptr<GrammarWords> words;  // null until a document is wrong

  ~Impl() { xmlRelaxNGFree(schema); }

  bool accepts(xmlDoc& document) const {
    xmlRelaxNGValidCtxt* context = xmlRelaxNGNewValidCtxt(schema);
    if (!context) throw std::bad_alloc();
    // libxml2 prints errors to standard error unless somebody takes them.
    xmlRelaxNGSetValidStructuredErrors(
        context, [](void*, xmlError*) {}, nullptr);
    const int code = xmlRelaxNGValidateDoc(context, &document);
    xmlRelaxNGFreeValidCtxt(context);
    if (code < 0) throw std::bad_alloc();  // an internal error; out of memory is the only one there is
    return code == 0;
  }

  // Says, in words, what is wrong in the element, which makes the document invalid.
  std::string fault_in(xmlDoc& document, xmlNode& element, const std::string& path) const {
    if (xmlNode* child = faulty_child(document, element))
      return fault_in(document, *child, path + "/" + text_of(child->name));
    const std::string where = line_of(element);
    // The loop below goes along a copy, because an attribute that is put back goes to the end of the element's list.
    std::vector<xmlAttr*> attributes;
    for (xmlAttr* attribute = element.properties; attribute; attribute = attribute->next)
      attributes.push_back(attribute);
    for (xmlAttr* attribute : attributes) {
      const std::string name = text_of(attribute->name);
      const std::string value = taken(xmlNodeListGetString(&document, attribute->children, 1));
      xmlNs* space = attribute->ns;
      check_interrupt_now();
      xmlRemoveProp(attribute);
      if (accepts(document))
        return where + "<" + text_of(element.name) + "> in " + path + " cannot have " + name + "='" + excerpt(value) +
               "'";
      xmlNewNsProp(&element, space, chars(name), chars(value));
    }
    const std::string text = taken(xmlNodeGetContent(&element));
    if (elements_below(element).empty() && !xml::is_space(text))
      return where + "<" + text_of(element.name) + "> at " + path + " is not allowed here, or cannot be " +
             quoted_excerpt(text);
    if (!words) words = std::make_unique<GrammarWords>(grammar_path);
    if (std::string said = Repair(*words, [&] { return accepts(document); }).find(element, path); !said.empty())
      return said;
    return where + "<" + text_of(element.name) + "> at " + path +
           " is not allowed here, is there too often, or lacks something that it must have";
  }

  // Returns the child that makes the document invalid, or nullptr. If the document is valid without any of the
  // element's children, they are put back one by one: the first one that makes the document invalid again is returned,
  // and those behind it are freed. Otherwise the first one is returned without which the document is valid.
  xmlNode* faulty_child(xmlDoc& document, xmlNode& element) const {
    const std::vector<xmlNode*> children = elements_below(element);
    for (xmlNode* child : children) xmlUnlinkNode(child);
    const bool valid_without = !children.empty() && accepts(document);
    xmlNode* faulty = nullptr;
    for (xmlNode* child : children) {
      xmlAddChild(&element, child);
      if (valid_without && !accepts(document)) {
        faulty = child;
        break;
      }
    }
    if (faulty) {
      // The children behind it stay out of the document, which therefore will not free them.
      bool behind = false;
      for (xmlNode* child : children) {
        if (behind) xmlFreeNode(child);
        behind = behind || child == faulty;
      }
      return faulty;
    }
    // Some children are required, so each is taken out by itself.
    for (xmlNode* child : children) {
      xmlNode* next = child->next;
      xmlUnlinkNode(child);
      const bool valid = accepts(document);
      if (next)
        xmlAddPrevSibling(next, child);
      else
        xmlAddChild(&element, child);
      if (valid) return child;
    }
    return nullptr;
  }

  std::string find_fault(std::string_view xml) const {
    const xml::TreeHandle document = xml::read_tree(xml);
    xmlNode& root = *xmlDocGetRootElement(document.get());
    if (text_of(root.name) != "domain")
      return line_of(root) + "the document is a <" + text_of(root.name) + ">, not a <domain>";
    if (std::string missing = missing_in(root); !missing.empty()) return missing;
    const std::vector<xmlNode*> children = elements_below(root);
    for (std::size_t at = 0; at < children.size(); ++at) {
      check_interrupt_now();
      // A copy of the document with this element alone, and with what every domain must have.
      const xml::TreeHandle trial = xml::read_tree(xml);
      xmlNode& trial_root = *xmlDocGetRootElement(trial.get());
      const std::vector<xmlNode*> trial_children = elements_below(trial_root);
      for (std::size_t other = 0; other < trial_children.size(); ++other) {
        if (other == at) continue;
        xmlUnlinkNode(trial_children[other]);
        xmlFreeNode(trial_children[other]);
      }
      const std::string name = text_of(children[at]->name);
      add_required(trial_root, name);
      if (accepts(*trial)) continue;
      xmlNode& suspect = *trial_children[at];
      const std::string path = "/domain/" + name;
      if (std::string fault = fault_in(*trial, suspect, path); !fault.empty()) return fault;
    }
    return fault_in(*document, root, "/domain");
  }

  // Says, in words, what the domain lacks of what every domain must have; empty if it lacks nothing.
  static std::string missing_in(const xmlNode& root) {
    const auto find = [](const xmlNode& parent, std::string_view name) -> xmlNode* {
      for (xmlNode* child : elements_below(parent))
        if (text_of(child->name) == name) return child;
      return nullptr;
    };
    if (!xmlHasProp(&root, chars("type")))
      return line_of(root) + "<domain> has no type=, the hypervisor: kvm, qemu, ...";
    if (!find(root, "name")) return line_of(root) + "<domain> has no <name>";
    const xmlNode* os = find(root, "os");
    if (!os && !find(root, "bootloader")) return line_of(root) + "<domain> has no <os>";
    if (os && !find(*os, "type")) return line_of(*os) + "<os> has no <type>: hvm, exe, ...";
    return {};
  }

  // Adds what the grammar requires of every domain, except the element `there`, which the domain has.
  static void add_required(xmlNode& root, const std::string& there) {
    const auto add = [](xmlNode& parent, const char* name, const char* text) {
      return xmlNewTextChild(&parent, nullptr, chars(name), chars(text));
    };
    if (there != "name") add(root, "name", "x");
    if (there != "memory") add(root, "memory", "1");
    if (there != "os" && there != "bootloader") {
      xmlNode* os = add(root, "os", nullptr);
      if (os) add(*os, "type", "hvm");
    }
  }
};

DomainGrammar::DomainGrammar(const std::string& path) : impl_(std::make_unique<Impl>()) {
  const auto fail = [&](const std::string& why) {
    throw std::runtime_error("libvirt's grammar " + path + " cannot be read" + (why.empty() ? "" : ": " + why) +
                             "; it comes with libvirt (Debian: libvirt0)");
  };
  // Asked before libxml2, which would print the error to stderr, too.
  if (!std::ifstream(path)) fail(std::strerror(errno));
  xmlRelaxNGParserCtxt* context = xmlRelaxNGNewParserCtxt(path.c_str());
  if (!context) throw std::bad_alloc();
  std::string message;
  xmlRelaxNGSetParserStructuredErrors(
      context,
      [](void* data, xmlError* error) {
        auto& kept = *static_cast<std::string*>(data);
        if (kept.empty() && error->message) kept = error->message;
      },
      &message);
  impl_->grammar_path = path;
  impl_->schema = xmlRelaxNGParse(context);
  xmlRelaxNGFreeParserCtxt(context);
  while (message.ends_with('\n')) message.pop_back();
  // If it ran out of memory, libxml2 returns a grammar that is not the one in the file.
  if (!impl_->schema || !message.empty()) fail(message);
}

DomainGrammar::~DomainGrammar() = default;

std::optional<std::string> DomainGrammar::first_error(std::string_view xml) {
  xml::Document::parse(xml);  // refuses what is hostile or not well-formed, with a better message
  const xml::TreeHandle document = xml::read_tree(xml);
  if (impl_->accepts(*document)) return std::nullopt;
  return impl_->find_fault(xml);
}

}  // namespace virtsql
