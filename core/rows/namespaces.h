// XML namespaces in documents: what counts is the URI, not the prefix.
//
// The catalog names elements of a namespace with a prefix of its own (qemu:arg). The line @xmlns:qemu of its root says
// which URI the prefix stands for. A document may use another prefix, or none if it declares the URI as the default
// namespace. These tokens in the layout of a row keep the document's spelling, which is no difference between
// documents:
//
//   "=q"               the element's prefix, if it is not the usual one (see below); "=" is no prefix
//   "@xmlns:qemu=q"    the declaration xmlns:q of the namespace that the catalog calls qemu; "@xmlns:qemu=" is xmlns
//
// The usual prefix of an element is that of the enclosing element, if it is in the same namespace, or else the prefix
// with which the root declares the namespace. If rows are written and nothing declares their namespace, the root does.
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

// The parts of a qualified name, and the name made of them. The prefix is empty if the name has none.
std::string_view prefix_of(std::string_view qualified);
std::string_view local_name(std::string_view qualified);
std::string qualified_name(std::string_view prefix, std::string_view local);

// Returns the prefix that an attribute of this name declares: "q" for xmlns:q, "" for xmlns, nullopt for any other
// name.
std::optional<std::string_view> declared_prefix(std::string_view attribute);

// Return the layout tokens described above: "=q", and "@xmlns:qemu=q".
std::string prefix_token(std::string_view prefix);
std::string declaration_token(const Column& declaration, std::string_view prefix);

// Returns the prefix that the layout gives the element at the path ("=q"), or nullopt if it gives none.
std::optional<std::string_view> given_prefix(const Layout& layout, std::string_view path);
// Returns the prefix in the token if the token declares this namespace and the prefix is valid in XML; else nullopt.
std::optional<std::string_view> declaring_prefix(std::string_view token, const Column& declaration);
// Returns the namespace (the column of the root's @xmlns:PREFIX) that the token declares, or nullptr.
const Column* declared_by(std::string_view token, const Element& element);
// Returns the namespace (the column of the root's @xmlns:PREFIX) that has this URI, or nullptr.
const Column* namespace_of(const Element& element, std::string_view uri);

// Returns the prefix with which the layout of the root's row declares the namespace, or the catalog's prefix if it does
// not declare it.
std::string_view root_prefix(const Layout& root_layout, const Column& declaration);

// The namespace declarations that are in scope while a document is written.
class NamespaceScope {
 public:
  using Mark = std::size_t;
  Mark mark() const { return bound_.size(); }
  void leave(Mark mark) { bound_.resize(mark); }

  // The views must live as long as the scope.
  void declare(std::string_view prefix, std::string_view uri) { bound_.emplace_back(prefix, uri); }

  // Returns the prefix for an element of the namespace: the wanted prefix if it stands for the URI here, else the first
  // declared prefix that does, else one of missing(), to which a new prefix (in the arena) is added if needed.
  std::string_view prefix_for(const Column& declaration, std::optional<std::string_view> wanted, Arena& arena);

  // The prefixes and URIs that the root must declare in addition to its own declarations.
  const std::vector<std::pair<std::string_view, std::string_view>>& missing() const { return missing_; }
  // Keeps only the first `count` of missing(): the elements that needed the others were not written after all.
  void keep_missing(std::size_t count) { missing_.resize(count); }

 private:
  std::string_view uri_of(std::string_view prefix) const;

  std::vector<std::pair<std::string_view, std::string_view>> bound_;
  std::vector<std::pair<std::string_view, std::string_view>> missing_;
};

}  // namespace virtsql
