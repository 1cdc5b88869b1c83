// Start-up: the CPU time of a fresh shell that loads the extension and asks for its first domain_xml, beside a bare
// shell on an empty database, and the size of a database without a VM. Bounds: 8 times; 2 MB.
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

// Median CPU milliseconds of a shell that runs what it is given, and of a bare one; they take turns.
Figure beside_bare_shell(const std::vector<std::string>& arguments) {
  const Folder folder;
  const Launch bare{{"sqlite3", folder.path / "empty.db", "SELECT 1"}};
  std::vector<double> with, without;
  for (int i = 0; i < kRounds; ++i) {
    with.push_back(cpu_ms({arguments}));
    without.push_back(cpu_ms(bare));
  }
  return {median(with), median(without), std::to_string(kRounds) + " shells", ""};
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
  return {beside_bare_shell(
      {"sqlite3", "-cmd", ".load " + (options.build / "sqlite_ext/virtsql").string(), ":memory:", "SELECT 1"})};
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
      {"an empty database", "", "MB", at_most(2), empty_database,
       "a page for each table and each index; each device kind of libvirt has a table of its own"},
  };
  return rows;
}

}  // namespace virtsql::bench
