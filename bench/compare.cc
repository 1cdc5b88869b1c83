// virtsql beside its peers and limits, all in one run: one line for each measurement, separated by tabs:
//
//   what   ours   peer or limit   unit   bound   kind (ratio: ours / peer; at_most, at_least: ours alone; information)
//
// bench/compare runs it and makes the table. Sections: bench/compare --help.
#include <fcntl.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bench/fleet.h"
#include "core/catalog.h"
#include "core/spool.h"
#include "core/store.h"
#include "core/xml_json.h"
#include "hook/drain.h"

namespace virtsql::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kSeed = 1;

double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

template <typename Work>
double timed(const Work& work) {
  const auto start = Clock::now();
  work();
  return since(start);
}

double quantile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(part * static_cast<double>(values.size())))];
}
double median(const std::vector<double>& values) { return quantile(values, 0.5); }

void say(const std::string& what, double ours, double peer, const char* unit, double bound, const char* kind) {
  (void)std::printf("%s\t%.9g\t%.9g\t%s\t%g\t%s\n", what.c_str(), ours, peer, unit, bound, kind);
  (void)std::fflush(stdout);
}

[[noreturn]] void fail(const std::string& message) {
  (void)std::fprintf(stderr, "virtsql_compare: %s\n", message.c_str());
  std::exit(1);
}

struct Folder {
  fs::path path;
  Folder() {
    const char* where = std::getenv("TMPDIR");
    std::string pattern = std::string(where ? where : "/var/tmp") + "/virtsql-compare-XXXXXX";
    if (!mkdtemp(pattern.data())) fail("no temporary folder");
    path = pattern;
  }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
};

// A database file with virtsql's schema.
class Vms {
 public:
  explicit Vms(const fs::path& path) : path_(path) {
    if (sqlite3_open(path.c_str(), &handle_) != SQLITE_OK) fail("cannot open " + path.string());
    database = std::make_unique<Database>(handle_);
    database->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    store = std::make_unique<Store>(*database, Catalog::standard());
    store->init();
  }
  ~Vms() {
    store.reset();
    database.reset();
    sqlite3_close(handle_);
  }
  Vms(const Vms&) = delete;
  Vms& operator=(const Vms&) = delete;

  std::int64_t import(std::string_view text) {
    CaptureEvent event;
    event.host = "host";
    event.operation = "import";
    event.config = "persistent";
    event.source = "import";
    event.xml = text;
    return store->import(event, "domain", "domain_import").id;
  }
  void capture_start(std::string_view text) {
    CaptureEvent event;
    event.host = "host";
    event.driver = "qemu";
    event.operation = "start";
    event.sub_operation = "begin";
    event.config = "live";
    event.source = "hook";
    event.xml = text;
    store->capture(event);
  }
  double file_size() {
    database->execute("PRAGMA wal_checkpoint(TRUNCATE)");
    return static_cast<double>(fs::file_size(path_));
  }

  std::unique_ptr<Database> database;
  std::unique_ptr<Store> store;

 private:
  fs::path path_;
  sqlite3* handle_ = nullptr;
};

void import_all(Vms& vms, const std::vector<std::string>& documents) {
  vms.database->execute("BEGIN");
  for (const std::string& text : documents) vms.import(text);
  vms.database->execute("COMMIT");
}

std::vector<std::string> fleet(std::size_t count, const char* type = "kvm") {
  std::vector<std::string> out;
  for (std::size_t index = 0; index < count; ++index) out.push_back(FleetVm(kSeed, index).xml(type));
  return out;
}

// ---- import

// Every row that importing documents inserted, in that order, with its final values, to be inserted again.
class Rows {
 public:
  // Watches a connection: insertions into it are noted until take().
  explicit Rows(sqlite3* db) : db_(db) {
    sqlite3_update_hook(
        db,
        [](void* self, int operation, const char*, const char* table, sqlite3_int64 id) {
          if (operation == SQLITE_INSERT) static_cast<Rows*>(self)->noted_.emplace_back(table, id);
        },
        this);
  }
  ~Rows() {
    for (Row& row : rows_)
      for (sqlite3_value* value : row.values) sqlite3_value_free(value);
  }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  // One document ends here.
  void mark() { marks_.push_back(noted_.size()); }

