#include "core/schema/listing.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "core/schema/ddl.h"
#include "core/schema/device_views.h"
#include "core/schema/everyday.h"
#include "core/schema/everyday_text.h"
#include "core/schema/view_columns.h"

namespace virtsql {
namespace {

// ---- the list ----

Listed list_table(const Table& table) {
  Listed out{table.name, "table", std::string(table.doc), {}};
  for (const HousekeepingColumn& column : housekeeping_columns(table))
    out.columns.push_back({column.name, "housekeeping", "", column.doc});
  for (const auto& column : table.columns)
    out.columns.push_back(
        {column->name, std::string(type_name(column->type)), column->xml_path, std::string(column->doc)});
  for (const Computed& column : table.computed)
    if (!is_in_view_alone(column)) out.columns.push_back({column.name, "generated", "", column.doc});
  return out;
}

// The view vm_<plural> of a device table: what its table and its resource have, by the names that the view has for it.
Listed list_device_view(const Table& table) {
  Listed out{view_name(table), "writable view", std::string(table.doc), {}};
  const std::vector<HousekeepingColumn> housekeeping = housekeeping_columns(table);
  for (const ViewColumn& column : view_columns(table)) {
    if (column.column) {
      out.columns.push_back({column.name, std::string(type_name(column.column->type)), column.column->xml_path,
                             std::string(column.column->doc)});
    } else if (column.computed) {
      out.columns.push_back({column.name, "generated", "", column.computed->doc});
    } else if (column.name == "host") {
      out.columns.push_back({"host", "text", "", "Name of the VM's host."});
    } else if (column.name == "vm_name") {
      out.columns.push_back({"vm_name", "text", "", "Name of the VM."});
    } else {
      const auto found = std::find_if(housekeeping.begin(), housekeeping.end(),
                                      [&](const HousekeepingColumn& each) { return each.name == column.name; });
      out.columns.push_back({column.name, "housekeeping", "", found->doc});
    }
  }
  return out;
}

Listed list_described(const Described& described, const char* kind) {
  Listed out{described.name, kind, described.doc, {}};
  for (const Described::Column& column : described.columns)
    out.columns.push_back({column.name, column.type, "", column.doc});
  return out;
}

// A view over all device tables: what each row is of, then what it has, which means what it does in the tables.
Listed list_device_union(const DeviceView& view) {
  Listed out{view.name, "view", view.doc, {}};
  for (const DeviceView::Column& column : view.columns) {
    if (column.column)
      out.columns.push_back(
          {column.name, std::string(type_name(column.column->type)), "", std::string(column.column->doc)});
    else if (column.name == "vm_uuid")
      out.columns.push_back({column.name, "uuid", "", "UUID of the VM."});
    else if (column.name == "device_type")
      out.columns.push_back({column.name, "text", "", "Kind of device: disk, port, controller, ..."});
    else if (column.name == "attachment_id")
      out.columns.push_back({column.name, "integer", "", "Its id in its attachment table."});
    else
      out.columns.push_back({column.name, "generated", "", "The device's " + column.name + "."});
  }
  return out;
}

// ---- the search ----

// The words of a text in small letters, without what makes them plural.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  const auto finish = [&] {
    if (word.size() > 3 && word.ends_with("s") && !word.ends_with("ss")) word.pop_back();
    if (!word.empty()) out.push_back(word);
    word.clear();
  };
  for (const char c : text) {
    const auto letter = static_cast<unsigned char>(c);
    if (std::isalnum(letter) || letter >= 0x80)
      word += static_cast<char>(std::tolower(letter));
    else
      finish();
  }
  finish();
  return out;
}

// What a word of an analyst stands for: words of libvirt, and places: a table, or table.column.
struct Meaning {
  std::vector<std::string> words;
  std::vector<std::string> places;
};

// sql/synonyms.txt: `word, word: other words, > place`, one a line.
std::map<std::string, Meaning> read_synonyms() {
  std::map<std::string, Meaning> out;
  std::string_view text = kSynonyms;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t colon = line.find(':');
    if (line.starts_with("#") || colon == std::string_view::npos) continue;
    Meaning meaning;
    std::string_view right = line.substr(colon + 1);
    const std::size_t arrow = right.find('>');
    meaning.words = words_of(right.substr(0, arrow));
    if (arrow != std::string_view::npos) {
      std::string place;
      for (const char c : std::string(right.substr(arrow + 1)) + " ") {
        if (c != ' ') {
          place += c;
        } else if (!place.empty()) {
          meaning.places.push_back(place);
          place.clear();
        }
      }
    }
    for (const std::string& word : words_of(line.substr(0, colon))) {
      Meaning& known = out[word];
      known.words.insert(known.words.end(), meaning.words.begin(), meaning.words.end());
      known.places.insert(known.places.end(), meaning.places.begin(), meaning.places.end());
    }
  }
  return out;
}

