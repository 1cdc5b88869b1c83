#include "hook/fleet/postgres_store.h"

#include <boost/json.hpp>
#include <ctime>

#include "core/base/hex.h"
#include "core/base/version.h"
#include "core/schema/schema_digest.h"

namespace virtsql {
namespace {

// SQLSTATEs that hello() and own_source() raise, see sql/fleet/store.sql.
constexpr std::string_view kRefusesHost = "28000";
constexpr std::string_view kNoRight = "42501";
constexpr std::string_view kInUse = "55006";
// The SQLSTATE that expect_vms() and expect_documents() raise, see sql/fleet/history.sql.
constexpr std::string_view kDiffers = "40001";
constexpr std::string_view kUndefinedSchema = "3F000";
constexpr std::string_view kUndefinedFunction = "42883";

std::string bytea_json(std::string_view bytes) { return R"("\\x)" + hex(bytes) + "\""; }

std::string joined(const std::vector<const std::string*>& lists) {
  std::string out;
  for (const std::string* list : lists) {
    if (*list == "[]") continue;
    out += (out.empty() ? "[" : ",") + list->substr(1, list->size() - 2);
  }
  return out.empty() ? "[]" : out + "]";
}

std::string now() {
  timespec time{};
  (void)clock_gettime(CLOCK_REALTIME, &time);
  return std::to_string(time.tv_sec) + "." + std::to_string(1000000000 + time.tv_nsec).substr(1);
}

}  // namespace

PostgresStore::PostgresStore(const std::string& conninfo, const HostIdentity& host, Hello hello)
    : postgres_(conninfo, "virtsql-push") {
  try {
    if (hello == Hello::kUndone) postgres_.execute("BEGIN");
    const PostgresResult answer = postgres_.query(
        {"SELECT wait_ms, kept_from, schema_sha256 FROM virtsql.hello($1, $2, $3, $4, to_timestamp($5::double "
         "precision))",
         {host.database_id, host.name, std::string(program_version()), std::to_string(host.schema_version), now()}});
    if (const std::int64_t wait = answer.integer(0, 0); wait > 0)
      throw StoreBusy(std::chrono::milliseconds(wait), "the store has enough pushers (store.max_pushers)");
    kept_from_ = answer.integer(0, 1);
    if (answer.text(0, 2) != kFleetSchemaSha256) {
      const PostgresResult columns = postgres_.query({"SELECT table_name, column_name FROM virtsql.columns()", {}});
      for (int i = 0; i < columns.rows(); ++i) columns_[std::string(columns.text(i, 0))].emplace(columns.text(i, 1));
    }
  } catch (const PostgresError& error) {
    if (error.state == kInUse) throw StoreBusy(std::chrono::seconds(5), error.what());
    if (error.state == kRefusesHost || error.state == kNoRight) throw StoreRefusal(error.what());
    if (error.state == kUndefinedSchema || error.state == kUndefinedFunction)
      throw StoreRefusal("the database is no store of virtsql, or of an older one: virtsql-fleet init makes it (" +
                         std::string(error.what()) + ")");
    throw;
  }
}

Holdings PostgresStore::known() {
  Holdings out;
  const PostgresResult vms = postgres_.query({"SELECT vm, sha256 FROM virtsql.known_vms()", {}});
  for (int i = 0; i < vms.rows(); ++i) out.vms[std::string(vms.text(i, 0))] = vms.bytes(i, 1);
  const PostgresResult parts = postgres_.query({"SELECT name, number, sha256 FROM virtsql.known_parts()", {}});
  for (int i = 0; i < parts.rows(); ++i)
    out.parts[{std::string(parts.text(i, 0)), parts.integer(i, 1)}] = parts.bytes(i, 2);
  const PostgresResult days = postgres_.query({"SELECT day, captures, total FROM virtsql.known_days()", {}});
  for (int i = 0; i < days.rows(); ++i) out.days[days.integer(i, 0)] = {days.integer(i, 1), days.integer(i, 2)};
  out.refusals = postgres_.query({"SELECT virtsql.known_refusals()", {}}).text(0, 0) == "t";
  return out;
}

std::map<std::string, TableDigests> PostgresStore::known_tables(const std::vector<std::string>& vms) {
  std::map<std::string, TableDigests> out;
  const PostgresResult answer =
      postgres_.query({"SELECT vm, name, digest FROM virtsql.known_tables($1)", {Postgres::array(vms)}});
  for (int i = 0; i < answer.rows(); ++i)
    out[std::string(answer.text(i, 0))][std::string(answer.text(i, 1))] = answer.text(i, 2);
  return out;
}

std::set<std::int64_t> PostgresStore::known_captures(std::int64_t first, std::int64_t last) {
  std::set<std::int64_t> out;
  const PostgresResult answer =
      postgres_.query({"SELECT * FROM virtsql.known_captures($1, $2)", {std::to_string(first), std::to_string(last)}});
  for (int i = 0; i < answer.rows(); ++i) out.insert(answer.integer(i, 0));
  return out;
}

