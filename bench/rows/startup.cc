// Start-up: what loading the extension and the first domain_xml add to a fresh shell. Bound: 5 ms over a bare shell.
#include "bench/database.h"
#include "bench/measure.h"
#include "bench/process.h"
#include "bench/row.h"

namespace virtsql::bench {
namespace {

constexpr int kRounds = 100;

std::vector<Figure> measure(const Options& options) {
  const Folder folder;
  const std::filesystem::path database = folder.path / "vms.db";
  {
    Vms vms(database);
    vms.import_all(fleet_documents(100));
    (void)vms.file_size();
  }
  const Launch ours{{"sqlite3", "-cmd", ".load " + (options.build / "sqlite_ext/virtsql").string(), database,
                     "SELECT domain_xml('" + FleetVm(kSeed, 0).uuid() + "')"}};
  const Launch bare{{"sqlite3", database, "SELECT 1"}};
  std::vector<double> with, without;
  for (int i = 0; i < kRounds; ++i) {
    with.push_back(run_ms(ours));
    without.push_back(run_ms(bare));
  }
  return {
      {median(with) - median(without),
       std::numeric_limits<double>::quiet_NaN(),
       std::to_string(kRounds) + " shells; a bare one takes " + std::to_string(median(without)).substr(0, 4) + " ms",
       {}}};
}

}  // namespace

const std::vector<Row>& startup_rows() {
  static const std::vector<Row> rows = {
      {"start-up: fresh shell, .load and the first domain_xml, beyond a bare shell's SELECT 1", "", "ms", at_most(5),
       measure,
       "two thirds are SQLite's reading of the schema, 248 tables with their indexes, triggers and views, before it "
       "prepares any statement; then the catalog, and the dynamic linker"},
  };
  return rows;
}

}  // namespace virtsql::bench