// Words that say nothing of what is looked for.
bool is_filler(const std::string& word) {
  static const std::set<std::string> fillers = {
      "a",   "an",  "the",  "of",   "in",    "on",  "to",   "is",   "are",  "which", "what", "who",
      "how", "has", "have", "with", "where", "and", "or",   "for",  "does", "do",    "my",   "vm",
      "its", "all", "show", "list", "find",  "by",  "that", "uses", "use",  "from",  "i",    "it"};
  return fillers.contains(word);
}

// How well a text's words answer a word: 1 the word itself, less if it only begins with it.
double match(const std::vector<std::string>& words, const std::string& word) {
  double best = 0;
  for (const std::string& other : words) {
    if (other == word) return 1;
    if (word.size() > 3 && other.starts_with(word)) best = std::max(best, 0.6);
  }
  return best;
}

struct Candidate {
  SearchHit hit;
  double score = 0;
  std::size_t words = 0;  // how many of those asked it answers
};

// The best of an asked word's own match and those of what it stands for.
template <typename Match>
double answered(const std::string& word, const Meaning* meaning, Match match_word) {
  double best = match_word(word);
  if (meaning)
    for (const std::string& other : meaning->words) best = std::max(best, 0.8 * match_word(other));
  return best;
}

}  // namespace

std::vector<Listed> list_schema(const Catalog& catalog) {
  std::vector<Listed> out;
  for (const Described& view : everyday_views())
    if (view.is_everyday) out.push_back(list_described(view, "everyday"));
  for (const Table* table : catalog.tables())
    if (table->is_device()) out.push_back(list_device_view(*table));
  const auto is_internal = [](const Described& table) { return table.name.starts_with("virtsql_"); };
  for (const Described& table : fixed_tables())
    if (table.is_view && !is_internal(table)) out.push_back(list_described(table, "view"));
  for (const DeviceView& view : device_views(catalog)) out.push_back(list_device_union(view));
  for (const Table* table : catalog.tables()) out.push_back(list_table(*table));
  for (const Described& table : fixed_tables())
    if (!table.is_view || is_internal(table))
      out.push_back(list_described(table, is_internal(table) ? "internal" : "table"));
  for (const Described& view : everyday_views())
    if (!view.is_everyday) out.push_back(list_described(view, "internal"));
  return out;
}

std::vector<SearchHit> search_schema(const std::vector<Listed>& schema, std::string_view words) {
  static const std::map<std::string, Meaning> synonyms = read_synonyms();
  std::vector<std::pair<std::string, const Meaning*>> asked;
  for (const std::string& word : words_of(words)) {
    if (is_filler(word)) continue;
    const auto meaning = synonyms.find(word);
    asked.emplace_back(word, meaning == synonyms.end() ? nullptr : &meaning->second);
  }
  // Everyday views answer most questions; a table is what one looks at for the rest.
  const std::map<std::string, double> weights = {
      {"everyday", 1.3}, {"writable view", 1.1}, {"view", 0.8}, {"table", 1}, {"internal", 0.3}};
  std::vector<Candidate> found;
  for (const Listed& table : schema) {
    const double weight = weights.at(table.kind);
    const std::vector<std::string> name = words_of(table.name);
    const std::vector<std::string> doc = words_of(table.doc);
    std::vector<std::pair<std::vector<std::string>, std::vector<std::string>>> columns;
    for (const Listed::Column& column : table.columns)
      columns.emplace_back(words_of(column.name), words_of(column.doc));
    const auto add = [&](const Listed::Column* column, auto match_word) {
      Candidate candidate{{table.name, column ? column->name : "", column ? column->doc : table.doc}, 0, 0};
      const std::string place = column ? table.name + "." + column->name : table.name;
      for (const auto& [word, meaning] : asked) {
        double score = answered(word, meaning, match_word);
        if (meaning && std::find(meaning->places.begin(), meaning->places.end(), place) != meaning->places.end())
          score += 8;
        candidate.score += score;
        candidate.words += score > 0 ? 1 : 0;
      }
      candidate.score *= weight;
      if (candidate.words > 0) found.push_back(std::move(candidate));
    };
    add(nullptr, [&](const std::string& word) {
      double best = std::max(4 * match(name, word), 2 * match(doc, word));
      for (const auto& [column_name, column_doc] : columns)
        best = std::max({best, 1.5 * match(column_name, word), 0.5 * match(column_doc, word)});
      return best;
    });
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (table.columns[i].type == "housekeeping") continue;
      add(&table.columns[i], [&](const std::string& word) {
        return std::max(
            {2.5 * match(columns[i].first, word), 1.2 * match(columns[i].second, word), 0.8 * match(name, word)});
      });
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) {
    return std::pair(a.words, a.score) > std::pair(b.words, b.score);
  });
  std::vector<SearchHit> out;
  for (Candidate& candidate : found) {
    if (out.size() == 50 || candidate.words < found.front().words) break;
    out.push_back(std::move(candidate.hit));
  }
  return out;
}

}  // namespace virtsql
