// What the parts of virtsql cost, a document and a byte at a time (Google Benchmark).
//
// The documents are the tests' own and a made-up fleet of VMs; with VIRTSQL_BENCH_CORPUS=DIR, every domain in DIR.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "bench/fleet.h"
#include "core/catalog.h"
#include "core/generate.h"
#include "core/shred.h"
#include "core/spool.h"
#include "core/store.h"
#include "hook/drain.h"

namespace virtsql {
namespace {

constexpr std::size_t kVms = 1000;
constexpr std::uint64_t kSeed = 1;

const Element& domain() { return Catalog::standard().root("domain"); }

// The documents, each with a UUID of its own or none.
const std::vector<std::string>& documents() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> out;
    const char* corpus = std::getenv("VIRTSQL_BENCH_CORPUS");
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus ? corpus : VIRTSQL_TEST_DOCUMENTS))
      if (entry.path().extension() == ".xml") paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) {
      std::ifstream file(path);
      std::string text{std::istreambuf_iterator<char>(file), {}};
      try {
        const xml::Document tree = xml::Document::parse(text);
        Arena arena;
        if (tree.root()->name != "domain") continue;
        (void)shred(*tree.root(), domain(), arena);
      } catch (const xml::Error&) {
        continue;  // the corpus has documents that are to be refused
      }
      out.push_back(std::move(text));
    }
    if (!corpus)
      for (std::size_t index = 0; index < 200; ++index) out.push_back(bench::FleetVm(kSeed, index).xml());
    return out;
  }();
  return all;
}

