// Fleets of many VMs with their history: size, rate, memory, look-ups, every recipe. The history comes as it does from
// hosts, interleaved: each VM's first definition, then each VM's next capture, and so on over thirty days. Bounds:
// look-ups and revisions in 1 ms; what a VM costs does not grow with their number.
//
// The database stays in the work folder. A run that was ended goes on where it was, if the program is the same.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "bench/database.h"
#include "bench/look_up.h"
#include "bench/measure.h"
#include "bench/process.h"
#include "bench/row.h"
#include "core/base/sha256.h"

namespace virtsql::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBatch = 256;  // documents of a transaction, as the drainer does it
constexpr double kReportSeconds = 10;
constexpr std::uintmax_t kFreeBytes = 4ULL << 30U;          // that must stay on the disk
constexpr std::int64_t kStart = INT64_C(1767225600000000);  // 2026-01-01
constexpr std::int64_t kDays30 = INT64_C(30) * 86400 * 1000000;
constexpr const char* kLastWeek = "2026-01-24T00:00:00Z";
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// What is captured: a definition where it changed, else the start or the end of a run.
Capture event_of(std::size_t index, std::size_t revision, std::size_t vms, std::size_t revisions) {
  FleetVm vm(kSeed, index);
  bool changed = true;
  for (std::size_t i = 0; i < revision; ++i) changed = vm.advance();
  Capture event;
  event.id =
      kStart + kDays30 / static_cast<std::int64_t>(vms * revisions) * static_cast<std::int64_t>(revision * vms + index);
  event.host = vm.host();
  event.driver = "qemu";
  event.uuid = vm.uuid();
  const bool start = revision % 2 != 0;
  event.operation = changed ? "define" : start ? "start" : "stopped";
  event.sub_operation = changed ? "" : start ? "begin" : "end";
  event.config = changed ? "persistent" : "live";
  event.source = changed ? "event" : "hook";
  event.xml = vm.xml();
  return event;
}