  // Reads the rows.
  void take() {
    sqlite3_update_hook(db_, nullptr, nullptr);
    Database database(db_);
    std::set<std::pair<std::string, sqlite3_int64>> seen;
    std::size_t next_mark = 0;
    for (std::size_t i = 0; i <= noted_.size(); ++i) {
      while (next_mark < marks_.size() && marks_[next_mark] == i) {
        ends_.push_back(rows_.size());
        ++next_mark;
      }
      if (i == noted_.size()) break;
      const auto& [name, id] = noted_[i];
      if (!seen.insert(noted_[i]).second) continue;
      Table& table = describe(database, name);
      Use select(database.prepared(table.select));
      select->bind_int(1, id);
      if (!select->step()) continue;  // deleted again
      Row row{&table, {}};
      for (int column = 0; column < table.columns; ++column)
        row.values.push_back(sqlite3_value_dup(sqlite3_column_value(select->handle(), column)));
      rows_.push_back(std::move(row));
    }
  }

  // Inserts the rows of document `index` with one prepared statement for each table.
  void insert(Database& database, std::size_t index) {
    for (std::size_t i = index ? ends_[index - 1] : 0; i < ends_[index]; ++i) {
      const Row& row = rows_[i];
      if (!row.table->prepared) row.table->prepared = &database.prepared(row.table->insert);
      sqlite3_stmt* statement = row.table->prepared->handle();
      for (std::size_t column = 0; column < row.values.size(); ++column)
        sqlite3_bind_value(statement, static_cast<int>(column) + 1, row.values[column]);
      if (sqlite3_step(statement) != SQLITE_DONE) fail(sqlite3_errmsg(database.handle()));
      sqlite3_reset(statement);
    }
  }
  void forget_statements() {
    for (auto& [name, table] : tables_) table.prepared = nullptr;
  }
  std::size_t size() const { return rows_.size(); }

 private:
  struct Table {
    std::string select;
    std::string insert;
    int columns = 0;
    Statement* prepared = nullptr;
  };
  struct Row {
    Table* table;
    std::vector<sqlite3_value*> values;
  };

  Table& describe(Database& database, const std::string& name) {
    Table& table = tables_[name];
    if (table.columns) return table;
    std::string names;
    std::string marks;
    Statement info(database.handle(), "PRAGMA table_info(\"" + name + "\")");  // without computed columns
    while (info.step()) {
      names += (table.columns ? ", \"" : "\"") + std::string(info.get_text(1)) + "\"";
      marks += table.columns++ ? ", ?" : "?";
    }
    table.select = "SELECT " + names + " FROM \"" + name + "\" WHERE rowid = ?1";
    table.insert = "INSERT INTO \"" + name + "\" (" + names + ") VALUES (" + marks + ")";
    return table;
  }

  sqlite3* db_;
  std::vector<std::pair<std::string, sqlite3_int64>> noted_;
  std::vector<std::size_t> marks_, ends_;
  std::map<std::string, Table> tables_;
  std::vector<Row> rows_;
};

void drop_triggers(Database& database) {
  std::vector<std::string> names;
  {
    Statement triggers(database.handle(), "SELECT name FROM sqlite_master WHERE type = 'trigger'");
    while (triggers.step()) names.emplace_back(triggers.get_text(0));
  }
  database.execute("BEGIN");
  for (const std::string& name : names) database.execute("DROP TRIGGER \"" + name + "\"");
  database.execute("COMMIT; PRAGMA foreign_keys = OFF");
}

struct Libvirt {
  virConnectPtr connection = nullptr;
  Libvirt() {
    virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});
    connection = virConnectOpen("test:///default");
    if (!connection) fail("libvirt's test driver does not open");
  }
  ~Libvirt() { virConnectClose(connection); }
  Libvirt(const Libvirt&) = delete;
  Libvirt& operator=(const Libvirt&) = delete;
  virDomainPtr define(const std::string& text) const { return virDomainDefineXML(connection, text.c_str()); }
};

