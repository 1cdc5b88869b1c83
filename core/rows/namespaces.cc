#include "core/rows/namespaces.h"

#include <algorithm>

#include "core/rows/layout.h"

namespace virtsql {
namespace {

bool is_prefix(std::string_view text) {
  return text.empty() || (xml::is_name(text) && text.find(':') == std::string_view::npos);
}

}  // namespace

std::string_view prefix_of(std::string_view qualified) {
  const std::size_t colon = qualified.find(':');
  return colon == std::string_view::npos ? std::string_view() : qualified.substr(0, colon);
}

std::string_view local_name(std::string_view qualified) { return qualified.substr(qualified.find(':') + 1); }

std::string qualified_name(std::string_view prefix, std::string_view local) {
  return (prefix.empty() ? "" : std::string(prefix) + ":") + std::string(local);
}

std::optional<std::string_view> declared_prefix(std::string_view attribute) {
  if (!xml::declares_namespace(attribute)) return std::nullopt;
  const std::size_t colon = attribute.find(':');
  if (colon == std::string_view::npos) return attribute.substr(attribute.size());
  const std::string_view prefix = attribute.substr(colon + 1);
  if (prefix.empty() || !is_prefix(prefix)) return std::nullopt;
  return prefix;
}

std::string prefix_token(std::string_view prefix) { return "=" + std::string(prefix); }

std::string declaration_token(const Column& declaration, std::string_view prefix) {
  return declaration.relative_path + "=" + std::string(prefix);
}

std::optional<std::string_view> given_prefix(const Layout& layout, std::string_view path) {
  const Layout::Order* order = layout.find(path);
  if (!order) return std::nullopt;
  for (const std::string& token : *order)
    if (token.starts_with("=") && is_prefix(std::string_view(token).substr(1)))
      return std::string_view(token).substr(1);
  return std::nullopt;
}

std::optional<std::string_view> declaring_prefix(std::string_view token, const Column& declaration) {
  const std::string_view name = declaration.relative_path;
  if (!token.starts_with(name) || token.substr(name.size(), 1) != "=") return std::nullopt;
  token.remove_prefix(name.size() + 1);
  if (!is_prefix(token)) return std::nullopt;
  return token;
}

const Column* declared_by(std::string_view token, const Element& element) {
  if (token.find('=') == std::string_view::npos) return nullptr;
  for (const Attribute& attribute : element.root().attributes)
    if (!attribute.column->marks->namespace_uri.empty() && declaring_prefix(token, *attribute.column))
      return attribute.column;
  return nullptr;
}

const Column* namespace_of(const Element& element, std::string_view uri) {
  for (const Attribute& attribute : element.root().attributes)
    if (!attribute.column->marks->namespace_uri.empty() && attribute.column->marks->namespace_uri == uri)
      return attribute.column;
  return nullptr;
}

std::string_view root_prefix(const Layout& root_layout, const Column& declaration) {
  if (const Layout::Order* order = root_layout.find(""))
    for (const std::string& token : *order)
      if (const auto prefix = declaring_prefix(token, declaration)) return *prefix;
  return local_name(declaration.relative_path);
}

std::string_view NamespaceScope::uri_of(std::string_view prefix) const {
  for (auto one = bound_.rbegin(); one != bound_.rend(); ++one)
    if (one->first == prefix) return one->second;
  for (const auto& [known, uri] : missing_)
    if (known == prefix) return uri;
  return {};
}

std::string_view NamespaceScope::prefix_for(const Column& declaration, std::optional<std::string_view> wanted,
                                            Arena& arena) {
  const std::string_view uri = declaration.marks->namespace_uri;
  if (wanted && uri_of(*wanted) == uri) return *wanted;
  for (const auto& [prefix, known] : bound_)
    if (known == uri && uri_of(prefix) == uri) return prefix;
  for (const auto& [prefix, known] : missing_)
    if (known == uri && uri_of(prefix) == uri) return prefix;
  std::string prefix(local_name(declaration.relative_path));
  while (uri_of(prefix).data()) prefix += '_';
  missing_.emplace_back(arena.copy(prefix), uri);
  return missing_.back().first;
}

}  // namespace virtsql
