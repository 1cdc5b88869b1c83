#include "core/catalog/column_marks.h"

#include <span>
#include <utility>

#include "core/catalog/marks.h"

namespace virtsql {

void add_column_marks(const CatalogLine& line, const ColumnTables& tables, ColumnDraft& column, CatalogStorage& storage,
                      Pending& pending) {
  ColumnMarks& marks = column.drafted;
  std::vector<Becoming> becomes;
  std::vector<Dropping> dropped;
  std::vector<Filling> fillings;
  std::vector<Replacement> replaced;
  std::vector<Replacement> preset;
  std::vector<OwnRule> own;
  for (const std::string_view mark : line.marks) {
    const std::vector<std::string_view> words = split(mark, ' ');
    if (words[0] == "key") {
      column.key = true;
      marks.key_with = storage.keep(keep_all(std::span(words).subspan(1), storage));
    } else if (mark == "hint") {
      pending.hints.emplace_back(tables.row, &column);
    } else if (mark == "added") {
      marks.added = true;
    } else if (words[0] == "added") {
      fillings.push_back(filling(line, words, storage));
    } else if (mark == "started" || (words.size() > 2 && words[0] == "started" && words[1] == "if")) {
      marks.started_if = conditions_behind_if(line, words, storage);
      marks.started = true;
    } else if (words.size() == 2 && words[0] == "from") {
      marks.from_name = storage.keep(words[1]);
    } else if (mark == "actual" || (words.size() > 2 && words[0] == "actual" && words[1] == "if")) {
      marks.actual_if = conditions_behind_if(line, words, storage);
      marks.actual = true;
    } else if (words[0] == "own") {
      own.push_back(own_rule(line, words, storage));
    } else if ((words[0] == "becomes" || words[0] == "started_as") &&
               (words.size() == 3 || (words.size() > 4 && words[3] == "if"))) {
      becomes.push_back({storage.keep(words[1]), storage.keep(words[2]), words[0] == "started_as",
                         conditions_behind_if(line, words, storage, 3)});
    } else if (words[0] == "dropped" && (words.size() == 2 || (words.size() > 3 && words[2] == "if"))) {
      dropped.push_back({storage.keep(words[1]), conditions_behind_if(line, words, storage, 2)});
    } else if (words.size() > 2 && words[0] == "derived" && words[1] == "if") {
      marks.derived = true;
      marks.derived_if = conditions_behind_if(line, words, storage);
    } else if (words.size() == 2 && words[0] == "limited") {
      marks.limit_name = storage.keep(words[1]);
    } else if (words[0] == "repeated" && (words.size() == 2 || (words.size() > 3 && words[2] == "if"))) {
      marks.repeated_name = storage.keep(words[1]);
      marks.repeated_if = conditions_behind_if(line, words, storage, 2);
    } else if (mark == "each") {
      if (column.type != Type::kCpuset) line.fail("{each} is a mark of a cpuset");
      marks.each = true;
    } else if (words.size() > 2 && words[0] == "unsaid" && words[1] == "if") {
      marks.unsaid = true;
      marks.unsaid_if = conditions_behind_if(line, words, storage);
    } else if (words.size() == 2 && words[0] == "implied") {
      marks.implied = storage.keep(words[1]);
    } else if (mark == "placed") {
      marks.placed = true;
    } else if (mark == "both_tags") {
      marks.both_tags = true;
    } else if (words.size() == 3 && words[0] == "member") {
      pending.members.push_back({tables.column, &column, words[1], words[2]});
    } else if (words.size() == 2 && words[0] == "into") {
      pending.into_json.push_back({tables.column, &column, words[1]});
    } else if (words.size() == 4 && words[0] == "seen") {
      pending.seen.push_back({tables.column, &column, words[1], words[2], words[3]});
    } else if (words.size() == 2 && words[0] == "default") {
      marks.preset = storage.keep(words[1]);
    } else if (words.size() > 3 && words[0] == "default" && words[2] == "if") {
      preset.push_back({storage.keep(words[1]), conditions_behind_if(line, words, storage, 2)});
    } else if (words.size() == 2 && words[0] == "shown") {
      marks.shown = storage.keep(words[1]);
    } else if (words.size() == 3 && words[0] == "after") {
      marks.after = storage.keep(words[1]);
      marks.after_separator = storage.keep(words[2]);
    } else if (mark == "unique") {
      column.unique = true;
    } else if (mark == "index") {
      column.index = true;
    } else if (words.size() == 2 && words[0] == "unit") {
      marks.default_unit = words[1] == "bytes" ? 1 : words[1] == "KiB" ? 1024 : words[1] == "MiB" ? 1024 * 1024 : 0;
      if (column.type != Type::kSize || marks.default_unit == 0)
        line.fail("write {unit bytes}, {unit KiB} or {unit MiB}, of a size");
    } else if (words[0] == "base" && (words.size() == 2 || (words.size() > 3 && words[2] == "if"))) {
      if (words[1] != "16" && words[1] != "10" && words[1] != "c") line.fail("write {base 16}, {base 10} or {base c}");
      if (column.type != Type::kHex && (column.type != Type::kInteger || words.size() > 2))
        line.fail("{base} is a mark of a hex or an integer, {base ... if} of a hex");
      marks.base = words[1] == "16" ? Digits::kHexadecimal : words[1] == "10" ? Digits::kDecimal : Digits::kAsInC;
      marks.base_if = conditions_behind_if(line, words, storage, 2);
    } else if (words.size() == 2 && words[0] == "namespace") {
      marks.namespace_uri = storage.keep(words[1]);
    } else if (words.size() > 3 && words[0] == "replaced" && words[2] == "if") {
      replaced.push_back({storage.keep(words[1]), conditions_behind_if(line, words, storage, 2)});
    } else if (words.size() > 3 && words[0] == "appended" && words[2] == "if") {
      const std::string_view begin = std::string_view(words[1]).substr(0, words[1].find_first_of("*?[\\"));
      if (begin.empty() || begin.size() + 1 != words[1].size() || !words[1].ends_with('*'))
        line.fail("write {appended TEXT* if ...}");
      marks.appended = storage.keep(std::string(begin));
      marks.appended_if = conditions_behind_if(line, words, storage, 2);
    } else if (words[0] == "live" || words[0] == "found") {
      marks.live = live_rule(line, mark, storage);
    } else {
      line.fail("no mark {", mark, "} for a column");
    }
  }
  marks.replaced = storage.keep(std::move(replaced));
  marks.preset_if = storage.keep(std::move(preset));
  marks.own = storage.keep(std::move(own));
  marks.becomes = storage.keep(std::move(becomes));
  marks.dropped = storage.keep(std::move(dropped));
  marks.fillings = storage.keep(std::move(fillings));
}

}  // namespace virtsql
