// What the parts of virtsql cost per document and per byte (Google Benchmark).
//
// The documents are those of the tests and a made-up fleet of VMs; with VIRTSQL_BENCH_CORPUS=DIR, every domain in DIR
// instead.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "bench/database.h"
#include "bench/look_up.h"
#include "core/catalog/catalog.h"
#include "core/rows/diff.h"
#include "core/rows/generate.h"
#include "core/rows/shred.h"
#include "core/spool/spool.h"
#include "hook/drain.h"

namespace virtsql {
namespace {

constexpr std::size_t kVms = 1000;

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
        continue;  // the corpus has documents that virtsql must refuse
      }
      out.push_back(std::move(text));
    }
    if (!corpus)
      for (std::size_t index = 0; index < 200; ++index) out.push_back(bench::FleetVm(bench::kSeed, index).xml());
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

using bench::kSeed;

struct Fixture {
  bench::Folder folder;
  bench::Vms vms{folder.path / "vms.db"};
};

Fixture& fleet() {
  static const std::unique_ptr<Fixture> fixture = [] {
    auto out = std::make_unique<Fixture>();
    Transaction transaction(out->vms.database());
    for (std::size_t index = 0; index < kVms; ++index) {
      const bench::FleetVm vm(kSeed, index);
      out->vms.import(vm.xml(), vm.host());
    }
    transaction.commit();
    return out;
  }();
  return *fixture;
}

// Runs `one` on each document, over and over.
template <typename One>
void each_document(benchmark::State& state, const One& one) {
  std::size_t times = 0;
  std::size_t bytes = 0;
  while (state.KeepRunning()) {
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

// Makes XML of rows in memory, without a database.
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
  while (state.KeepRunning()) {
    const std::string out = generate(*all[times++ % all.size()]->row, Form::kFull);
    bytes += out.size();
  }
  count(state, times, bytes);
}
BENCHMARK(generate_from_memory);

// Parses, shreds and verifies all documents, inserts their rows and keeps the documents, in one transaction with its
// commit.
void import_all(benchmark::State& state) {
  std::size_t times = 0;
  std::size_t bytes = 0;
  while (state.KeepRunning()) {
    state.PauseTiming();
    auto fixture = std::make_unique<Fixture>();
    state.ResumeTiming();
    fixture->vms.import_all(documents());
    for (const std::string& text : documents()) bytes += text.size();
    times += documents().size();
    state.PauseTiming();
    fixture.reset();
    state.ResumeTiming();
  }
  count(state, times, bytes);
}
BENCHMARK(import_all)->Unit(benchmark::kMillisecond);

// Compares two revisions of a definition that differ by a few changes.
void diff_two_revisions(benchmark::State& state) {
  bench::FleetVm vm(kSeed, 2);
  const std::string before = vm.xml();
  for (int i = 0; i < 50; ++i) vm.advance();
  const std::string after = vm.xml();
  std::size_t times = 0;
  while (state.KeepRunning()) {
    const xml::Document a = xml::Document::parse(before);
    const xml::Document b = xml::Document::parse(after);
    Arena arena;
    benchmark::DoNotOptimize(
        diff(*shred(*a.root(), domain(), arena), *shred(*b.root(), domain(), arena), DiffMode::kAll).size());
    ++times;
  }
  count(state, times, times * (before.size() + after.size()));
}
BENCHMARK(diff_two_revisions);

void domain_xml(benchmark::State& state) {
  Fixture& fixture = fleet();
  std::size_t times = 0;
  std::size_t bytes = 0;
  while (state.KeepRunning())
    bytes += fixture.vms.store().domain_xml(static_cast<std::int64_t>(times++ % kVms) + 1, Form::kFull).size();
  count(state, times, bytes);
}
BENCHMARK(domain_xml);

void drain_spool(benchmark::State& state) {
  constexpr std::size_t kRecords = 500;
  std::size_t times = 0;
  std::size_t bytes = 0;
  while (state.KeepRunning()) {
    state.PauseTiming();
    auto fixture = std::make_unique<Fixture>();
    Config config;
    config.database = fixture->folder.path / "drained.db";
    config.spool = fixture->folder.path / "spool";
    const int spool = spool::open_folder(config.spool);
    for (std::size_t index = 0; index < kRecords; ++index) {
      Capture record = bench::start_event(bench::FleetVm(kSeed, index).xml());
      record.id = static_cast<std::int64_t>(index) + 1;
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

void look_up(benchmark::State& state, std::size_t which) {
  const bench::LookUp look_up = bench::look_ups(kVms)[which];
  Statement statement(fleet().vms.database().handle(), look_up.sql);
  while (state.KeepRunning()) {
    for (std::size_t key = 0; key < look_up.keys.size(); ++key)
      statement.bind_text(static_cast<int>(key) + 1, look_up.keys[key]);
    if (!statement.step() || statement.get_text(0) != look_up.expected) state.SkipWithError("not found");
    statement.reset();
  }
}
BENCHMARK_CAPTURE(look_up, mac, 0);
BENCHMARK_CAPTURE(look_up, image, 1);
BENCHMARK_CAPTURE(look_up, host_pci_address, 2);

// Reads one of a thousand revisions of one VM.
void read_revision(benchmark::State& state) {
  constexpr std::size_t kRevisions = 1000;
  Fixture fixture;
  bench::FleetVm vm(kSeed, 0);
  std::vector<std::int64_t> ids;
  Transaction transaction(fixture.vms.database());
  for (std::size_t revision = 0; revision < kRevisions; ++revision) {
    ids.push_back(fixture.vms.import(vm.xml()));
    vm.advance();
  }
  transaction.commit();
  std::size_t times = 0;
  std::size_t bytes = 0;
  while (state.KeepRunning()) bytes += fixture.vms.store().captured_xml(ids[times++ * 7 % kRevisions]).size();
  count(state, times, bytes);
}
BENCHMARK(read_revision);

}  // namespace
}  // namespace virtsql

BENCHMARK_MAIN();