std::vector<std::string> PostgresStore::missing_documents(const std::vector<std::string>& digests) {
  std::vector<std::string> spelled;
  for (const std::string& digest : digests) spelled.push_back(Postgres::bytea(digest));
  const PostgresResult answer =
      postgres_.query({"SELECT * FROM virtsql.missing_documents($1)", {Postgres::array(spelled)}});
  std::vector<std::string> out;
  for (int i = 0; i < answer.rows(); ++i) out.push_back(answer.bytes(i, 0));
  return out;
}

std::int64_t PostgresStore::transaction(const std::vector<PostgresCall>& calls) {
  try {
    std::int64_t changed = 0;
    for (const PostgresResult& answer : postgres_.transaction(calls)) changed += answer.integer(0, 0);
    return changed;
  } catch (const PostgresError& error) {
    if (error.state == kDiffers) throw StoreDiffers(error.what());
    if (error.state == kNoRight) throw StoreRefusal(error.what());
    if (error.state == kUndefinedFunction)
      throw StoreRefusal("the store is older than this program: virtsql-fleet upgrade (" + std::string(error.what()) +
                         ")");
    if (error.is_value_error()) throw BatchRefused(error.what());
    throw;
  }
}

std::int64_t PostgresStore::push(const Batch& batch) {
  std::vector<PostgresCall> calls;
  std::vector<std::string> believed;
  std::vector<std::string> digests;
  for (const auto& [vm, digest] : batch.expected) {
    believed.push_back(vm);
    digests.push_back(Postgres::bytea(digest));
  }
  if (!believed.empty())
    calls.push_back({"SELECT virtsql.expect_vms($1, $2)", {Postgres::array(believed), Postgres::array(digests)}});
  std::string parts;
  for (const PartRows& part : batch.parts) {
    if (has_table(part.key.table))
      calls.push_back({"SELECT virtsql.put_" + part.key.table + "($1, $2, $3)",
                       {std::to_string(part.key.first()), std::to_string(part.key.last()), part.rows}});
    else
      calls.push_back({"SELECT virtsql.put_unplaced($1, NULL, $2, $3)",
                       {part.key.table, std::to_string(part.key.part), part.rows}});
    parts += (parts.empty() ? "[{" : ",{") + (R"("table_name":")" + part.key.table) + R"(","part":)" +
             std::to_string(part.key.part) + R"(,"push_sha256":)" +
             (part.digest.empty() ? "null" : bytea_json(part.digest)) + "}";
  }
  // Grouped by table, so that each put function is called once for all VMs whose rows in its table are replaced.
  std::map<std::string, std::pair<std::vector<std::string>, std::vector<const std::string*>>> tables;
  for (const VmRows& vm : batch.vms)
    for (const auto& [table, rows] : vm.rows) {
      tables[table].first.push_back(vm.uuid);
      tables[table].second.push_back(&rows);
    }
  for (const auto& [table, what] : tables) {
    if (has_table(table))
      calls.push_back({"SELECT virtsql.put_" + table + "($1, $2)", {Postgres::array(what.first), joined(what.second)}});
    else
      calls.push_back(
          {"SELECT virtsql.put_unplaced($1, $2, NULL, $3)", {table, Postgres::array(what.first), joined(what.second)}});
  }
  if (!batch.dropped_vms.empty())
    calls.push_back({"SELECT virtsql.drop_vms($1)", {Postgres::array(batch.dropped_vms)}});
  if (!parts.empty()) calls.push_back({"SELECT virtsql.put_parts($1)", {parts + "]"}});
  return transaction(calls);
}

void PostgresStore::say_refused(const std::map<std::string, std::string>& refused) {
  boost::json::array rows;
  for (const auto& [what, why] : refused) rows.push_back({{"what", what}, {"reason", why}});
  (void)transaction({{"SELECT virtsql.put_refusals($1)", {boost::json::serialize(rows)}}});
}

std::int64_t PostgresStore::push(const CaptureBatch& batch, std::vector<std::string> documents) {
  std::vector<PostgresCall> calls;
  // Moved, because they are the bulk of a batch.
  for (std::string& rows : documents) calls.push_back({"SELECT virtsql.put_documents($1)", {std::move(rows)}});
  calls.push_back({"SELECT virtsql.put_captures($1)", {batch.captures}});
  if (!batch.present.empty()) {
    std::vector<std::string> present;
    for (const std::string& digest : batch.present) present.push_back(Postgres::bytea(digest));
    calls.push_back({"SELECT virtsql.expect_documents($1)", {Postgres::array(present)}});
  }
  for (const CaptureBatch::Changes& changes : batch.changes)
    calls.push_back(
        {"SELECT virtsql.put_changes($1, $2, $3)", {changes.vm_uuid, "{" + changes.compared + "}", changes.rows}});
  return transaction(calls);
}

}  // namespace virtsql
