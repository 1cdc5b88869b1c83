// The writer does itself what triggers and foreign keys do on other connections. The same captures must make the same
// database either way.
#include "core/store/writer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/sql_quote.h"
#include "tests/core/documents.h"
#include "tests/core/store/fixture.h"
#include "tests/core/temporary_folder.h"

namespace virtsql {
namespace {

class WriterTest : public testing::Test {
 protected:
  test::TemporaryFolder folder_;
};

Capture event_of(std::int64_t id, std::string_view xml) {
  Capture event = test::capture_of(xml);
  event.id = id;
  return event;
}

// Returns the text with every `from` replaced.
std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t from = text.find(before) + before.size();
  return text.substr(from, text.find(after, from) - from);
}

// Returns captures of every domain document, each as a definition of the same VM: first in order, then in reverse, and
// each once more with foreign elements in its disks. Then come the documents of all other roots, twice, and captures
// that these things are gone.
std::vector<Capture> events() {
  std::vector<Capture> out;
  std::vector<std::string> documents;
  for (const char* folder : {"", "definitions"})
    for (const std::string& name : test::document_names(folder)) {
      std::string text = test::read_document(name);
      if (text.find("<uuid>") == std::string::npos) continue;
      text = replaced(text, between(text, "<uuid>", "</uuid>"), "11111111-2222-3333-4444-555555555555");
      documents.push_back(text);
      documents.push_back(replaced(text, "</disk>", "<own:thing xmlns:own='urn:own' a='1'/></disk>"));
    }
  std::vector<std::string> order = documents;
  order.insert(order.end(), documents.rbegin(), documents.rend());
  std::int64_t id = 0;
  for (const std::string& text : order) out.push_back(event_of(++id, text));
  for (int round = 0; round < 2; ++round)
    for (const std::string& name : test::document_names("objects"))
      out.push_back(event_of(++id, replaced(test::read_document(name), "52:54", round ? "52:55" : "52:54")));
  for (const std::string& name : test::document_names("objects")) {
    const std::string text = test::read_document(name);
    Capture gone = event_of(++id, "");
    gone.operation = "undefine";
    gone.sub_operation = text.substr(1, text.find_first_of(" >\n") - 1);
    gone.name = between(text, "<name>", "</name>");
    out.push_back(gone);
  }
  return out;
}

// Returns the rows of every table as text, with their ids.
std::vector<std::string> contents(Database& database) {
  std::vector<std::string> tables;
  {
    Statement statement(database.handle(),
                        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> "
                        "'virtsql_database' ORDER BY 1");
    while (statement.step()) tables.emplace_back(statement.get_text(0));
  }
  std::vector<std::string> out;
  for (const std::string& table : tables) {
    Statement rows(database.handle(), "SELECT * FROM " + quote_identifier(table) + " ORDER BY 1");
    while (rows.step()) {
      std::string row = table + ":";
      for (int column = 0; column < sqlite3_column_count(rows.handle()); ++column) {
        const std::string name = sqlite3_column_name(rows.handle(), column);
        if (name == "created_at") continue;
        if (!rows.is_null(column)) row += " " + name + "=" + std::string(rows.get_text(column));
      }
      out.push_back(row);
    }
  }
  return out;
}

TEST_F(WriterTest, MakesWhatAConnectionWithTriggersAndForeignKeysMakes) {
  Connection connection(folder_ / "plain.db", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, kPatienceMilliseconds);
  Database plain(connection.handle());
  plain.execute("PRAGMA foreign_keys = ON");
  Store store(plain, Catalog::standard());
  store.init();
  Writer writer(folder_ / "writer.db", 1000);
  for (const Capture& event : events()) {
    const CaptureResult here = store.capture(event);
    const CaptureResult there = writer.store().capture(event);
    ASSERT_EQ(here.error, there.error);
    const std::vector<std::string> expected = contents(plain);
    const std::vector<std::string> found = contents(writer.database());
    for (std::size_t at = 0; at < std::min(expected.size(), found.size()); ++at)
      ASSERT_EQ(found[at], expected[at]) << "after event " << event.id;
    ASSERT_EQ(found.size(), expected.size()) << "after event " << event.id;
  }
  EXPECT_EQ(writer.database().query_int("SELECT count(*) FROM pragma_foreign_key_check"), 0);
  EXPECT_EQ(writer.database().query_int("SELECT count(*) FROM networks"), 0);
}

TEST_F(WriterTest, FiresTriggersOfOthers) {
  {
    Writer first(folder_ / "own.db", 1000);
    first.database().execute(
        "CREATE TABLE seen (id INTEGER PRIMARY KEY); "
        "CREATE TRIGGER note AFTER INSERT ON captures BEGIN INSERT INTO seen VALUES (NEW.id); END");
  }
  Writer writer(folder_ / "own.db", 1000);
  writer.store().capture(event_of(7, test::read_document("web.xml")));
  EXPECT_EQ(writer.database().query_int("SELECT id FROM seen"), 7);
}

}  // namespace
}  // namespace virtsql