void count(benchmark::State& state, std::size_t times, std::size_t bytes) {
  state.counters["documents"] = benchmark::Counter(static_cast<double>(times), benchmark::Counter::kIsRate);
  state.counters["s_per_document"] =
      benchmark::Counter(static_cast<double>(times), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["s_per_byte"] =
      benchmark::Counter(static_cast<double>(bytes), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

// A database in a temporary folder, with a store on it.
class Fixture {
 public:
  Fixture() {
    std::string pattern = (std::filesystem::temp_directory_path() / "virtsql-bench-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    folder = pattern;
    if (sqlite3_open((folder / "vms.db").c_str(), &handle_) != SQLITE_OK) throw std::runtime_error("no database");
    database = std::make_unique<Database>(handle_);
    database->execute("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON");
    store = std::make_unique<Store>(*database, Catalog::standard());
    store->init();
  }
  ~Fixture() {
    store.reset();
    database.reset();
    sqlite3_close(handle_);
    std::filesystem::remove_all(folder);
  }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  std::int64_t import(std::string_view text) {
    CaptureEvent event;
    event.host = "host";
    event.operation = "import";
    event.config = "persistent";
    event.source = "import";
    event.xml = text;
    const CaptureResult result = store->import(event, "domain", "domain_import");
    return result.id;
  }

  std::filesystem::path folder;
  std::unique_ptr<Database> database;
  std::unique_ptr<Store> store;

 private:
  sqlite3* handle_ = nullptr;
};

Fixture& fleet() {
  static const std::unique_ptr<Fixture> fixture = [] {
    auto out = std::make_unique<Fixture>();
    out->database->execute("BEGIN");
    for (std::size_t index = 0; index < kVms; ++index) out->import(bench::FleetVm(kSeed, index).xml());
    out->database->execute("COMMIT");
    return out;
  }();
  return *fixture;
}

// Runs `one` on each document, over and over.
template <typename One>
void each_document(benchmark::State& state, const One& one) {
  std::size_t times = 0;
  std::size_t bytes = 0;
  for (auto _ : state) {
    const std::string& text = documents()[times++ % documents().size()];
    bytes += text.size();
    one(state, text);
  }
  count(state, times, bytes);
}

void parse(benchmark::State& state) {
  each_document(state, [](benchmark::State&, const std::string& text) {
    benchmark::DoNotOptimize(xml::Document::parse(text).root());
  });
}
BENCHMARK(parse);

void parse_and_shred(benchmark::State& state) {
  each_document(state, [](benchmark::State&, const std::string& text) {
    const xml::Document tree = xml::Document::parse(text);
    Arena arena;
    benchmark::DoNotOptimize(shred(*tree.root(), domain(), arena));
  });
}
BENCHMARK(parse_and_shred);

// Rows in memory into XML: without the database.
void generate_from_memory(benchmark::State& state) {
  struct Read {
    xml::Document tree;
    Arena arena;
    Row* row;
  };
  std::vector<std::unique_ptr<Read>> all;
  for (const std::string& text : documents()) {
    auto read = std::make_unique<Read>();
    read->tree = xml::Document::parse(text);
    read->row = shred(*read->tree.root(), domain(), read->arena);
    all.push_back(std::move(read));
  }
  std::size_t times = 0;
  std::size_t bytes = 0;
  for (auto _ : state) {
    const std::string out = generate(*all[times++ % all.size()]->row, Form::kFull);
    bytes += out.size();
  }
  count(state, times, bytes);
}
BENCHMARK(generate_from_memory);

// Parse, shred, verify, insert, keep: all documents in one transaction, its commit included.
void import_all(benchmark::State& state) {
  std::size_t times = 0;
  std::size_t bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto fixture = std::make_unique<Fixture>();
    state.ResumeTiming();
    fixture->database->execute("BEGIN");
    for (const std::string& text : documents()) {
      fixture->import(text);
      bytes += text.size();
    }
    fixture->database->execute("COMMIT");
    times += documents().size();
    state.PauseTiming();
    fixture.reset();
    state.ResumeTiming();
  }
  count(state, times, bytes);
}
BENCHMARK(import_all)->Unit(benchmark::kMillisecond);

void domain_xml(benchmark::State& state) {
  Fixture& fixture = fleet();
  std::size_t times = 0;
  std::size_t bytes = 0;
  for (auto _ : state)
    bytes += fixture.store->domain_xml(static_cast<std::int64_t>(times++ % kVms) + 1, Form::kFull).size();
  count(state, times, bytes);
}
BENCHMARK(domain_xml);

void drain_spool(benchmark::State& state) {
  constexpr std::size_t kRecords = 500;
  std::size_t times = 0;
  std::size_t bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto fixture = std::make_unique<Fixture>();
    Config config;
    config.database = fixture->folder / "drained.db";
    config.spool = fixture->folder / "spool";
    const int spool = spool::open_folder(config.spool);
    for (std::size_t index = 0; index < kRecords; ++index) {
      spool::Record record;
      record.id = static_cast<std::int64_t>(index) + 1;
      record.host = "host";
      record.driver = "qemu";
      record.operation = "start";
      record.config = "live";
      record.source = "hook";
      record.xml = bench::FleetVm(kSeed, index).xml();
      bytes += record.xml.size();
      if (spool::write(spool, record) != 0) state.SkipWithError("the spool cannot be written");
    }
    close(spool);
    state.ResumeTiming();
    times += drain(config, Wait::kYes).stored;
    state.PauseTiming();
    fixture.reset();
    state.ResumeTiming();
  }
  count(state, times, bytes);
}
BENCHMARK(drain_spool)->Unit(benchmark::kMillisecond)->Iterations(3);

void look_up(benchmark::State& state, const char* sql, std::string (*key)(const bench::FleetVm&)) {
  Statement statement(fleet().database->handle(), sql);
  const std::string value = key(bench::FleetVm(kSeed, 500));
  for (auto _ : state) {
    statement.bind_text(1, value);
    if (!statement.step()) state.SkipWithError("not found");
    benchmark::DoNotOptimize(statement.get_text(0));
    statement.reset();
  }
}
BENCHMARK_CAPTURE(
    look_up, mac,
    "SELECT a.vm_uuid FROM ports AS p JOIN port_attachments AS a ON a.port_id = p.id WHERE p.mac_address = ?1",
    [](const bench::FleetVm& vm) { return vm.mac(0); });
BENCHMARK_CAPTURE(look_up, image,
                  "SELECT a.vm_uuid FROM disks AS d JOIN disk_attachments AS a ON a.disk_id = d.id WHERE d.path = ?1",
                  [](const bench::FleetVm& vm) { return vm.image(0); });
BENCHMARK_CAPTURE(
    look_up, host_pci_address,
    "SELECT a.vm_uuid FROM host_devices AS d JOIN host_device_attachments AS a ON a.host_device_id = d.id "
    "WHERE d.pci_address = ?1",
    [](const bench::FleetVm& vm) { return vm.host_pci_address(); });

// A revision out of a thousand of one VM.
void read_revision(benchmark::State& state) {
  constexpr std::size_t kRevisions = 1000;
  Fixture fixture;
  bench::FleetVm vm(kSeed, 0);
  std::vector<std::int64_t> ids;
  fixture.database->execute("BEGIN");
  for (std::size_t revision = 0; revision < kRevisions; ++revision) {
    ids.push_back(fixture.import(vm.xml()));
    vm.advance();
  }
  fixture.database->execute("COMMIT");
  std::size_t times = 0;
  std::size_t bytes = 0;
  for (auto _ : state) bytes += fixture.store->captured_xml(ids[times++ * 7 % kRevisions]).size();
  count(state, times, bytes);
}
BENCHMARK(read_revision);

}  // namespace
}  // namespace virtsql

BENCHMARK_MAIN();