std::string digest_of_this_program() {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::string hex;
  char pair[3];
  for (const char c : sha256(bytes)) {
    (void)std::snprintf(pair, sizeof pair, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    hex += pair;
  }
  return hex;
}

struct Fleet {
  std::size_t count, revisions;
  fs::path folder;
  std::unique_ptr<Vms> vms;
  double seconds = 0;  // of the whole import
  double memory = 0;   // MiB, most of the importing process; of the last run where there were more

  explicit Fleet(const Options& options)
      : count(options.vms),
        revisions(options.revisions),
        folder(options.work / (std::to_string(options.vms) + "x" + std::to_string(options.revisions))) {
    if (options.work.empty()) throw std::runtime_error("scale needs --work");
    const fs::path progress_file = folder / "progress";  // the program; then documents and seconds, again and again
    const std::string program = digest_of_this_program();
    {
      std::ifstream progress(progress_file);
      std::string by;
      if (!(progress >> by) || by != program) fs::remove_all(folder);
      for (std::size_t documents = 0; progress >> documents >> seconds >> memory;) continue;
    }
    fs::create_directories(folder);
    std::ofstream progress(progress_file, std::ios::app);
    if (fs::file_size(progress_file) == 0) progress << program << std::endl, seconds = 0;
    vms = std::make_unique<Vms>(folder / "vms.db");
    import(progress);
  }

  void import(std::ofstream& progress) {
    const std::size_t all = count * revisions;
    auto next = static_cast<std::size_t>(vms->database().query_int("SELECT count(*) FROM captures"));
    const double before = seconds;
    double reported = before;
    const auto start = Clock::now();
    while (next < all) {
      {
        Transaction transaction(vms->database());
        for (const std::size_t end = std::min(all, next + kBatch); next < end; ++next)
          vms->store().capture(event_of(next % count, next / count, count, revisions));
        transaction.commit();
      }
      seconds = before + since(start);
      memory = peak_mib();
      if (seconds - reported < kReportSeconds && next < all) continue;
      reported = seconds;
      progress << next << ' ' << seconds << ' ' << memory << std::endl;
      (void)std::fprintf(stderr, "%zu VMs: %zu of %zu captures, %.0f s, %.0f MiB\n", count, next, all, seconds,
                         static_cast<double>(fs::file_size(folder / "vms.db")) / 1048576);
      if (fs::space(folder).available < kFreeBytes)
        throw std::runtime_error("the disk is nearly full; what there is stays in " + folder.string());
    }
    if (vms->database().query_int("SELECT count(*) FROM virtual_machines") != static_cast<std::int64_t>(count))
      throw std::runtime_error("the fleet is not whole");
  }

  static Fleet& made(const Options& options) {
    static Fleet fleet(options);
    return fleet;
  }
};

std::vector<Figure> one(double value) { return {{value, kNone, "", {}}}; }

std::vector<Figure> read_revisions(const Options& options) {
  Fleet& fleet = Fleet::made(options);
  std::vector<std::int64_t> ids;
  {
    Statement select(fleet.vms->database().handle(), "SELECT id FROM captures WHERE id >= ?1 ORDER BY id LIMIT 1");
    for (std::int64_t i = 0; i < 1000; ++i) {
      select.bind_int(1, kStart + kDays30 / 1001 * i);
      if (select.step()) ids.push_back(select.get_int(0));
      select.reset();
    }
  }
  std::vector<double> times;
  for (const std::int64_t id : ids) times.push_back(timed([&] { (void)fleet.vms->store().captured_xml(id); }) * 1e3);
  return one(quantile(times, 0.99));
}

// What the recipes are asked for; the others have defaults that hold for any fleet.
std::map<std::string, std::string> parameters(std::size_t vms) {
  const FleetVm middle(kSeed, vms / 40 * 20);
  return {{"mac", middle.mac(0)},  {"image", middle.image(0)},      {"address", middle.host_pci_address()},
          {"host", middle.host()}, {"from", middle.host()},         {"to", FleetVm(kSeed, 0).host()},
          {"since", kLastWeek},    {"now", "2026-01-31T00:00:00Z"}, {"pool", "default"}};
}

// Each recipe in a fresh shell, as SQLite's own timer says. Those that write are rolled back.
std::vector<Figure> recipes(const Options& options) {
  constexpr const char* kLimitSeconds = "600";
  const std::set<std::string> writing = {"new_vm", "set_discard"};
  Fleet& fleet = Fleet::made(options);
  (void)fleet.vms->file_size();
  fleet.vms.reset();  // one writer
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(options.sources / "sql/recipes"))
    if (entry.path().extension() == ".sql") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<Figure> out;
  for (const fs::path& path : paths) {
    const Folder folder;
    const std::string name = path.stem();
    const bool writes = writing.count(name) != 0;
    {
      std::ofstream script(folder.path / "script");
      script << ".bail on\n.load " << (options.build / "sqlite_ext/virtsql").string() << "\n.cd "
             << folder.path.string() << "\n.parameter init\n";
      for (const auto& [key, value] : parameters(fleet.count))
        if (key != "host" || name != "host_summary") script << ".parameter set :" << key << " \"'" << value << "'\"\n";
      script << ".output " << (folder.path / "rows").string() << "\n.timer on\n.read " << path.string() << "\n";
      if (name == "new_vm") script << "DELETE FROM virtual_machines WHERE name = 'fresh';\n";
    }
    Launch launch{{"timeout", kLimitSeconds, "sqlite3", "-batch"}, folder.path / "script", folder.path / "printed"};
    if (!writes) launch.arguments.push_back("-readonly");
    launch.arguments.push_back(fleet.folder / "vms.db");
    Figure figure{0, kNone, name, {}};
    if (const Ended ended = run(launch); ended.status != 0)
      figure.skipped = ended.seconds >= 600 ? "more than 10 minutes" : "failed";
    std::ifstream printed(launch.output);
    for (std::string line; std::getline(printed, line);)
      if (line.starts_with("Run Time: real ")) figure.ours += std::strtod(line.c_str() + 15, nullptr) * 1e3;
    out.push_back(std::move(figure));
  }
  return out;
}

}  // namespace

const std::vector<Row>& scale_rows() {
  static const std::vector<Row> rows = {
      {"import, per capture", "", "us", flat(1.25),
       [](const Options& options) {
         const Fleet& fleet = Fleet::made(options);
         return one(fleet.seconds * 1e6 / static_cast<double>(fleet.count * fleet.revisions));
       },
       "the indexes no longer fit SQLite's page cache, so that each new VM's rows are read and written again all over "
       "them"},
      {"database", "", "MiB", kInformation,
       [](const Options& options) { return one(Fleet::made(options).vms->file_size() / 1048576); }, ""},
      {"database, per VM", "", "bytes", flat(1.25),
       [](const Options& options) {
         Fleet& fleet = Fleet::made(options);
         return one(fleet.vms->file_size() / static_cast<double>(fleet.count));
       },
       ""},
      {"most memory of the importing process", "", "MiB", flat(1.25),
       [](const Options& options) { return one(Fleet::made(options).memory); },
       "SQLite's page cache, 32 MiB, is not yet full at the fewest VMs"},
      {"find by", "", "ms", at_most(1),
       [](const Options& options) {
         Fleet& fleet = Fleet::made(options);
         std::vector<Figure> out;
         for (const LookUp& look_up : look_ups(fleet.count))
           out.push_back({look_up_ms(fleet.vms->database(), look_up), kNone, std::string(look_up.what), {}});
         return out;
       },
       "other hosts have devices at the same address: these are read too"},
      {"any revision read and verified, p99", "", "ms", at_most(1), read_revisions,
       "the disk: it is read for the first time"},
      {"recipe", "", "ms", kInformation, recipes, ""},  // last: it closes the database
  };
  return rows;
}

}  // namespace virtsql::bench
