// Functions and tables of the extension (kQueries) with the 1st, 2nd, ... Nth allocation failing. Each must give an
// error or the right result, without a crash or a leak of SQLite's memory, and the connection must work afterwards.
// Only SQLite's allocator and C++'s operator new fail. malloc() itself does not, because libxml2 does not survive that
// everywhere.
#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <new>
#include <string>
#include <vector>

namespace {

// Each allocation counts this down while it is positive. The allocation that finds 1 fails; later ones do not.
thread_local long countdown = 0;

bool fails() { return countdown > 0 && --countdown == 0; }

}  // namespace

// Replaces the C++ library's operator new, in the extension too.
void* operator new(std::size_t size) {
  void* out = fails() ? nullptr : std::malloc(size ? size : 1);
  if (!out) throw std::bad_alloc();
  return out;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

sqlite3_mem_methods own_methods;

void install_sqlite_allocator() {
  sqlite3_config(SQLITE_CONFIG_GETMALLOC, &own_methods);
  sqlite3_mem_methods methods = own_methods;
  methods.xMalloc = [](int size) { return fails() ? nullptr : own_methods.xMalloc(size); };
  methods.xRealloc = [](void* old, int size) { return fails() ? nullptr : own_methods.xRealloc(old, size); };
  sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

constexpr const char* kQueries[] = {
    "SELECT virtsql_version()",
    "SELECT length(domain_import(?1, 'host'))",
    "SELECT length(domain_xml('web')), length(domain_xml('web', 'inactive'))",
    "SELECT length(device_xml('disk_attachments', 1))",
    "SELECT length(captured_xml(max(id))) FROM captures",
    "SELECT domain_clone('web', 'clone') IS NOT NULL",
    "SELECT domain_accept('web')",
    "SELECT domain_validate(replace(?1, 'cache=', 'cash='))",
    "SELECT length(xml_json(?1)), length(json_xml(xml_json(?1)))",
    "SELECT count(*) FROM xml_leaves(?1)",
    "SELECT count(*) FROM domain_diff(?1, replace(?1, 'virtio', 'e1000'))",
    "SELECT count(*) FROM domain_drift",
    "SELECT count(*), sum(changed) FROM domain_history('web')",
    "SELECT count(*), max(driver_json) FROM disk_attachments_in(?1)",
    "SELECT count(*) FROM virtsql_catalog WHERE table_name = 'disks'",
    "SELECT count(*) FROM virtsql_help",
    "SELECT pool_import('<pool type=\"dir\"><name>p</name></pool>'), length(pool_xml('p'))",
    "SELECT pool_import('<pool type=\"dir\"><name>p</name></pool>'), pool_accept('p')",
    "SELECT length(domain_at('web', 'now'))",
    "SELECT virtsql_time('7 days') < virtsql_time('now')",
    "SELECT count(*) FROM domain_changes('web')",
    "SELECT count(*), sum(row_count) FROM virtsql_tables",
    "SELECT count(*), max(name) FROM virtsql_search('uefi guest agent')",
    "SELECT count(*), max(line) FROM text_diff(?1, replace(?1, 'virtio', 'e1000'))",
    "SELECT group_concat(cpu) FROM cpuset_cpus('0-3,^2,8')",
};

int failures = 0;

void fail(const char* query, long at, const char* what) {
  (void)std::fprintf(stderr, "%s\n  allocation %ld: %s\n", query, at, what);
  ++failures;
}

// Runs the query to its end. Returns SQLITE_OK or the error's code, and puts the first column of the last row into
// `value`.
int run(sqlite3* db, const char* query, const std::string& xml, std::string& value) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(db, query, -1, &statement, nullptr);
  if (code == SQLITE_OK && sqlite3_bind_parameter_count(statement) > 0)
    code = sqlite3_bind_text(statement, 1, xml.data(), static_cast<int>(xml.size()), SQLITE_STATIC);
  if (code == SQLITE_OK) {
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      const long kept = countdown;
      countdown = 0;
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
      value = text ? text : "(null)";
      countdown = kept;
    }
  }
  const int end = sqlite3_finalize(statement);
  return code == SQLITE_DONE ? SQLITE_OK : end == SQLITE_OK ? code : end;
}

bool works(sqlite3* db, const std::string& xml) {
  std::string value;
  return run(db, "PRAGMA integrity_check", xml, value) == SQLITE_OK && value == "ok" &&
         run(db, "SELECT length(domain_xml('web')) > 1000", xml, value) == SQLITE_OK && value == "1";
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    (void)std::fputs("usage: oom_test EXTENSION DOCUMENT\n", stderr);
    return 2;
  }
  std::ifstream file(arguments[2]);
  const std::string xml{std::istreambuf_iterator<char>(file), {}};
  install_sqlite_allocator();
  sqlite3* db = nullptr;
  char* message = nullptr;
  sqlite3_open(":memory:", &db);
  sqlite3_enable_load_extension(db, 1);
  std::string value;
  if (sqlite3_load_extension(db, arguments[1], nullptr, &message) != SQLITE_OK ||
      run(db, "SELECT virtsql_init()", xml, value) != SQLITE_OK ||
      run(db, "SELECT domain_import(?1, 'host')", xml, value) != SQLITE_OK) {
    (void)std::fprintf(stderr, "cannot start: %s\n", message ? message : sqlite3_errmsg(db));
    return 1;
  }
  for (const char* query : kQueries) {
    // Runs once without a fault, to count the allocations. What is prepared once and kept is prepared then, so its
    // allocations are not tested.
    sqlite3_exec(db, "SAVEPOINT before", nullptr, nullptr, nullptr);
    countdown = 1000000000;
    const int healthy = run(db, query, xml, value);
    const long allocations = 1000000000 - countdown;
    countdown = 0;
    if (healthy != SQLITE_OK) fail(query, 0, sqlite3_errmsg(db));
    sqlite3_exec(db, "ROLLBACK TO before; RELEASE before", nullptr, nullptr, nullptr);
    // Fails each of the first 40 allocations, then fewer and fewer of those after them. So every phase is hit.
    for (long at = 1; at <= allocations; at += 1 + at / 40) {
      sqlite3_exec(db, "SAVEPOINT before", nullptr, nullptr, nullptr);
      countdown = at;
      std::string found;
      const int code = run(db, query, xml, found);
      countdown = 0;
      if (code == SQLITE_OK && query != kQueries[1] && found != value && std::strstr(query, "captured_xml") == nullptr)
        fail(query, at, "no error, and another result");
      sqlite3_exec(db, "ROLLBACK TO before; RELEASE before", nullptr, nullptr, nullptr);
    }
    if (!works(db, xml)) fail(query, -1, "the connection does not work afterwards");
  }
  if (sqlite3_close(db) != SQLITE_OK) fail("close", 0, "statements were not finalized");
  if (const sqlite3_int64 left = sqlite3_memory_used(); left > 0) fail("close", 0, "memory of SQLite is not freed");
  return failures == 0 ? 0 : 1;
}
