#include "core/catalog/column_marks.h"

#include <span>
#include <utility>

#include "core/base/split.h"
#include "core/catalog/marks.h"

namespace virtsql {
namespace {

// Returns how many bytes the unit is that a mark names; 0 if marks know no such unit.
std::int64_t unit_named(std::string_view name) {
  return name == "bytes" ? 1 : name == "KiB" ? 1024 : name == "MiB" ? 1024 * 1024 : 0;
}

enum class If { kNever, kMay, kMust };

// Whether the mark has that many values behind its name, and behind these `if` with conditions or nothing, as
// `condition` says.
bool has_form(const std::vector<std::string_view>& words, std::size_t values, If condition) {
  if (words.size() == values + 1) return condition != If::kMust;
  return condition != If::kNever && words.size() > values + 2 && words[values + 1] == "if";
}

}  // namespace

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
    const auto is = [&](std::string_view name, std::size_t values = 0, If condition = If::kNever) {
      return words[0] == name && has_form(words, values, condition);
    };
    const auto word = [&](std::size_t number) { return storage.keep(words[number]); };
    const auto conditions = [&](std::size_t values) { return conditions_behind_if(line, words, storage, values + 1); };
    if (words[0] == "key") {
      column.key = true;
      marks.key_with = storage.keep(keep_all(std::span(words).subspan(1), storage));
    } else if (is("hint")) {
      pending.hints.emplace_back(tables.row, &column);
    } else if (is("added")) {
      marks.added = true;
    } else if (words[0] == "added") {
      fillings.push_back(filling(line, words, storage));
    } else if (is("started", 0, If::kMay)) {
      marks.started_if = conditions(0);
      marks.started = true;
    } else if (is("from", 1)) {
      marks.from_name = word(1);
    } else if (is("actual", 0, If::kMay)) {
      marks.actual_if = conditions(0);
      marks.actual = true;
    } else if (words[0] == "own") {
      own.push_back(own_rule(line, words, storage));
    } else if (is("becomes", 2, If::kMay) || is("started_as", 2, If::kMay)) {
      becomes.push_back({word(1), word(2), words[0] == "started_as", conditions(2)});
    } else if (is("dropped", 1, If::kMay)) {
      dropped.push_back({word(1), conditions(1)});
    } else if (is("derived", 0, If::kMust)) {
      marks.derived = true;
      marks.derived_if = conditions(0);
    } else if (is("limited", 1)) {
      marks.limit_name = word(1);
    } else if (is("repeated", 1, If::kMay)) {
      marks.repeated_name = word(1);
      marks.repeated_if = conditions(1);
    } else if (is("each")) {
      if (column.type != Type::kCpuset) line.fail("{each} is a mark of a cpuset");
      marks.each = true;
    } else if (is("unsaid", 0, If::kMust)) {
      marks.unsaid = true;
      marks.unsaid_if = conditions(0);
    } else if (is("implied", 1)) {
      marks.implied = word(1);
    } else if (is("placed")) {
      marks.placed = true;
    } else if (is("both_tags")) {
      marks.both_tags = true;
    } else if (is("member", 2)) {
      pending.members.push_back({tables.column, &column, words[1], words[2]});
    } else if (is("into", 1)) {
      pending.into_json.push_back({tables.column, &column, words[1]});
    } else if (is("seen", 3)) {
      pending.seen.push_back({tables.column, &column, words[1], words[2], words[3]});
    } else if (is("default", 1)) {
      marks.preset = word(1);
    } else if (is("default", 1, If::kMust)) {
      preset.push_back({word(1), conditions(1)});
    } else if (is("with", 1)) {
      marks.with = virtsql::conditions(line, {words[1]}, storage);
      if (marks.with[0].test != Condition::Test::kEquals) line.fail("write {with @type=A|B}");
    } else if (is("shown", 1)) {
      marks.shown = word(1);
    } else if (is("after", 2)) {
      marks.after = word(1);
      marks.after_separator = word(2);
    } else if (is("unique")) {
      column.unique = true;
    } else if (is("index")) {
      column.index = true;
    } else if (is("unit", 1)) {
      marks.default_unit = unit_named(words[1]);
      if (column.type != Type::kSize || marks.default_unit == 0)
        line.fail("write {unit bytes}, {unit KiB} or {unit MiB}, of a size");
    } else if (is("rounded", 1)) {
      marks.rounded = unit_named(words[1]);
      if (column.type != Type::kSize || marks.rounded <= 1)
        line.fail("write {rounded KiB} or {rounded MiB}, of a size");
    } else if (is("base", 1, If::kMay)) {
      if (words[1] != "16" && words[1] != "10" && words[1] != "c") line.fail("write {base 16}, {base 10} or {base c}");
      if (column.type != Type::kHex && (column.type != Type::kInteger || words.size() > 2))
        line.fail("{base} is a mark of a hex or an integer, {base ... if} of a hex");
      marks.base = words[1] == "16" ? Digits::kHexadecimal : words[1] == "10" ? Digits::kDecimal : Digits::kAsInC;
      marks.base_if = conditions(1);
    } else if (is("reads", 1)) {
      marks.reading = words[1] == "number"    ? ReadAs::kNumber
                      : words[1] == "address" ? ReadAs::kAddress
                      : words[1] == "letters" ? ReadAs::kLetters
                                              : ReadAs::kText;
      if (column.type != Type::kText || marks.reading == ReadAs::kText)
        line.fail("write {reads number}, {reads address} or {reads letters}, of a text");
    } else if (is("power_of_two")) {
      if (column.type != Type::kSize) line.fail("{power_of_two} is a mark of a size");
      marks.power_of_two = true;
    } else if (is("namespace", 1)) {
      marks.namespace_uri = word(1);
    } else if (is("replaced", 1, If::kMust)) {
      replaced.push_back({word(1), conditions(1)});
    } else if (is("appended", 1, If::kMust)) {
      const std::string_view begin = std::string_view(words[1]).substr(0, words[1].find_first_of("*?[\\"));
      if (begin.empty() || begin.size() + 1 != words[1].size() || !words[1].ends_with('*'))
        line.fail("write {appended TEXT* if ...}");
      marks.appended = storage.keep(std::string(begin));
      marks.appended_if = conditions(1);
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
