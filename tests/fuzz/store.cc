// Captures of two documents: the captured bytes are kept, an exact capture's rows give them back, and the database is
// consistent whatever the documents were.
#include "core/store/store.h"

#include "core/rows/row_error.h"
#include "core/store/pure_functions.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace virtsql;

// A database in memory with the schema. It is made once, and each input is rolled back.
class Fixture {
 public:
  Fixture() : database_(open()) {
    database_.execute("PRAGMA foreign_keys = ON");
    Store(database_, Catalog::standard()).init();
  }

  Database& database() { return database_; }

  std::string text(const std::string& sql) {
    Use statement(database_.prepared(sql));
    return statement->step() ? std::string(statement->get_text(0)) : std::string();
  }

  void require_sound() {
    fuzz::require(text("PRAGMA integrity_check") == "ok", "the database is sound", text("PRAGMA integrity_check"));
  }

  void require_consistent() {
    fuzz::require(text("PRAGMA foreign_key_check").empty(), "every row refers to one that is there",
                  text("PRAGMA foreign_key_check"));
    std::int64_t attachments = 0;
    for (const Table* table : Catalog::standard().tables())
      if (table->is_device()) attachments += database_.query_int("SELECT count(*) FROM " + table->name);
    fuzz::require(database_.query_int("SELECT count(*) FROM attachment_indices") == attachments,
                  "each attachment has one index");
  }

 private:
  static sqlite3* open() {
    sqlite3* handle = nullptr;
    fuzz::require(sqlite3_open(":memory:", &handle) == SQLITE_OK, "SQLite opens a database");
    fuzz::require(register_pure_functions(handle) == SQLITE_OK, "SQLite registers the functions");
    return handle;
  }

  Database database_;
};

CaptureResult capture(Store& store, std::string_view xml, const std::string& config) {
  Capture event;
  event.host = "alpha";
  event.driver = "qemu";
  event.operation = config == "live" ? "start" : "define";
  event.config = config;
  event.source = "event";
  event.xml = xml;
  return store.capture(event, IfRowsFail::kKeepCapture);
}

void check_vm(Store& store, const std::string& uuid) {
  const std::int64_t vm = store.find_vm(uuid, "fuzz");
  for (const Form form : {Form::kFull, Form::kInactive}) {
    try {
      xml::Document::parse(store.domain_xml(vm, form));
    } catch (const xml::Error& error) {
      fuzz::require(false, "rows give XML", error.what());
    } catch (const RowError& error) {
      fuzz::require(false, "rows of a capture can be written", error.what());
    }
  }
  store.drift(vm);
  store.timeline().captures(uuid, true);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Fixture& fixture = *new Fixture;
  const auto [first, second] = fuzz::two_documents(fuzz::text_of(data, size));
  Database& database = fixture.database();
  database.execute("BEGIN");
  {
    Store store(database, Catalog::standard());
    const CaptureResult one = capture(store, first, "persistent");
    fuzz::require(one.recorded && store.captured_xml(one.id) == first, "the captured bytes are kept");
    fuzz::require(one.rows_error.empty(), "rows follow into an empty database", one.rows_error);
    const bool domain = one.root == "domain" && one.error.empty();
    if (domain) {
      check_vm(store, one.vm_uuid);
      const std::int64_t vm = store.find_vm(one.vm_uuid, "fuzz");
      const std::string exact = fixture.text("SELECT exact FROM captures ORDER BY seq DESC LIMIT 1");
      const std::string full = store.domain_xml(vm, Form::kFull);
      // A status has its domain indented.
      const bool status = first.find("<domstatus") != std::string_view::npos;
      fuzz::require(exact != "1" || status || first.find(full.substr(0, full.size() - 1)) != std::string_view::npos,
                    "exact means the root element's bytes", full);
      fuzz::require(store.drift(vm).empty(), "there is no drift after a definition");
    }
    const CaptureResult two = capture(store, second, "live");
    fuzz::require(store.captured_xml(two.id) == second, "the captured bytes are kept");
    if (domain) check_vm(store, one.vm_uuid);
    if (two.root == "domain" && two.error.empty()) check_vm(store, two.vm_uuid);
    fixture.require_consistent();
    fixture.require_sound();
    database.execute("DELETE FROM virtual_machines");
    fixture.require_consistent();
    fuzz::require(database.query_int("SELECT count(*) FROM attachment_indices") == 0, "a VM takes its devices with it");
  }
  database.execute("ROLLBACK");
  return 0;
}
