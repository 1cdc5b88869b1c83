#include "core/schema/described.h"

#include <algorithm>
#include <cassert>

#include "core/base/letters.h"
#include "core/base/lines.h"
#include "core/base/words.h"

namespace virtsql {
namespace {

constexpr std::string_view kWriteMark = "Write: ";
constexpr std::string_view kInternalMark = "For other views.";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_white(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_white(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

bool comment_of(std::string_view line, std::string_view& comment) {
  line = trimmed(line);
  if (!line.starts_with("--")) return false;
  comment = trimmed(line.substr(2));
  return true;
}

std::vector<Described> describe(std::string_view sql) {
  std::vector<Described> out;
  std::string above;
  bool inside = false;
  for (const std::string_view raw : lines_of(sql)) {
    const std::string_view line = trimmed(raw);
    std::string_view comment;
    if (comment_of(line, comment)) {
      if (!comment.starts_with(kWriteMark)) add_words(above, comment);
      continue;
    }
    const bool table = line.starts_with("CREATE TABLE ");
    if (table || line.starts_with("CREATE VIEW ")) {
      std::string_view name = line.substr(line.find(' ', 7) + 1);
      name = name.substr(0, name.find_first_of(" ("));
      out.push_back({std::string(name), !table, false, above, {}});
      inside = line.ends_with("(");
    } else if (line.starts_with(")")) {
      inside = false;
    } else if (inside && !line.empty() && is_lower(line.front())) {
      const std::size_t dashes = line.find("--");
      std::string_view definition = line.substr(0, dashes);
      std::string doc = above;
      if (dashes != std::string_view::npos) add_words(doc, trimmed(line.substr(dashes + 2)));
      const std::string_view name = definition.substr(0, definition.find_first_of(" ,"));
      definition.remove_prefix(std::min(name.size() + 1, definition.size()));
      std::string type = lower_case(definition.substr(0, definition.find_first_of(" ,")));
      if (out.back().is_view) {
        const std::size_t colon = doc.find(": ");
        assert(colon != std::string::npos && "a column of a view says its type");
        type = doc.substr(0, colon);
        doc = doc.substr(colon + 2);
      }
      out.back().columns.push_back({std::string(name), type, doc});
    }
    above.clear();
  }
  return out;
}

std::string compact(std::string_view sql) {
  std::string out;
  for (std::string_view line : lines_of(sql)) {
    line = trimmed(line.substr(0, line.find("--")));
    if (line.empty()) continue;
    if (!out.empty() && out.back() != '(' && line.front() != ')') out += ' ';
    out += line;
  }
  return out;
}

bool is_for_other_views(const Described& view) { return view.doc.find(kInternalMark) != std::string::npos; }

std::string_view write_hint(std::string_view sql) {
  for (const std::string_view line : lines_of(sql))
    if (std::string_view comment; comment_of(line, comment) && comment.starts_with(kWriteMark))
      return comment.substr(kWriteMark.size());
  return {};
}

}  // namespace virtsql
