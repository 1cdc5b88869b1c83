// Draining: the real virtsql-drain stores records of the spool in the database and verifies them. The peer is an import
// of the same documents in one transaction. Bounds: at least 0.8 times the import's rate if each record is a new VM,
// twice its rate if the VMs are known; memory that does not grow with the number of records.
#include <unistd.h>

#include "bench/database.h"
#include "bench/measure.h"
#include "bench/process.h"
#include "bench/row.h"
#include "core/spool/spool.h"

namespace virtsql::bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPeer = "import of new VMs, the same documents in one transaction";
constexpr std::size_t kNewVms = 4000;
constexpr int kRounds = 3;

// Returns `count` documents of the fleet's smallest, which have about 4 KB.
std::vector<std::string> small_documents(std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t index = 0; out.size() < count; ++index)
    if (std::string text = FleetVm(kSeed, index).xml(); text.size() < 5000) out.push_back(std::move(text));
  return out;
}

// Drains `records` records into a new database. They are of `vms` VMs in turn. Throws std::runtime_error if a record is
// missing in the database afterwards or is not exact.
Ended drained(const Options& options, std::size_t records, std::size_t vms) {
  const Folder folder;
  const fs::path database = folder.path / "vms.db";
  setenv("VIRTSQL_DB", database.c_str(), 1);
  const std::vector<std::string> documents = small_documents(vms);
  const int spool = spool::open_folder(folder.path / "spool");
  for (std::size_t i = 0; i < records; ++i) {
    Capture record = start_event(documents[i % vms]);
    record.id = static_cast<std::int64_t>(i) + 1;
    if (spool::write(spool, record) != 0) throw std::runtime_error("the spool cannot be written");
  }
  close(spool);
  const Ended ended = run({{options.build / "hook/virtsql-drain", "--wait"}});
  if (ended.status != 0) throw std::runtime_error("virtsql-drain failed");
  const Connection connection(database, SQLITE_OPEN_READONLY, kPatienceMilliseconds);
  if (Database(connection.handle()).query_int("SELECT count(*) FROM captures WHERE exact") !=
      static_cast<std::int64_t>(records))
    throw std::runtime_error("the drainer lost records, or they are not exact");
  return ended;
}

// Returns how many documents a second an import of new VMs takes, in one transaction.
double import_rate(const std::vector<std::string>& documents) {
  const Folder folder;
  Vms vms(folder.path / "vms.db");
  return static_cast<double>(documents.size()) / seconds_of([&] { vms.import_all(documents); });
}

std::vector<Figure> rate(const Options& options, std::size_t records, std::size_t vms) {
  const std::vector<std::string> documents = small_documents(kNewVms);
  std::size_t bytes = 0;
  for (const std::string& text : documents) bytes += text.size();
  std::vector<double> ours, import;
  for (int round = 0; round < kRounds; ++round) {
    ours.push_back(static_cast<double>(records) / drained(options, records, vms).seconds);
    import.push_back(import_rate(documents));
  }
  return {{median(ours), median(import),
           std::to_string(records) + " records of " + std::to_string(bytes / documents.size()) + " bytes", ""}};
}

}  // namespace

const std::vector<Row>& drain_rows() {
  static const std::vector<Row> rows = {
      {"drain, each record a new VM", kPeer, "documents/s", times_peer_or_more(0.8),
       [](const Options& options) { return rate(options, kNewVms, kNewVms); },
       "a new VM is an import of some 45 rows, most of it SQLite's insertions (see there), and a file that is opened, "
       "read and removed"},
      {"drain, records that repeat 100 VMs", kPeer, "documents/s", times_peer_or_more(2),
       [](const Options& options) { return rate(options, 10000, 100); },
       "each record is a row of the history and a file of its own, which is opened, read and removed"},
      {"drain, most memory", "the same with 1,000 records", "MiB", times_peer(1.1),
       [](const Options& options) -> std::vector<Figure> {
         return {{drained(options, 10000, 100).peak_mib, drained(options, 1000, 100).peak_mib, "10000 records", {}}};
       },
       ""},
  };
  return rows;
}

}  // namespace virtsql::bench
