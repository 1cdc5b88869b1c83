// Start-up: the CPU time of a fresh shell that loads the extension and asks for its first domain_xml, at most 8 times
// that of a bare shell on an empty database; the CPU time of .load, at most 1 ms more than for an extension that only
// links the same libraries; and the size of a database without a VM, at most 2 MB.
#include "bench/database.h"
#include "bench/measure.h"
#include "bench/process.h"
#include "bench/row.h"

namespace virtsql::bench {
namespace {

constexpr int kRounds = 100;

double cpu_ms(const Launch& launch) {
  const Ended ended = run(launch);
  if (ended.status != 0) throw std::runtime_error(launch.arguments[0] + " failed");
  return ended.cpu_seconds * 1e3;
}

// The median CPU milliseconds of two kinds of shell, which take turns.
struct Pair {
  double one = 0, other = 0;

  Pair(const Launch& launch_one, const Launch& launch_other) {
    std::vector<double> ones, others;
    for (int i = 0; i < kRounds; ++i) {
      ones.push_back(cpu_ms(launch_one));
      others.push_back(cpu_ms(launch_other));
    }
    one = median(ones);
    other = median(others);
  }
};

const std::string kShells = std::to_string(kRounds) + " shells";

Figure beside_bare_shell(const std::vector<std::string>& arguments) {
  const Folder folder;
  const Pair times({arguments}, {{"sqlite3", folder.path / "empty.db", "SELECT 1"}});
  return {times.one, times.other, kShells, ""};
}

std::vector<std::string> loading(const std::filesystem::path& extension) {
  return {"sqlite3", "-cmd", ".load " + extension.string(), ":memory:", "SELECT 1"};
}

std::vector<Figure> first_domain_xml(const Options& options) {
  const Folder folder;
  const std::filesystem::path database = folder.path / "vms.db";
  {
    Vms vms(database);
    vms.import_all(fleet_documents(100));
    (void)vms.file_size();
  }
  return {beside_bare_shell({"sqlite3", "-cmd", ".load " + (options.build / "sqlite_ext/virtsql").string(), database,
                             "SELECT domain_xml('" + FleetVm(kSeed, 0).uuid() + "')"})};
}

std::vector<Figure> load_alone(const Options& options) {
  return {beside_bare_shell(loading(options.build / "sqlite_ext/virtsql"))};
}

std::vector<Figure> load_beyond_libraries(const Options& options) {
  const Pair times({loading(options.build / "sqlite_ext/virtsql")},
                   {loading(options.build / "bench/linked_libraries")});
  return {{times.one - times.other, std::numeric_limits<double>::quiet_NaN(), kShells, ""}};
}

std::vector<Figure> empty_database(const Options&) {
  const Folder folder;
  Vms vms(folder.path / "vms.db");
  return {{vms.file_size() / 1e6, std::numeric_limits<double>::quiet_NaN(), "", ""}};
}

}  // namespace

const std::vector<Row>& startup_rows() {
  static const std::vector<Row> rows = {
      {"fresh shell, .load, first domain_xml, CPU time", "a bare shell's SELECT 1", "ms", times_peer(8),
       first_domain_xml,
       "SQLite reads the whole schema before it prepares any statement; tables, indexes, views and .load alone are "
       "beyond "
       "the bound (PROFILE.md)"},
      {"fresh shell, .load alone, CPU time", "a bare shell's SELECT 1", "ms", kInformation, load_alone, ""},
      {"fresh shell, .load alone, CPU time more than for an extension that only links the same libraries", "", "ms",
       at_most(1), load_beyond_libraries, "the constants of the catalog and their addresses"},
      {"an empty database", "", "MB", at_most(2), empty_database,
       "a page for each table and each index; each device kind of libvirt has a table of its own"},
  };
  return rows;
}

}  // namespace virtsql::bench
