#include "tests/fuzz/fuzz.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace virtsql::fuzz {
namespace {

void add_facts(const xml::Node& node, const std::string& path, bool everything, std::vector<std::string>& out) {
  const std::string own = path + "/" + std::string(node.name);
  out.push_back(own);
  // Namespace declarations come first, as libxml2 writes them: their place among the attributes has no meaning.
  for (const bool declarations : {true, false})
    for (std::size_t i = 0; i < node.attribute_count; ++i)
      if (const xml::Attribute& attribute = node.attributes[i]; xml::declares_namespace(attribute.name) == declarations)
        out.push_back(own + "/@" + std::string(attribute.name) + "=" + std::string(attribute.value));
  std::string text;  // joins pieces of text if nothing that counts stands between them
  const auto flush = [&] {
    if (!xml::is_space(text)) out.push_back(own + "/text()=" + text);
    text.clear();
  };
  for (const xml::Node* child = node.first_child; child; child = child->next) {
    if (child->is_text()) {
      if (!xml::is_space(child->text)) text += child->text;
    } else if (child->is_element()) {
      flush();
      add_facts(*child, own, everything, out);
    } else if (everything) {
      flush();
      out.push_back(own + (child->kind == xml::Node::Kind::kComment ? "/comment()=" : "/?") + std::string(child->name) +
                    " " + std::string(child->text));
    }
  }
  flush();
}

}  // namespace

void require(bool holds, std::string_view promise, std::string_view detail) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %.*s\n%.*s\n", static_cast<int>(promise.size()), promise.data(),
               static_cast<int>(std::min<std::size_t>(detail.size(), 4000)), detail.data());
  std::abort();
}

std::pair<std::string_view, std::string_view> two_documents(std::string_view input) {
  constexpr std::string_view kMark = "====\n";
  const std::size_t at = input.find(kMark);
  if (at == std::string_view::npos) return {input, {}};
  return {input.substr(0, at), input.substr(at + kMark.size())};
}

std::vector<std::string> facts(const xml::Node& root, bool everything) {
  std::vector<std::string> out;
  add_facts(root, "", everything, out);
  return out;
}

std::string first_difference(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  if (a == b) return {};
  const auto [left, right] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return "first:  " + (left == a.end() ? "(end)" : *left) + "\nsecond: " + (right == b.end() ? "(end)" : *right);
}

}  // namespace virtsql::fuzz