void import_section(std::size_t count) {
  constexpr int kRounds = 5;
  std::vector<std::string> documents;
  {
    const Libvirt libvirt;
    for (std::string& text : fleet(count, "test"))
      if (virDomainPtr defined = libvirt.define(text)) {
        virDomainFree(defined);
        documents.push_back(std::move(text));
      }
  }
  if (documents.empty()) fail("libvirt's test driver takes none of the documents");
  const auto number = static_cast<double>(documents.size());
  std::size_t bytes = 0;
  for (const std::string& text : documents) bytes += text.size();

  const Folder folder;
  Vms first(folder.path / "first.db");
  Rows rows(first.database->handle());
  first.database->execute("BEGIN");
  for (const std::string& text : documents) {
    first.import(text);
    rows.mark();
  }
  first.database->execute("COMMIT");
  rows.take();

  std::vector<double> ours, bare, defined, described;
  for (int round = 0; round < kRounds; ++round) {
    {
      Vms vms(folder.path / ("ours" + std::to_string(round)));
      ours.push_back(timed([&] { import_all(vms, documents); }));
    }
    {
      Vms vms(folder.path / ("bare" + std::to_string(round)));
      drop_triggers(*vms.database);
      rows.forget_statements();
      bare.push_back(timed([&] {
        vms.database->execute("BEGIN");
        for (std::size_t i = 0; i < documents.size(); ++i) {
          xmlFreeDoc(xmlReadMemory(documents[i].data(), static_cast<int>(documents[i].size()), nullptr, nullptr, 0));
          rows.insert(*vms.database, i);
        }
        vms.database->execute("COMMIT");
      }));
      const auto captures = vms.database->query_int("SELECT count(*) FROM captures");
      if (captures != static_cast<std::int64_t>(documents.size())) fail("the bare insert is not whole");
      rows.forget_statements();
    }
    {
      const Libvirt libvirt;
      std::vector<virDomainPtr> domains;
      defined.push_back(timed([&] {
        for (const std::string& text : documents) domains.push_back(libvirt.define(text));
      }));
      described.push_back(timed([&] {
        for (virDomainPtr domain : domains) std::free(virDomainGetXMLDesc(domain, 0));
      }));
      for (virDomainPtr domain : domains) virDomainFree(domain);
    }
  }
  const std::string about = std::to_string(documents.size()) + " documents of " +
                            std::to_string(bytes / documents.size()) + " bytes, one transaction, per document";
  const double us = 1e6 / number;
  say("import of " + about + ", against libvirt's virDomainDefineXML (test driver)", median(ours) * us,
      median(defined) * us, "us", 1.0, "ratio");
  say("import of the same, against libxml2's parse and a bare insert of the same " +
          std::to_string(rows.size() / documents.size()) + " rows (same indexes, no triggers, no foreign keys)",
      median(ours) * us, median(bare) * us, "us", 1.5, "ratio");

  // domain_xml against its own SELECTs, as they were traced, stepped through with every column touched.
  using Selects = std::vector<std::pair<std::string, std::string>>;
  Selects selects;
  std::vector<std::size_t> ends;
  sqlite3* db = first.database->handle();
  sqlite3_trace_v2(
      db, SQLITE_TRACE_STMT,
      [](unsigned, void* out, void* statement, void*) {
        auto* traced = static_cast<sqlite3_stmt*>(statement);
        const std::string sql = sqlite3_sql(traced);
        char* expanded = sqlite3_expanded_sql(traced);
        const std::string text = expanded ? expanded : "";
        sqlite3_free(expanded);
        // The one parameter's value: what stands where ?1 stood.
        const std::size_t at = sql.find("?1");
        std::string value;
        if (at != std::string::npos) value = text.substr(at, text.size() + 2 - sql.size());
        static_cast<Selects*>(out)->emplace_back(sql, value);
        return 0;
      },
      &selects);
  for (std::size_t i = 0; i < documents.size(); ++i) {
    (void)first.store->domain_xml(static_cast<std::int64_t>(i) + 1, Form::kFull);
    ends.push_back(selects.size());
  }
  sqlite3_trace_v2(db, 0, nullptr, nullptr);
  struct Bare {
    sqlite3_stmt* statement;
    bool is_text;
    std::string text;
    std::int64_t number;
  };
  std::vector<Bare> replay;
  for (const auto& [sql, value] : selects) {
    const bool is_text = value.starts_with('\'');
    replay.push_back({first.database->prepared(sql).handle(), is_text,
                      is_text ? value.substr(1, value.size() - 2) : std::string(),
                      is_text || value.empty() ? 0 : std::stoll(value)});
  }
  std::vector<double> generated, selected;
  std::size_t touched = 0;
  for (int round = 0; round < kRounds * 2; ++round) {
    generated.push_back(timed([&] {
      for (std::size_t i = 0; i < documents.size(); ++i)
        touched += first.store->domain_xml(static_cast<std::int64_t>(i) + 1, Form::kFull).size();
    }));
    selected.push_back(timed([&] {
      for (const Bare& bare_select : replay) {
        sqlite3_stmt* statement = bare_select.statement;
        if (bare_select.is_text)
          sqlite3_bind_text(statement, 1, bare_select.text.data(), static_cast<int>(bare_select.text.size()),
                            SQLITE_STATIC);
        else
          sqlite3_bind_int64(statement, 1, bare_select.number);
        const int columns = sqlite3_column_count(statement);
        while (sqlite3_step(statement) == SQLITE_ROW)
          for (int column = 0; column < columns; ++column)
            touched += reinterpret_cast<std::uintptr_t>(sqlite3_column_text(statement, column)) != 0;
        sqlite3_reset(statement);
      }
    }));
  }
  if (touched == 0) fail("nothing was read");
  say("domain_xml from rows, against its bare prepared SELECTs, every column touched", median(generated) * us,
      median(selected) * us, "us", 1.5, "ratio");
  say("domain_xml, against libvirt's virDomainGetXMLDesc from memory (test driver)", median(generated) * us,
      median(described) * us, "us", 0, "information");
}

