// Fleets of many VMs with their history: size, rate, memory, look-ups, every recipe. The history is interleaved, as it
// is when it comes from hosts: first each VM's first definition, then each VM's next capture, and so on over thirty
// days. Bounds: look-ups in 0.1 ms, revisions in 1 ms, recipes in 1 s, all findings in 10 s; the cost of a VM does not
// grow with the number of VMs. Recipes and functions that write or read every VM's XML are compared with domain_xml of
// all VMs.
//
// The database stays in the work folder. If a run is interrupted, the next one goes on from there, unless the program
// has changed; then it starts anew.
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

constexpr std::size_t kBatch = 256;  // documents in one transaction (the drainer takes up to 1,024)
constexpr double kReportSeconds = 10;
constexpr std::uintmax_t kFreeBytes = 4ULL << 30U;          // the import stops if the disk has less left
constexpr std::int64_t kStart = INT64_C(1767225600000000);  // 2026-01-01
constexpr std::int64_t kDays30 = INT64_C(30) * 86400 * 1000000;
constexpr const char* kLastWeek = "2026-01-24T00:00:00Z";
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Returns the capture of a VM's revision: a definition if the revision changed the document, else the start or the end
// of a run in turn.
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
  double seconds = 0;        // that the whole import took
  double first_seconds = 0;  // that the first capture of every VM took
  double memory = 0;         // the most of the importing process, in MiB; if there were several runs, of the last

  explicit Fleet(const Options& options)
      : count(options.vms),
        revisions(options.revisions),
        folder(options.work / (std::to_string(options.vms) + "x" + std::to_string(options.revisions))) {
    if (options.work.empty()) throw std::runtime_error("scale needs --work");
    // The file's first line is the program's digest. Each later line has documents, seconds and MiB so far.
    const fs::path progress_file = folder / "progress";
    const std::string program = digest_of_this_program();
    {
      std::ifstream progress(progress_file);
      std::string by;
      if (!(progress >> by) || by != program) fs::remove_all(folder);
      for (std::size_t documents = 0; progress >> documents >> seconds >> memory;)
        if (documents == count) first_seconds = seconds;
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
        for (const std::size_t end = std::min(next < count ? count : all, next + kBatch); next < end; ++next)
          vms->store().capture(event_of(next % count, next / count, count, revisions));
        transaction.commit();
      }
      seconds = before + seconds_since(start);
      memory = peak_mib();
      if (next == count) first_seconds = seconds;
      if (seconds - reported < kReportSeconds && next < all && next != count) continue;
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
  for (const std::int64_t id : ids)
    times.push_back(seconds_of([&] { (void)fleet.vms->store().captured_xml(id); }) * 1e3);
  return one(quantile(times, 0.99));
}

// Returns the values of the recipes' parameters. Parameters that are not here have defaults that suit any fleet.
std::map<std::string, std::string> parameters(std::size_t vms) {
  const FleetVm middle(kSeed, vms / 40 * 20);
  return {{"mac", middle.mac(0)},
          {"image", middle.image(0)},
          {"address", middle.host_pci_address()},
          {"host", middle.host()},
          {"from", middle.host()},
          {"to", FleetVm(kSeed, 0).host()},
          {"since", kLastWeek},
          {"now", "2026-01-31T00:00:00Z"},
          {"pool", "default"},
          {"vm", middle.name()},
          {"volume", "data.qcow2"},
          {"target", "vdz"},
          {"uuid", FleetVm(kSeed, vms).uuid()}};
}

enum class Access { kRead, kWrite };

// Returns the milliseconds that the SQL takes in a fresh shell, by the shell's own timer. Closes the fleet's database.
Figure in_shell(const Options& options, const std::string& about, const std::string& commands, Access access) {
  constexpr double kLimitSeconds = 600;
  Fleet& fleet = Fleet::made(options);
  if (fleet.vms) {
    (void)fleet.vms->file_size();
    fleet.vms.reset();  // the shell may write, and only one program may at a time
  }
  const Folder folder;
  std::ofstream(folder.path / "script") << ".bail on\n.load " << (options.build / "sqlite_ext/virtsql").string()
                                        << "\n.cd " << folder.path.string() << "\n.parameter init\n.output "
                                        << (folder.path / "rows").string() << "\n.timer on\n"
                                        << commands << "\n";
  Launch launch{
      {"timeout", std::to_string(kLimitSeconds), "sqlite3", "-batch"}, folder.path / "script", folder.path / "printed"};
  if (access == Access::kRead)  // as sql/virtsql opens it
    launch.arguments.insert(launch.arguments.end(), {"-readonly", "-mmap", "2147418112"});
  launch.arguments.push_back(fleet.folder / "vms.db");
  Figure figure{0, kNone, about, {}};
  if (const Ended ended = run(launch); ended.status != 0)
    figure.skipped = ended.seconds >= kLimitSeconds ? "more than 10 minutes" : "failed";
  std::ifstream printed(launch.output);
  for (std::string line; std::getline(printed, line);)
    if (line.starts_with("Run Time: real ")) figure.ours += std::strtod(line.c_str() + 15, nullptr) * 1e3;
  return figure;
}

