// XML namespaces in documents: what counts is the URI, not the prefix.
//
// The catalog names elements of a namespace with a prefix of its own (qemu:arg) and says, at its root's line
// @xmlns:qemu, which URI that stands for. A document may use another prefix, or none where it declares the URI as the
// default namespace. How it spells that is kept in the layout of the rows, and is no difference of documents:
//
//   "=q"               the element's prefix, if it is not the one that follows from what is around it; "=" is none
//   "@xmlns:qemu=q"    here stands the declaration xmlns:q of what the catalog calls qemu; "@xmlns:qemu=" is xmlns
//
// An element takes the prefix of the enclosing one, if that is of the same namespace, or else the one with which the
// root declares it. If rows are written whose namespace nothing declares, the root declares it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/arena.h"
#include "core/catalog/catalog.h"
#include "core/xml/xml.h"

namespace virtsql {

class Layout;

// The parts of a qualified name; the prefix of one without is empty.
std::string_view prefix_of(std::string_view qualified);
std::string_view local_name(std::string_view qualified);
std::string qualified_name(std::string_view prefix, std::string_view local);

// The prefix that an attribute declares: "q" of xmlns:q, "" of xmlns; nothing of any other attribute.
std::optional<std::string_view> declared_prefix(std::string_view attribute);

// The URI that the prefix ("": the default namespace) stands for where the node is; without data if for none.
std::string_view uri_in_scope(const xml::Node& node, std::string_view prefix);

// The tokens of a layout that are described above.
std::string prefix_token(std::string_view prefix);
std::string declaration_token(const Column& declaration, std::string_view prefix);

// The prefix that a layout gives the element at the path, if it gives one.
std::optional<std::string_view> given_prefix(const Layout& layout, std::string_view path);
// A token's prefix, if it is a declaration of this namespace whose prefix a document can have.
std::optional<std::string_view> declaring_prefix(std::string_view token, const Column& declaration);
// The namespace of the element's root that the token declares, or nullptr.
const Column* declared_by(std::string_view token, const Element& element);
// The namespace of the element's root with this URI, or nullptr.
const Column* namespace_of(const Element& element, std::string_view uri);

// The prefix with which a root's row declares the namespace; the catalog's if it does not.
std::string_view root_prefix(const Layout& root_layout, const Column& declaration);

// The declarations that are in scope while a document is written.
class NamespaceScope {
 public:
  using Mark = std::size_t;
  Mark mark() const { return bound_.size(); }
  void leave(Mark mark) { bound_.resize(mark); }

  // The views must live as long as the scope.
  void declare(std::string_view prefix, std::string_view uri) { bound_.emplace_back(prefix, uri); }

  // The prefix for an element of the namespace: the wanted one if it stands for the URI here; else the first declared
  // that does; else one that the root is to declare.
  std::string_view prefix_for(const Column& declaration, std::optional<std::string_view> wanted, Arena& arena);

  // What the root is to declare besides what it does: prefixes and URIs.
  const std::vector<std::pair<std::string_view, std::string_view>>& missing() const { return missing_; }
  // Forgets what was found missing after the first `count`: it was not written after all.
  void forget_missing(std::size_t count) { missing_.resize(count); }

 private:
  std::string_view uri_of(std::string_view prefix) const;

  std::vector<std::pair<std::string_view, std::string_view>> bound_;
  std::vector<std::pair<std::string_view, std::string_view>> missing_;
};

}  // namespace virtsql
