// Import: parses, shreds and verifies many documents, inserts their rows and keeps the documents, all in one
// transaction. It is measured on a connection like the drainer's, and on one like a shell's, where triggers, foreign
// keys and a savepoint for each call cost extra. The peers: libvirt's own define of the same documents (test driver, so
// in memory); libxml2's parse and a bare insertion of the same rows into the same tables, on either kind of connection;
// and Python. Bounds: below libvirt's define; 1.5 times the parse and bare insertion. In a shell: 1.3 times the
// drainer's import, and 1.3 times the parse and bare insertion in a shell.
#include <libxml/parser.h>

#include <cstdlib>
#include <fstream>

#include "bench/database.h"
#include "bench/documents.h"
#include "bench/libvirt_peer.h"
#include "bench/measure.h"
#include "bench/process.h"
#include "bench/row.h"
#include "bench/same_rows.h"
#include "core/catalog/catalog.h"

namespace virtsql::bench {
namespace {

constexpr int kRounds = 5;

// Makes a database with the schema at the path. Returns the path.
const std::filesystem::path& made(const std::filesystem::path& path) {
  (void)Vms(path);
  return path;
}

// A database on a connection like a shell's: triggers and foreign keys are on.
struct Shell {
  Connection connection;
  Database database;

  explicit Shell(const std::filesystem::path& path)
      : connection(made(path), SQLITE_OPEN_READWRITE, kPatienceMilliseconds), database(connection.handle()) {
    database.execute("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL");
  }
};

// Returns the seconds that domain_import() of all documents takes on a connection like a shell's.
double import_in_shell(const std::filesystem::path& path, const std::vector<std::string>& documents) {
  Shell shell(path);
  Database& database = shell.database;
  double seconds = 0;
  {
    Store store(database, Catalog::standard());
    seconds = seconds_of([&] {
      database.execute("BEGIN");
      for (const std::string& text : documents) store.import(import_event(text), "domain", "domain_import");
      database.execute("COMMIT");
    });
  }
  database.forget_statements();
  return seconds;
}

// Returns the seconds that a bare insertion of all rows takes on a connection like the drainer's, without triggers and
// foreign keys. Throws if the tables then have fewer or more rows than in `whole`.
double insert_bare(const std::filesystem::path& path, SameRows& rows, Database& whole, std::size_t documents) {
  Vms vms(path);
  SameRows::strip(vms.database());
  const double seconds = seconds_of([&] {
    Transaction transaction(vms.database());
    for (std::size_t i = 0; i < documents; ++i) rows.insert(vms.database(), i);
    transaction.commit();
  });
  rows.forget_statements();
  SameRows::check_equal(whole, vms.database());
  return seconds;
}

// The same on a connection like a shell's, with triggers, foreign keys and a savepoint for each document.
double insert_bare_in_shell(const std::filesystem::path& path, SameRows& rows, Database& whole, std::size_t documents) {
  Shell shell(path);
  const double seconds = seconds_of([&] {
    shell.database.execute("BEGIN");
    for (std::size_t i = 0; i < documents; ++i) {
      Savepoint savepoint(shell.database);
      rows.insert(shell.database, i);
      savepoint.release();
    }
    shell.database.execute("COMMIT");
  });
  rows.forget_statements();
  shell.database.forget_statements();
  SameRows::check_equal(whole, shell.database);
  return seconds;
}

// Microseconds per document: medians over rounds in which virtsql and the peers take turns.
struct Times {
  double ours = 0, in_shell = 0, bare = 0, bare_in_shell = 0, define = 0, parse = 0;
  std::size_t rows_per_document = 0;