// ---- drain, history

// Documents of about 4 KB, the smallest of the fleet.
std::vector<std::string> small_documents(std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t index = 0; out.size() < count; ++index) {
    std::string text = FleetVm(kSeed, index).xml();
    if (text.size() < 5800) out.push_back(std::move(text));
  }
  return out;
}

void drain_section() {
  constexpr std::size_t kRecords = 4000;
  const std::vector<std::string> documents = small_documents(kRecords);
  std::size_t bytes = 0;
  for (const std::string& text : documents) bytes += text.size();
  const auto run = [&](bool repeated) {
    const Folder folder;
    Config config;
    config.database = folder.path / "vms.db";
    config.spool = folder.path / "spool";
    const int spool = spool::open_folder(config.spool);
    for (std::size_t i = 0; i < kRecords; ++i) {
      spool::Record record;
      record.id = static_cast<std::int64_t>(i) + 1;
      record.host = "host";
      record.driver = "qemu";
      record.operation = "start";
      record.sub_operation = "begin";
      record.config = "live";
      record.source = "hook";
      record.xml = documents[repeated ? i % 100 : i];
      if (spool::write(spool, record) != 0) fail("the spool cannot be written");
    }
    close(spool);
    std::size_t stored = 0;
    const double seconds = timed([&] { stored = drain(config, Wait::kYes).stored; });
    if (stored != kRecords) fail("drain lost records");
    return static_cast<double>(kRecords) / seconds;
  };
  const std::string size = std::to_string(bytes / kRecords);
  say("drain, each record a new VM of " + size + " bytes", run(false), 5000, "documents/s", 5000, "at_least");
  say("drain, records that repeat 100 VMs of " + size + " bytes", run(true), 5000, "documents/s", 5000, "at_least");
}

void history_section() {
  const Folder folder;
  constexpr std::size_t kVms = 10;
  constexpr std::size_t kRepeats = 10000;
  constexpr std::size_t kChanges = 2000;
  Vms vms(folder.path / "vms.db");
  std::vector<FleetVm> machines;
  for (std::size_t i = 0; i < kVms; ++i) machines.emplace_back(kSeed, i);
  vms.database->execute("BEGIN");
  for (FleetVm& vm : machines) vms.import(vm.xml());
  vms.database->execute("COMMIT");
  double before = vms.file_size();
  vms.database->execute("BEGIN");
  for (std::size_t i = 0; i < kRepeats; ++i) vms.capture_start(machines[i % kVms].xml());
  vms.database->execute("COMMIT");
  say("a capture that repeats, in the database file", (vms.file_size() - before) / kRepeats, 200, "bytes", 200,
      "at_most");
  before = vms.file_size();
  vms.database->execute("BEGIN");
  for (std::size_t i = 0; i < kChanges; ++i) {
    machines[i % kVms].change_memory();
    vms.import(machines[i % kVms].xml());
  }
  vms.database->execute("COMMIT");
  say("a small change (memory), in the database file", (vms.file_size() - before) / kChanges, 400, "bytes", 400,
      "at_most");

  std::vector<std::int64_t> ids;
  {
    Statement select(vms.database->handle(), "SELECT id FROM captures WHERE source = 'import'");
    while (select.step()) ids.push_back(select.get_int(0));
  }
  std::vector<double> times;
  for (const std::int64_t id : ids) times.push_back(timed([&] { (void)vms.store->captured_xml(id); }) * 1e3);
  say("any revision read, verified: p99 of " + std::to_string(ids.size()), quantile(times, 0.99), 1, "ms", 1,
      "at_most");
}