Figure recipe(const Options& options, const std::string& name) {
  std::string commands;
  for (const auto& [key, value] : parameters(options.vms))
    if (key != "host" || name != "host_summary") commands += ".parameter set :" + key + " \"'" + value + "'\"\n";
  const std::string read = ".read " + (options.sources / "sql/recipes" / (name + ".sql")).string();
  const std::set<std::string> writing = {"attach_mdev", "attach_volume", "new_vm", "set_discard"};
  if (!writing.contains(name)) return in_shell(options, name, commands + read, Access::kRead);
  // Rolled back, so that each recipe starts from the same database.
  return in_shell(options, name, commands + "BEGIN;\n" + read + "\nROLLBACK;", Access::kWrite);
}

// The recipes that read captured documents, besides tables, and compare what they mean.
const std::set<std::string> kReadDocuments = {"changed_this_week", "pending_changes"};

// Measures the recipes of sql/recipes that are in kReadDocuments, or those that are not. It leaves out export_xml,
// which writes every VM's XML and has a row of its own.
std::vector<Figure> recipes(const Options& options, bool documents) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(options.sources / "sql/recipes")) {
    const std::string name = entry.path().stem();
    if (entry.path().extension() == ".sql" && name != "export_xml" && kReadDocuments.contains(name) == documents)
      names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  std::vector<Figure> out;
  for (const std::string& name : names) out.push_back(recipe(options, name));
  return out;
}

// Returns the milliseconds of domain_xml of every VM, with which other figures are compared.
double all_xml_ms(const Options& options) {
  static const double ms =
      in_shell(options, "", "SELECT sum(length(domain_xml(uuid))) FROM virtual_machines;", Access::kRead).ours;
  return ms;
}

std::vector<Figure> beside_all_xml(const Options& options, Figure figure) {
  figure.peer = all_xml_ms(options);
  figure.about = "";
  return {figure};
}

}  // namespace

const std::vector<Row>& scale_rows() {
  static const std::vector<Row> rows = {
      {"import of a new VM", "", "us", flat(1.25),
       [](const Options& options) {
         const Fleet& fleet = Fleet::made(options);
         return one(fleet.first_seconds * 1e6 / static_cast<double>(fleet.count));
       },
       "a new VM's index entries, by its UUID, are on some 44 pages of their own, each read, and written twice; the "
       "CPU time is flat (PROFILE.md)"},
      {"import of a known VM's next capture", "", "us", flat(1.25),
       [](const Options& options) {
         const Fleet& fleet = Fleet::made(options);
         if (fleet.revisions < 2) return std::vector<Figure>{{0, kNone, "", "each has one capture"}};
         return one((fleet.seconds - fleet.first_seconds) * 1e6 /
                    static_cast<double>(fleet.count * (fleet.revisions - 1)));
       },
       ""},
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
      {"find by", "", "ms", at_most(0.1),
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
      // The rows from here on run in shells. The first of them closes the fleet's database, so no later row may use it.
      {"all findings", "", "ms", at_most(10000),
       [](const Options& options) -> std::vector<Figure> {
         return {in_shell(options, "", "SELECT count(*) FROM findings;", Access::kRead)};
       },
       "rules that compare all VMs with each other"},
      {"recipe export_xml", "domain_xml of all", "ms", times_peer(1.1),
       [](const Options& options) { return beside_all_xml(options, recipe(options, "export_xml")); },
       "a file for each VM is made and written"},
      {"domain_drift of all", "domain_xml of all", "ms", times_peer(1.5),
       [](const Options& options) {
         return beside_all_xml(options, in_shell(options, "",
                                                 "SELECT count(*) FROM virtual_machines AS v, "
                                                 "domain_drift(v.uuid);",
                                                 Access::kRead));
       },
       "the rows of each VM are read and their XML compared with what was captured"},
      {"recipe", "", "ms", at_most(1000), [](const Options& options) { return recipes(options, false); },
       "every VM is read"},
      {"recipe", "", "ms", kInformation, [](const Options& options) { return recipes(options, true); }, ""},
  };
  return rows;
}

}  // namespace virtsql::bench
