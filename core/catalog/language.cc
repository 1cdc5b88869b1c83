#include "core/catalog/language.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "core/base/split.h"

namespace virtsql {
namespace {

class LineReader {
 public:
  explicit LineReader(std::string_view text) : text_(text) {}
  std::string_view word() {
    skip_space();
    std::size_t end = 0;
    while (end < text_.size() && text_[end] != ' ') ++end;
    const std::string_view out = text_.substr(0, end);
    text_.remove_prefix(end);
    return out;
  }
  std::string_view peek_word() const {
    LineReader copy = *this;
    return copy.word();
  }
  bool mark(std::string_view& out) {
    skip_space();
    if (text_.empty() || text_[0] != '{') return false;
    const std::size_t end = text_.find('}');
    if (end == std::string_view::npos) return false;
    out = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return true;
  }
  std::string_view rest() {
    skip_space();
    return text_;
  }

 private:
  void skip_space() {
    while (!text_.empty() && text_[0] == ' ') text_.remove_prefix(1);
  }
  std::string_view text_;
};

CatalogLine parse_line(std::string_view file, std::size_t number, std::string_view text) {
  CatalogLine line;
  line.file = file;
  line.number = number;
  LineReader reader(text);
  line.what = reader.word();
  std::string_view mark;
  const auto take_marks = [&] {
    while (reader.mark(mark)) line.marks.push_back(mark);
  };
  const auto take = [&] { line.words.emplace_back(reader.word()); };
  // libvirt has an element <resource>, too: its line goes on with `row`
  const bool resource = line.what == "resource" && !reader.peek_word().starts_with("row");
  if (line.what == "struct" || line.what == "use" || line.what == "^use" || resource) {
    take();
    take_marks();
  } else {
    // [NAME] KIND, KIND TABLE, KIND alone, or nothing
    const auto is_kind = [](std::string_view w) { return type_named(w) || w == "as_json"; };
    take_marks();
    const std::string_view first = reader.peek_word();
    if (is_row_kind(first)) {
      take();
      take();
    } else if (!first.empty()) {
      LineReader ahead = reader;
      ahead.word();
      const std::string_view second = ahead.peek_word();
      if (is_kind(second) && first.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos) {
        take();
        take();
      } else if (is_kind(first)) {
        take();
      }
    }
    take_marks();
  }
  line.rest = reader.rest();
  if (line.rest.starts_with('{')) line.fail("a { without a }");
  return line;
}

}  // namespace

std::vector<CatalogLine> parse_catalog(const CatalogFile& file) {
  std::vector<CatalogLine> top;
  std::vector<std::vector<CatalogLine>*> open = {&top};
  std::size_t number = 0;
  for (const std::string_view raw : split(file.text, '\n')) {
    ++number;
    const std::size_t indent = raw.find_first_not_of(' ');
    if (indent == std::string::npos || raw[indent] == '#') continue;
    CatalogLine line = parse_line(file.name, number, raw.substr(indent));
    if (indent % 2 != 0) line.fail("indentation is two spaces a level");
    const std::size_t depth = indent / 2;
    if (depth >= open.size()) line.fail("indented deeper than one level below the line above");
    open.resize(depth + 1);
    open.back()->push_back(std::move(line));
    open.push_back(&open.back()->back().children);
  }
  return top;
}

std::vector<CatalogFile> read_catalog_files(const std::string& folder) {
  std::vector<CatalogFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".catalog") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) throw CatalogError("cannot read " + entry.path().string());
    files.push_back({entry.path().filename().string(), text.str()});
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return files;
}

}  // namespace virtsql