// ---- look-ups

double memory_mib(const char* key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(key)) return std::strtod(line.c_str() + std::string_view(key).size() + 1, nullptr) / 1024;
  return 0;
}

struct LookUp {
  const char* what;
  const char* sql;
  const char* xpath;  // with the value in place of $
  std::string value;
};

std::vector<LookUp> look_ups(std::size_t vms) {
  const FleetVm middle(kSeed, vms / 40 * 20);  // one that has a device passed through
  return {
      {"MAC",
       "SELECT a.vm_uuid FROM ports AS p JOIN port_attachments AS a ON a.port_id = p.id WHERE p.mac_address = ?1",
       "//interface[mac/@address='$']", middle.mac(0)},
      {"image path",
       "SELECT a.vm_uuid FROM disks AS d JOIN disk_attachments AS a ON a.disk_id = d.id WHERE d.path = ?1",
       "//disk[source/@file='$']", middle.image(0)},
      {"PCI address of the host",
       "SELECT a.vm_uuid FROM host_devices AS d JOIN host_device_attachments AS a ON a.host_device_id = d.id WHERE "
       "d.pci_address = ?1",
       nullptr, middle.host_pci_address()},
  };
}

// NaN where it is not found: a measurement that does not hold.
double find_ms(Vms& vms, const LookUp& look_up, const std::string& expected) {
  std::vector<double> times;
  Statement statement(vms.database->handle(), look_up.sql);
  for (int i = 0; i < 200; ++i) {
    bool found = false;
    times.push_back(timed([&] {
                      statement.bind_text(1, look_up.value);
                      found = statement.step() && statement.get_text(0) == expected;
                      statement.reset();
                    }) *
                    1e3);
    if (!found) return std::numeric_limits<double>::quiet_NaN();
  }
  return median(times);
}

void find_section(std::size_t count) {
  constexpr std::size_t kPeerVms = 1000;
  const Folder folder;
  Vms vms(folder.path / "vms.db");
  vms.database->execute("BEGIN");
  for (std::size_t index = 0; index < count; ++index) vms.import(FleetVm(kSeed, index).xml());
  vms.database->execute("COMMIT");
  const std::string expected = FleetVm(kSeed, count / 40 * 20).uuid();
  const std::vector<LookUp> ours = look_ups(count);

  // The peers, with fewer VMs.
  const std::size_t peers = std::min(count, kPeerVms);
  const std::vector<LookUp> theirs = look_ups(peers);
  const Libvirt libvirt;
  std::vector<virDomainPtr> domains;
  vms.database->execute("CREATE TEMP TABLE peer (uuid TEXT, document TEXT)");
  {
    Statement insert(vms.database->handle(), "INSERT INTO peer VALUES (?1, ?2)");
    for (std::size_t index = 0; index < peers; ++index) {
      const FleetVm vm(kSeed, index);
      if (virDomainPtr domain = libvirt.define(vm.xml("test"))) domains.push_back(domain);
      const std::string text = vm.xml();
      const std::string json = to_json(*xml::Document::parse(text).root());
      insert.bind_text(1, vm.uuid());
      insert.bind_text(2, json);
      insert.run();
    }
  }
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const std::string what = std::string("find by ") + ours[i].what + " among " + std::to_string(count) + " VMs";
    const double ms = find_ms(vms, ours[i], expected);
    say(what, ms, 1, "ms", 1, "at_most");
    if (!theirs[i].xpath) continue;
    std::string xpath = theirs[i].xpath;
    xpath.replace(xpath.find('$'), 1, theirs[i].value);
    std::size_t found = 0;
    const double scan = timed([&] {
      for (virDomainPtr domain : domains) {
        char* text = virDomainGetXMLDesc(domain, 0);
        xmlDocPtr tree = xmlReadMemory(text, static_cast<int>(std::string_view(text).size()), nullptr, nullptr, 0);
        xmlXPathContextPtr context = xmlXPathNewContext(tree);
        xmlXPathObjectPtr result = xmlXPathEval(reinterpret_cast<const xmlChar*>(xpath.c_str()), context);
        found += result->nodesetval && result->nodesetval->nodeNr > 0;
        xmlXPathFreeObject(result);
        xmlXPathFreeContext(context);
        xmlFreeDoc(tree);
        std::free(text);
      }
    });
    if (found != 1) fail("libvirt and XPath find " + std::to_string(found) + " VMs");
    say(what + ", against libvirt's XML of " + std::to_string(domains.size()) + " VMs with XPath", ms, scan * 1e3, "ms",
        0, "information");
    Statement json(vms.database->handle(),
                   "SELECT count(DISTINCT uuid) FROM peer, json_tree(document) AS t WHERE t.atom = ?1");
    json.bind_text(1, theirs[i].value);
    const double tree = timed([&] { json.step(); });
    if (json.get_int(0) != 1) fail("json_tree does not find the VM");
    say(what + ", against json_tree over a table of xml_json of " + std::to_string(peers) + " VMs", ms, tree * 1e3,
        "ms", 0, "information");
  }
  for (virDomainPtr domain : domains) virDomainFree(domain);
}