  explicit Times(const Documents& documents) {
    const Folder folder;
    std::vector<double> all_ours, all_in_shell, all_insertion, all_define, all_parse;
    for (int round = 0; round < kRounds; ++round) {
      {
        Vms vms(folder.path / ("ours" + std::to_string(round)));
        all_ours.push_back(seconds_of([&] { vms.import_all(documents.texts); }));
      }
      all_in_shell.push_back(import_in_shell(folder.path / ("shell" + std::to_string(round)), documents.texts));
      {
        const LibvirtPeer libvirt;
        std::vector<virDomainPtr> domains;
        all_define.push_back(seconds_of([&] {
          for (const std::string& text : documents.texts) domains.push_back(libvirt.define(text));
        }));
        for (virDomainPtr domain : domains) virDomainFree(domain);
      }
      all_parse.push_back(seconds_of([&] {
        for (const std::string& text : documents.texts)
          xmlFreeDoc(xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr, XML_PARSE_NOERROR));
      }));
    }
    // The bare insertions come after all other measurements, because their rows are kept in memory.
    Vms first(folder.path / "first.db");
    SameRows rows(first.database());
    {
      Transaction transaction(first.database());
      for (const std::string& text : documents.texts) {
        first.import(text);
        rows.mark();
      }
      transaction.commit();
    }
    rows.take();
    rows_per_document = rows.size() / documents.texts.size();
    std::vector<double> all_insertion_in_shell;
    const std::size_t count = documents.texts.size();
    for (int round = 0; round < kRounds; ++round) {
      const std::string number = std::to_string(round);
      all_insertion.push_back(insert_bare(folder.path / ("bare" + number), rows, first.database(), count));
      all_insertion_in_shell.push_back(
          insert_bare_in_shell(folder.path / ("bare_in_shell" + number), rows, first.database(), count));
    }
    const double us = 1e6 / documents.count();
    ours = median(all_ours) * us;
    in_shell = median(all_in_shell) * us;
    define = median(all_define) * us;
    parse = median(all_parse) * us;
    bare = parse + median(all_insertion) * us;
    bare_in_shell = parse + median(all_insertion_in_shell) * us;
  }
};

}  // namespace

const std::vector<Row>& import_rows() {
  static const std::vector<Row> rows = {
      {"import, per document", "libvirt's virDomainDefineXML (test driver, in memory)", "us", kBelowPeer,
       [](const Options& options) {
         return for_each_set<Times>(
             options, [](const Documents&, const Times& times, Figure& figure) { figure.peer = times.define; });
       },
       "libvirt keeps it in memory and writes nothing down; SQLite's part alone, the bare insertion of the same rows "
       "(next "
       "rows, less libxml2's parse), is most of the time of libvirt's whole define"},
      {"import, per document",
       "libxml2's parse and a bare insertion of the same rows: same tables, computed columns and "
       "indexes, no triggers, no foreign keys",
       "us", times_peer(1.5),
       [](const Options& options) {
         return for_each_set<Times>(options, [](const Documents&, const Times& times, Figure& figure) {
           figure.peer = times.bare;
           figure.about += ", " + std::to_string(times.rows_per_document) + " rows each";
         });
       },
       "what virtsql does besides: two looks at each resource (is it there?), SHA-256 and zstd of the document, and "
       "verification"},
      {"domain_import() in a shell's transaction, per document", "the import before", "us", times_peer(1.3),
       [](const Options& options) {
         return for_each_set<Times>(options, [](const Documents&, const Times& times, Figure& figure) {
           figure.ours = times.in_shell;
           figure.peer = times.ours;
         });
       },
       "triggers and foreign keys, which guard edits by hand, and a savepoint for each call: next row"},
      {"domain_import() in a shell's transaction, per document",
       "libxml2's parse and a bare insertion of the same rows on a shell's connection: triggers, foreign keys, a "
       "savepoint "
       "for each document",
       "us", times_peer(1.3),
       [](const Options& options) {
         return for_each_set<Times>(options, [](const Documents&, const Times& times, Figure& figure) {
           figure.ours = times.in_shell;
           figure.peer = times.bare_in_shell;
         });
       },
       "what virtsql does besides, as in an import"},
      {"import, per document", "libxml2's parse alone", "us", kInformation,
       [](const Options& options) {
         return for_each_set<Times>(
             options, [](const Documents&, const Times& times, Figure& figure) { figure.peer = times.parse; });
       },
       ""},
      {"import, per document", "Python: lxml's parse and sqlite3's insertion of every value with its path", "us",
       kInformation,
       [](const Options& options) {
         return for_each_set<Times>(options, [&](const Documents& documents, const Times&, Figure& figure) {
           const Folder folder;
           for (std::size_t i = 0; i < documents.texts.size(); ++i)
             std::ofstream(folder.path / (std::to_string(i) + ".xml")) << documents.texts[i];
           const std::string seconds = printed_by({options.sources / "bench/peers/lxml_sqlite", folder.path});
           figure.peer = std::strtod(seconds.c_str(), nullptr) * 1e6 / documents.count();
         });
       },
       ""},
  };
  return rows;
}

}  // namespace virtsql::bench
