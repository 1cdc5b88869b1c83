#include "core/schema/search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>

#include "core/base/excerpt.h"
#include "core/base/interrupt.h"
#include "core/base/letters.h"
#include "core/schema/everyday_text.h"

namespace virtsql {
namespace {

using Words = std::vector<std::string>;

// Calls `take` with each word of a text, in small letters and without the s of a plural.
template <typename Take>
void for_each_word(std::string_view text, Take take) {
  std::string word;
  const auto finish = [&] {
    if (word.size() > 3 && word.ends_with("s") && !word.ends_with("ss")) word.pop_back();
    if (!word.empty()) take(word);
    word.clear();
  };
  for (const char c : text) {
    if (is_letter_or_digit(c) || static_cast<unsigned char>(c) >= 0x80)
      word += lower_case(c);
    else
      finish();
  }
  finish();
}

Words words_of(std::string_view text) {
  Words out;
  for_each_word(text, [&](const std::string& word) { out.push_back(word); });
  return out;
}

// The words that somebody asks for. Each is compared with every word of the schema, so there is a limit. Throws
// std::runtime_error if there are more different ones.
Words asked_words(std::string_view text) {
  constexpr std::size_t kMostWords = 50;
  Words out;
  std::set<std::string> different;
  for_each_word(text, [&](const std::string& word) {
    check_interrupt();
    if (different.insert(word).second && different.size() > kMostWords)
      throw std::runtime_error("virtsql_search(): " + quoted_excerpt(text) + " has more than " +
                               std::to_string(kMostWords) + " different words; give the few that matter");
    out.push_back(word);
  });
  return out;
}

// What an analyst's words stand for: libvirt's words, and the places (a table, or table.column) to look in first.
struct Meaning {
  Words words;
  std::vector<std::string> places;
};

// By an analyst's word, or several in a row.
using Synonyms = std::map<Words, Meaning>;

// The pieces of a text between the separators that are not empty.
std::vector<std::string_view> pieces_of(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

Synonyms read_synonyms() {
  Synonyms out;
  for (const std::string_view line : pieces_of(kSynonymTexts.front().text, '\n')) {
    const std::size_t colon = line.find(':');
    if (line.starts_with("#") || colon == std::string_view::npos) continue;
    const std::string_view right = line.substr(colon + 1);
    const std::size_t arrow = std::min(right.find('>'), right.size());
    const Words words = words_of(right.substr(0, arrow));
    const std::vector<std::string_view> places = pieces_of(right.substr(std::min(arrow + 1, right.size())), ' ');
    for (const std::string_view key : pieces_of(line.substr(0, colon), ',')) {
      Meaning& known = out[words_of(key)];
      known.words.insert(known.words.end(), words.begin(), words.end());
      known.places.insert(known.places.end(), places.begin(), places.end());
    }
  }
  return out;
}

const Synonyms& synonyms() {
  static const Synonyms read = read_synonyms();
  return read;
}

// Whether the word says nothing about what somebody looks for.
bool is_filler(const std::string& word) {
  static const std::set<std::string> fillers = {
      "a",     "about", "all",  "am",    "an",   "and",  "any",     "are",  "as",    "at",   "be",   "been",
      "being", "by",    "can",  "could", "did",  "do",   "does",    "each", "every", "find", "for",  "from",
      "get",   "give",  "has",  "have",  "how",  "i",    "if",      "in",   "into",  "is",   "it",   "its",
      "last",  "list",  "many", "me",    "more", "most", "much",    "my",   "new",   "no",   "not",  "of",
      "old",   "on",    "or",   "our",   "per",  "see",  "should",  "show", "some",  "than", "that", "the",
      "their", "there", "this", "to",    "use",  "uses", "vm",      "was",  "we",    "were", "what", "when",
      "where", "which", "who",  "why",   "will", "with", "without", "would"};
  return fillers.contains(word);
}

// What is asked: one word, or several that synonyms.txt knows together.
struct Term {
  Words words;
  const Meaning* meaning = nullptr;
  double weight = 1;
};

// A term that is repeated comes once.
std::vector<Term> terms_of(std::string_view text) {
  std::size_t longest = 1;
  for (const auto& [key, meaning] : synonyms()) longest = std::max(longest, key.size());
  const Words words = asked_words(text);
  std::vector<Term> out;
  std::set<Words> known;
  for (std::size_t at = 0; at < words.size();) {
    check_interrupt();
    std::size_t length = std::min(longest, words.size() - at);
    Term term;
    for (; length > 0; --length) {
      term.words.assign(words.begin() + static_cast<std::ptrdiff_t>(at),
                        words.begin() + static_cast<std::ptrdiff_t>(at + length));
      const auto found = synonyms().find(term.words);
      if (found == synonyms().end()) continue;
      term.meaning = &found->second;
      break;
    }
    if ((term.meaning || !is_filler(words[at])) && known.insert(term.words).second) out.push_back(std::move(term));
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

// A table or view with the words of all its texts.
struct Entry {
  struct Column {
    const Listed::Column* column;
    Words name, doc;
  };
  explicit Entry(const Listed& listed_table)
      : listed(listed_table), name(words_of(listed.name)), doc(words_of(listed.doc)) {
    for (const Listed::Column& column : listed.columns)
      if (column.type != "housekeeping") columns.push_back({&column, words_of(column.name), words_of(column.doc)});
  }
  const Listed& listed;
  Words name, doc;
  std::vector<Column> columns;
};

// How much a word weighs: the fewer tables have it, the more.
class Weights {
 public:
  explicit Weights(const std::vector<Entry>& entries) : tables_(static_cast<double>(entries.size())) {
    for (const Entry& entry : entries) {
      std::set<std::string> words(entry.name.begin(), entry.name.end());
      words.insert(entry.doc.begin(), entry.doc.end());
      for (const Entry::Column& column : entry.columns) {
        words.insert(column.name.begin(), column.name.end());
        words.insert(column.doc.begin(), column.doc.end());
      }
      for (const std::string& word : words) ++having_[word];
    }
  }
  double of(const Words& words) const {
    // Several words together say more than each of them.
    constexpr double kPhrase = 1.4;
    double most = 0;
    for (const std::string& word : words) {
      const auto found = having_.find(word);
      most = std::max(most, std::log(1 + tables_ / (1 + (found == having_.end() ? 0 : found->second))));
    }
    return words.size() > 1 ? kPhrase * most : most;
  }

 private:
  double tables_;
  std::map<std::string, double> having_;
};

// How well a text's words answer a word: 1 if one is that word, 0.6 if one only begins with it (a word of 4
// letters or more), else 0.
double match(const Words& words, const std::string& word) {
  double best = 0;
  for (const std::string& other : words) {
    if (other == word) return 1;
    if (word.size() > 3 && other.starts_with(word)) best = std::max(best, 0.6);
  }
  return best;
}

// The extra points of a place that synonyms.txt names for the term. Tables after the first place in its list get fewer.
double named_for(const Term& term, const std::string& place) {
  constexpr double kNamed = 8;
  constexpr double kNamedLater = 5;
  if (!term.meaning) return 0;
  const std::vector<std::string>& places = term.meaning->places;
  const auto found = std::find(places.begin(), places.end(), place);
  if (found == places.end()) return 0;
  return found == places.begin() || found->find('.') != std::string::npos ? kNamed : kNamedLater;
}

// How well a table or column answers all terms; `match_word` says how well it answers one word.
template <typename Match>
double score(const std::vector<Term>& terms, const std::string& place, Match match_word) {
  double sum = 0;
  for (const Term& term : terms) {
    check_interrupt();
    double own = 0;
    for (const std::string& word : term.words) own += match_word(word) / static_cast<double>(term.words.size());
    if (term.meaning)
      for (const std::string& word : term.meaning->words) own = std::max(own, 0.8 * match_word(word));
    sum += term.weight * (own + named_for(term, place));
  }
  return sum;
}

}  // namespace

struct SchemaSearch::Index {
  explicit Index(const std::vector<Listed>& schema) : entries(schema.begin(), schema.end()), weights(entries) {}
  std::vector<Entry> entries;
  Weights weights;
};

SchemaSearch::SchemaSearch(const std::vector<Listed>& schema) : index_(std::make_unique<const Index>(schema)) {}
SchemaSearch::~SchemaSearch() = default;

std::vector<SearchHit> SchemaSearch::find(std::string_view words) const {
  std::vector<Term> terms = terms_of(words);
  if (terms.empty()) return {};
  for (Term& term : terms) term.weight = index_->weights.of(term.words);
  // Everyday views answer most questions; the tables answer the rest.
  const std::map<std::string, double> kinds = {
      {"everyday", 1.3}, {"writable view", 1.1}, {"view", 0.8}, {"table", 1}, {"internal", 0.3}};
  std::vector<std::pair<double, SearchHit>> found;
  const auto add = [&](double points, const Entry& entry, const Listed::Column* column) {
    points *= kinds.at(entry.listed.kind);
    if (points > 0)
      found.push_back(
          {points, {entry.listed.name, column ? column->name : "", column ? column->doc : entry.listed.doc}});
  };
  for (const Entry& entry : index_->entries) {
    add(score(terms, entry.listed.name,
              [&](const std::string& word) {
                double best = std::max(4 * match(entry.name, word), 2 * match(entry.doc, word));
                for (const Entry::Column& column : entry.columns)
                  best = std::max({best, 1.5 * match(column.name, word), 0.5 * match(column.doc, word)});
                return best;
              }),
        entry, nullptr);
    for (const Entry::Column& column : entry.columns)
      add(score(terms, entry.listed.name + "." + column.column->name,
                [&](const std::string& word) {
                  return std::max(
                      {2.5 * match(column.name, word), 1.2 * match(column.doc, word), 0.8 * match(entry.name, word)});
                }),
          entry, column.column);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  constexpr std::size_t kMost = 50;
  constexpr double kLeast = 0.2;  // as a part of the best hit's points
  std::vector<SearchHit> out;
  for (auto& [points, hit] : found) {
    if (out.size() == kMost || points < kLeast * found.front().first) break;
    out.push_back(std::move(hit));
  }
  return out;
}

std::vector<std::string> places_of_synonyms() {
  std::set<std::string> out;
  for (const auto& [key, meaning] : synonyms()) out.insert(meaning.places.begin(), meaning.places.end());
  return {out.begin(), out.end()};
}

}  // namespace virtsql