void scale_section(std::size_t count, std::size_t revisions) {
  const Folder folder;
  Vms vms(folder.path / "vms.db");
  std::size_t documents = 0;
  const double seconds = timed([&] {
    vms.database->execute("BEGIN");
    for (std::size_t index = 0; index < count; ++index) {
      FleetVm vm(kSeed, index);
      for (std::size_t revision = 0; revision < revisions; ++revision, ++documents) {
        if (revision > 0) vm.advance();
        vms.import(vm.xml());
      }
      // As the drainer does, a transaction of bounded size.
      if (index % 256 == 255) vms.database->execute("COMMIT; BEGIN");
    }
    vms.database->execute("COMMIT");
  });
  const std::string at = std::to_string(count) + " VMs with " + std::to_string(revisions) + " revisions: ";
  const auto number = static_cast<double>(count);
  say(at + "import, per document", seconds * 1e6 / static_cast<double>(documents), 0, "us", 0, "information");
  say(at + "database, per VM", vms.file_size() / number, 0, "bytes", 0, "information");
  const std::string expected = FleetVm(kSeed, count / 40 * 20).uuid();
  for (const LookUp& look_up : look_ups(count))
    say(at + "find by " + look_up.what, find_ms(vms, look_up, expected), 1, "ms", 1, "at_most");
  say(at + "most memory of the process", memory_mib("VmHWM:"), 0, "MiB", 0, "information");
}

// ---- processes

struct Launch {
  std::vector<std::string> arguments;
  std::string input = "/dev/null";
};

pid_t start(const Launch& launch) {
  std::vector<char*> arguments;
  for (const std::string& argument : launch.arguments) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, launch.input.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, arguments[0], &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) fail(launch.arguments[0] + " does not start");
  return pid;
}

double run_ms(const Launch& launch) {
  return timed([&] {
           int status = 0;
           if (waitpid(start(launch), &status, 0) < 0 || status != 0) fail(launch.arguments[0] + " failed");
         }) *
         1e3;
}

// Starts all, one after the other without waiting; from the start of each to its end.
std::vector<double> run_at_once(const Launch& launch, std::size_t count) {
  std::map<pid_t, Clock::time_point> running;
  std::vector<double> times;
  for (std::size_t i = 0; i < count; ++i) {
    const auto begin = Clock::now();
    running.emplace(start(launch), begin);
  }
  while (!running.empty()) {
    int status = 0;
    const pid_t pid = wait(&status);
    const auto found = running.find(pid);
    if (found == running.end() || status != 0) fail(launch.arguments[0] + " failed");
    times.push_back(since(found->second) * 1e3);
    running.erase(found);
  }
  return times;
}

