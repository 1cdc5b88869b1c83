// The history: how many bytes of the database file a capture takes, and how long it takes to read one. Bounds: 220
// bytes for a capture that repeats a document, 420 bytes for a small change; 1 ms to read any revision and verify it
// against its SHA-256.
#include "bench/database.h"
#include "bench/measure.h"
#include "bench/row.h"

namespace virtsql::bench {
namespace {

constexpr std::size_t kVms = 10;
constexpr std::size_t kRepeats = 10000;
constexpr std::size_t kChanges = 5000;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Kept {
  double repeat_bytes = 0, change_bytes = 0;
  std::vector<double> read_ms;
  std::size_t damaged = 0, damaged_and_read = 0;

  Kept() {
    const Folder folder;
    Vms vms(folder.path / "vms.db");
    std::vector<FleetVm> machines;
    std::vector<std::string> documents;
    for (std::size_t i = 0; i < kVms; ++i) documents.push_back(machines.emplace_back(kSeed, i).xml());
    vms.import_all(documents);
    double before = vms.file_size();
    {
      Transaction transaction(vms.database());
      for (std::size_t i = 0; i < kRepeats; ++i) vms.capture_start(documents[i % kVms]);
      transaction.commit();
    }
    repeat_bytes = (vms.file_size() - before) / kRepeats;
    before = vms.file_size();
    {
      Transaction transaction(vms.database());
      for (std::size_t i = 0; i < kChanges; ++i) {
        machines[i % kVms].change_memory();
        vms.import(machines[i % kVms].xml());
      }
      transaction.commit();
    }
    change_bytes = (vms.file_size() - before) / kChanges;

    std::vector<std::int64_t> ids;
    {
      Statement select(vms.database().handle(), "SELECT id FROM captures WHERE source = 'import'");
      while (select.step()) ids.push_back(select.get_int(0));
    }
    for (const std::int64_t id : ids) read_ms.push_back(seconds_of([&] { (void)vms.store().captured_xml(id); }) * 1e3);

    // Puts the content of other documents into some rows of `documents`. These bytes can be decompressed and read, so
    // only the SHA-256 tells that they are wrong; captured_xml() must refuse them.
    const WithoutTriggers quiet(vms.database().handle());
    vms.database().execute(
        "UPDATE documents AS d SET content = (SELECT content FROM documents AS o WHERE o.keyframe_id = d.keyframe_id "
        "AND "
        "o.id > d.id ORDER BY o.id LIMIT 1) WHERE id % 50 = 0 AND EXISTS (SELECT 1 FROM documents AS o WHERE "
        "o.keyframe_id = d.keyframe_id AND o.id > d.id)");
    damaged = static_cast<std::size_t>(sqlite3_changes(vms.database().handle()));
    std::vector<std::int64_t> captures;
    {
      Statement select(
          vms.database().handle(),
          "SELECT c.id FROM captures AS c JOIN documents AS d ON d.sha256 = c.document_sha256 WHERE d.id % 50 = 0 "
          "AND EXISTS (SELECT 1 FROM documents AS o WHERE o.keyframe_id = d.keyframe_id AND o.id > d.id)");
      while (select.step()) captures.push_back(select.get_int(0));
    }
    if (captures.empty() || damaged == 0) throw std::runtime_error("no document was damaged");
    for (const std::int64_t id : captures) try {
        (void)vms.store().captured_xml(id);
        ++damaged_and_read;
      } catch (const std::runtime_error&) {
        // The error is what we want.
      }
  }

  static const Kept& made() {
    static const Kept kept;
    return kept;
  }
};

}  // namespace

const std::vector<Row>& history_rows() {
  static const std::vector<Row> rows = {
      {"a capture that repeats, in the database file", "", "bytes", at_most(220),
       [](const Options&) -> std::vector<Figure> {
         return {{Kept::made().repeat_bytes, kNone, std::to_string(kRepeats) + " captures", {}}};
       },
       "the row in captures, and its place in the index"},
      {"a small change (memory), in the database file", "", "bytes", at_most(420),
       [](const Options&) -> std::vector<Figure> {
         return {{Kept::made().change_bytes, kNone, std::to_string(kChanges) + " captures", {}}};
       },
       "the row in captures, the one in documents with its SHA-256 twice (row and index), and the compressed "
       "difference"},
      {"any revision read and verified, p99", "", "ms", at_most(1),
       [](const Options&) -> std::vector<Figure> {
         const std::vector<double>& times = Kept::made().read_ms;
         return {{quantile(times, 0.99), kNone, std::to_string(times.size()) + " revisions", {}}};
       },
       "the keyframe is decompressed for each"},
      {"revisions read without an error though their bytes are another's", "", "revisions", at_most(0),
       [](const Options&) -> std::vector<Figure> {
         return {{static_cast<double>(Kept::made().damaged_and_read),
                  kNone,
                  std::to_string(Kept::made().damaged) + " damaged revisions",
                  {}}};
       },
       ""},
  };
  return rows;
}

}  // namespace virtsql::bench
