#include "core/catalog/marks.h"

#include <utility>

#include "core/base/split.h"

namespace virtsql {
namespace {

// Whether the word of a mark is a condition: it names an @attribute, a text() or an element/. Other words are patterns.
bool is_condition(std::string_view word) {
  const std::string_view place = word.substr(0, word.find_first_of("!=>", 1));
  return place.find('@') != std::string_view::npos || place.ends_with("text()") || place.ends_with('/');
}

}  // namespace

std::vector<Name> keep_all(std::span<const std::string_view> words, CatalogStorage& storage) {
  std::vector<Name> out;
  for (const std::string_view word : words)
    if (!word.empty()) out.push_back(storage.keep(word));
  return out;
}

std::span<const Condition> conditions(const CatalogLine& line, const std::vector<std::string_view>& words,
                                      CatalogStorage& storage) {
  std::vector<Condition> out;
  for (std::string_view word : words) {
    Condition condition;
    if (word.starts_with("!")) {
      condition.test = Condition::Test::kMissing;
      word.remove_prefix(1);
    }
    const std::size_t equals = word.find('=');
    std::string_view attribute = word.substr(0, equals);
    if (equals != std::string_view::npos) {
      if (condition.test == Condition::Test::kMissing) line.fail("write @attribute!=value, not ", word);
      condition.test = attribute.ends_with('!')   ? Condition::Test::kDiffers
                       : attribute.ends_with('>') ? Condition::Test::kAtLeast
                                                  : Condition::Test::kEquals;
      if (condition.test != Condition::Test::kEquals) attribute.remove_suffix(1);
      std::string value(word.substr(equals + 1));
      for (std::size_t open = value.find('<'); open != std::string::npos; open = value.find('<', open + 1)) {
        const std::size_t close = value.find('>', open);
        if (close == std::string::npos) line.fail("no > behind the < in ", word);
        const bool plain = value[open + 1] == '@';
        condition.inserted_attribute = storage.keep(value.substr(open + 1 + plain, close - open - 1 - plain));
        value.erase(open + 1, close - open - 1);
      }
      if (condition.test == Condition::Test::kAtLeast && value != "<>") line.fail("write >=<@attribute>, not ", word);
      condition.value = storage.keep(value);
    }
    if (!is_condition(word)) line.fail("a condition names an @attribute, a text() or an element/, not ", word);
    condition.attribute = storage.keep(attribute.starts_with("@") ? attribute.substr(1) : attribute);
    out.push_back(condition);
  }
  return storage.keep(std::move(out));
}

std::span<const Condition> conditions_behind_if(const CatalogLine& line, const std::vector<std::string_view>& words,
                                                CatalogStorage& storage, std::size_t at) {
  if (words.size() < at + 2) return {};
  return conditions(line, {words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end()}, storage);
}

LiveRule live_rule(const CatalogLine& line, std::string_view mark, CatalogStorage& storage) {
  LiveRule rule;
  const std::vector<std::string_view> words = split(mark, ' ');
  const bool unless = words.size() > 1 && words[1] == "unless";
  rule.found = words[0] == "found";
  if (words.size() == 1) {
    rule.when = LiveRule::When::kAlways;
  } else if (words.size() < 3 || !(unless || words[1] == "if")) {
    line.fail("a live mark is {live}, {live if ...} or {live unless ...}");
  } else if (!is_condition(words[2])) {
    if (words.size() != 3) line.fail("write {live if PATTERN} or {live if @attribute=value ...}");
    rule.when = unless ? LiveRule::When::kUnlessValue : LiveRule::When::kIfValue;
    rule.pattern = storage.keep(words[2]);
  } else {
    if (unless) line.fail("{live unless ...} takes a pattern");
    rule.when = LiveRule::When::kIf;
    rule.conditions = conditions_behind_if(line, words, storage);
  }
  return rule;
}

Filling filling(const CatalogLine& line, const std::vector<std::string_view>& words, CatalogStorage& storage) {
  Filling out;
  std::size_t at = 1;
  out.value = "*";
  if (words[at] != "if") {
    const std::string_view value = words[at++];
    if (value.starts_with("="))
      out.like_name = storage.keep(value.substr(1));
    else
      out.value = storage.keep(value);
  }
  if (at < words.size()) {
    if (words[at] != "if" || at + 1 == words.size()) line.fail("write {added WHAT if @attribute=value ...}");
    out.conditions = conditions(line, {words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end()}, storage);
  }
  return out;
}

OwnRule own_rule(const CatalogLine& line, const std::vector<std::string_view>& words, CatalogStorage& storage) {
  OwnRule rule;
  std::size_t at = 1;
  if (at < words.size() && words[at] != "if") {
    const std::string_view value = words[at++];
    rule.gives = value == "renamed"       ? OwnRule::Gives::kRenamed
                 : value.starts_with("=") ? OwnRule::Gives::kColumn
                                          : OwnRule::Gives::kValue;
    if (rule.gives != OwnRule::Gives::kRenamed) rule.value = storage.keep(value.substr(value.starts_with("=")));
  }
  if (at < words.size()) {
    if (words[at] != "if" || at + 1 == words.size()) line.fail("write {own WHAT if @attribute=value ...}");
    rule.conditions = conditions_behind_if(line, words, storage, at);
  }
  return rule;
}

}  // namespace virtsql