void hook_section(const fs::path& build) {
  constexpr std::size_t kCalls = 300;
  constexpr std::size_t kAtOnce = 200;
  constexpr int kRounds = 5;
  const Folder folder;
  const fs::path database = folder.path / "vms.db";
  const fs::path spool = folder.path / "spool";
  const fs::path plain = folder.path / "plain";
  fs::create_directory(plain);
  setenv("VIRTSQL_DB", database.c_str(), 1);
  const fs::path document = folder.path / "vm.xml";
  std::ofstream(document) << small_documents(1).front();
  const Launch hook{{build / "hook/virtsql-hook", "vm", "start", "begin", "-"}, document};
  const Launch peer{{build / "bench/write_fsync_rename", plain}, document};
  // The drainer that the hook leaves behind must not slow the peer down: it is waited for.
  const auto settle = [&] {
    (void)run_ms({{build / "hook/virtsql-hook", "--drain"}});
    const int lock = open((database.string() + ".lock").c_str(), O_RDWR | O_CLOEXEC);
    if (lock >= 0) {
      (void)flock(lock, LOCK_EX);
      close(lock);
    }
    usleep(2000);
  };
  (void)run_ms(hook);
  settle();
  std::vector<double> ours, theirs;
  for (std::size_t i = 0; i < kCalls; ++i) {
    ours.push_back(run_ms(hook));
    settle();
    theirs.push_back(run_ms(peer));
  }
  say("hook, one call, median of " + std::to_string(kCalls), median(ours), median(theirs), "ms", 1.5, "ratio");
  ours.clear();
  theirs.clear();
  for (int round = 0; round < kRounds; ++round) {
    for (const double ms : run_at_once(hook, kAtOnce)) ours.push_back(ms);
    settle();
    for (const double ms : run_at_once(peer, kAtOnce)) theirs.push_back(ms);
  }
  say("hook, " + std::to_string(kAtOnce) + " at once, p99", quantile(ours, 0.99), quantile(theirs, 0.99), "ms", 2,
      "ratio");
  sqlite3* handle = nullptr;
  sqlite3_open(database.c_str(), &handle);
  {
    Database vms(handle);
    const double expected = static_cast<double>(1 + kCalls + kAtOnce * kRounds);
    say("hook calls that are missing in the database",
        expected - static_cast<double>(vms.query_int("SELECT count(*) FROM captures")), 0, "captures", 0, "at_most");
  }
  sqlite3_close(handle);
}

void startup_section(const fs::path& build) {
  const Folder folder;
  const fs::path database = folder.path / "vms.db";
  std::string uuid = FleetVm(kSeed, 0).uuid();
  {
    Vms vms(database);
    import_all(vms, fleet(100));
    vms.file_size();
  }
  const Launch ours{{"sqlite3", "-cmd", ".load " + (build / "sqlite_ext/virtsql").string(), database,
                     "SELECT domain_xml('" + uuid + "')"}};
  const Launch bare{{"sqlite3", database, "SELECT 1"}};
  std::vector<double> with, without;
  for (int i = 0; i < 100; ++i) {
    with.push_back(run_ms(ours));
    without.push_back(run_ms(bare));
  }
  say("start-up: fresh shell, .load and the first domain_xml, beyond a bare shell's SELECT 1",
      median(with) - median(without), 5, "ms", 5, "at_most");
}

}  // namespace
}  // namespace virtsql::bench

int main(int count, char** arguments) {
  using namespace virtsql::bench;
  const auto number = [&](int index, std::size_t otherwise) {
    return count > index ? static_cast<std::size_t>(std::strtoull(arguments[index], nullptr, 10)) : otherwise;
  };
  try {
    const std::string section = count > 1 ? arguments[1] : "";
    const fs::path build = fs::canonical("/proc/self/exe").parent_path().parent_path();
    if (section == "hook") return hook_section(build), 0;
    if (section == "import") return import_section(number(2, 1000)), 0;
    if (section == "drain") return drain_section(), 0;
    if (section == "history") return history_section(), 0;
    if (section == "find") return find_section(number(2, 1000)), 0;
    if (section == "startup") return startup_section(build), 0;
    if (section == "scale") return scale_section(number(2, 1000), number(3, 10)), 0;
  } catch (const std::exception& error) {
    fail(error.what());
  }
  (void)std::fputs(
      "usage: virtsql_compare hook | import [N] | drain | history | find [VMS] | startup | scale VMS REVISIONS\n",
      stderr);
  return 2;
}
