#include "hook/fleet/loader.h"

#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/excerpt.h"
#include "core/base/sha256.h"
#include "core/base/sql_quote.h"
#include "core/catalog/catalog.h"
#include "core/schema/fleet_tables.h"
#include "core/schema/sql_name.h"
#include "core/store/documents.h"

namespace virtsql {
namespace {

constexpr int kBitsOfAnId = 40;
// How many captures, with their documents, are in memory at once.
constexpr int kCapturesAtOnce = 500;

// The source that is loaded.
struct Source {
  std::string id;
  std::string name;
  std::int64_t moved_by = 0;  // what is added to its ids
};

// What SQLite takes no rows of: by the VM's UUID the table and why; of the host's own tables under the empty UUID.
using Refused = std::map<std::string, std::string>;

class Loader {
 public:
  // `sources`: all that are loaded, as PostgreSQL spells an array.
  Loader(Postgres& postgres, Database& database, std::string sources)
      : postgres_(postgres),
        database_(database),
        tables_(fleet_tables(Catalog::standard())),
        sources_(std::move(sources)) {
    for (const Table* table : Catalog::standard().tables())
      for (const Name& name : {table->owner_key, table->resource_key})
        if (!name.empty() && name != "vm_uuid") ids_.emplace(name);
  }

  // Loads the source without the VMs in `left_out`. Returns what SQLite refuses. Unless that is nothing, what was
  // loaded is to be rolled back.
  Refused load(const Source& source, const Refused& left_out) {
    std::vector<std::string> uuids;
    for (const auto& [uuid, why] : left_out) uuids.push_back(uuid);
    left_out_ = Postgres::array(uuids);
    refused_.clear();
    for (const FleetTable& table : tables_) load_table(table, source);
    if (!refused_.empty()) return refused_;
    documents_ = std::make_unique<Documents>(database_);  // another one may know documents that were rolled back
    seq_moved_by_ = 0;
    moved_captures_.clear();
    load_captures(source);
    // The greatest id first: the new id of one may be the old id of the next.
    for (; !moved_captures_.empty(); moved_captures_.pop_back())
      renumber_capture(moved_captures_.back().first, moved_captures_.back().second, source);
    return refused_;
  }

 private:
  // The names of the columns that can be written: those that are not generated.
  std::set<std::string> stored_columns(const FleetTable& table) {
    std::set<std::string> out;
    Use rows(database_.prepared("SELECT name FROM pragma_table_xinfo(?1) WHERE hidden = 0"));
    rows->bind_text(1, table.name);
    while (rows->step()) out.emplace(rows->get_text(0));
    return out;
  }

  void load_table(const FleetTable& table, const Source& source) {
    const std::set<std::string> stored = stored_columns(table);
    const bool has_vm_uuid = table.of_vm && stored.contains("vm_uuid");
    std::vector<const FleetColumn*> columns;
    for (const FleetColumn& column : table.columns)
      if (stored.contains(column.host_name)) columns.push_back(&column);
    std::string selected;
    std::string names;
    std::string values;
    const auto add = [&](const std::string& sql, const std::string& name) {
      selected += (selected.empty() ? "SELECT " : ", ") + sql;
      names += (names.empty() ? "" : ", ") + quote_identifier(name);
      values += (values.empty() ? "?" : ", ?");
    };
    for (const FleetColumn* column : columns) add(value(table, *column, source), column->host_name);
    // The UUID in the host's spelling, which the VM's own row has.
    // clang-format off
    if (has_vm_uuid) add(R"SQL(
        (SELECT m.uuid FROM virtsql.virtual_machines AS m WHERE m.vm_uuid = t.vm_uuid AND m.source_id = t.source_id))SQL", "vm_uuid");
    const int vm = static_cast<int>(columns.size()) + (has_vm_uuid ? 1 : 0);
    if (table.of_vm) selected += ", t.vm_uuid";
    std::string sql = selected + " FROM virtsql." + quote_identifier(table.name) + " AS t WHERE t.source_id = $1";
    // Of a VM that several sources claim, the one with the best claim; if that is not loaded, one that is.
    if (table.of_vm) sql += R"SQL(
        AND (NOT EXISTS (SELECT 1 FROM virtsql.contested AS c WHERE c.vm_uuid = t.vm_uuid) OR t.source_id =
          CASE WHEN virtsql.current_source(t.vm_uuid) = ANY ($2::integer[]) THEN virtsql.current_source(t.vm_uuid)
            ELSE (SELECT min(m.source_id) FROM virtsql.virtual_machines AS m
              WHERE m.vm_uuid = t.vm_uuid AND m.source_id = ANY ($2::integer[])) END)
        AND t.vm_uuid <> ALL ($3::uuid[]))SQL";
    if (has_vm_uuid) sql += R"SQL(
        AND EXISTS (SELECT 1 FROM virtsql.virtual_machines AS m WHERE m.vm_uuid = t.vm_uuid AND m.source_id = t.source_id))SQL";
    // clang-format on
    PostgresCall call{sql, {source.id}};
    if (table.of_vm) call.parameters.insert(call.parameters.end(), {sources_, left_out_});
    const PostgresResult rows = postgres_.query(call);
    Statement& insert =
        database_.prepared("INSERT INTO " + quote_identifier(table.name) + " (" + names + ") VALUES (" + values + ")");
    for (int row = 0; row < rows.rows(); ++row) {
      Use use(insert);
      std::vector<std::string> bytes(columns.size());
      for (std::size_t i = 0; i < columns.size() + (has_vm_uuid ? 1 : 0); ++i) {
        const int at = static_cast<int>(i);
        if (rows.is_null(row, at)) {
          use->bind_null(at + 1);
        } else if (i < columns.size() && columns[i]->type == FleetType::kBytea) {
          bytes[i] = rows.bytes(row, at);
          use->bind_blob(at + 1, bytes[i]);
        } else if (i < columns.size() && columns[i]->type == FleetType::kDouble) {
          // Infinity comes as text from `extra`, which a column for numbers would refuse.
          use->bind_real(at + 1, std::strtod(std::string(rows.text(row, at)).c_str(), nullptr));
        } else {
          use->bind_text(at + 1, rows.text(row, at));
        }
      }
      try {
        use->run();
      } catch (const DatabaseError& error) {
        refuse(table.of_vm ? std::string(rows.text(row, vm)) : "", table.name, error);
      }
    }
  }

  // Notes that SQLite refuses a row. Throws the error if it is not about that row.
  void refuse(const std::string& uuid, const std::string& what, const DatabaseError& error) {
    if (!is_value_error(error.code)) throw error;
    refused_.emplace(uuid, what + ": " + error.what());
  }

  // SQL for a column's value in the store. A value that the column's type in PostgreSQL could not hold is text in
  // `extra`.
  std::string value(const FleetTable& table, const FleetColumn& column, const Source& source) const {
    std::string name = "t." + quote_identifier(column.name);
    if (table.name == "hosts" && column.name == "name")
      return "CASE WHEN EXISTS (SELECT 1 FROM virtsql.hosts AS o WHERE o.name = t.name AND o.source_id <> t.source_id) "
             "THEN t.name || ' (source ' || t.source_id || ')' ELSE t.name END";
    if (is_id(column.name)) return name + " + " + std::to_string(source.moved_by);
    if (column.type == FleetType::kBytea) return name;
    const std::string key = postgres_.quoted_literal(column.name);
    return "coalesce(CASE jsonb_typeof(t.extra->" + key + ") WHEN 'string' THEN t.extra->>" + key + " END, " + name +
           "::text)";
  }

  bool is_id(const std::string& name) const {
    return name == "id" || name == "host_id" || name == "owner_id" || name == "parent_id" || ids_.contains(name);
  }

  void load_captures(const Source& source) {
    std::string selected;
    for (const FleetColumn& column : fleet_capture_columns())
      selected += (selected.empty() ? "SELECT " : ", ") + capture_value(column);
    // clang-format off
    const std::string sql = selected + R"SQL(
        FROM virtsql.captures AS c
          LEFT JOIN virtsql.documents AS d ON d.source_id = c.source_id AND d.sha256 = c.document_sha256
        WHERE c.source_id = $1 AND c.id > $2 ORDER BY c.id LIMIT )SQL" + std::to_string(kCapturesAtOnce);
    // clang-format on
    std::string after = "-9223372036854775808";
    for (;;) {
      const PostgresResult rows = postgres_.query({sql, {source.id, after}});
      if (rows.rows() == 0) return;
      for (int row = 0; row < rows.rows(); ++row) {
        try {
          load_capture(rows, row, source);
        } catch (const DatabaseError& error) {
          refuse("", "capture " + std::string(rows.text(row, place_of_capture_column("id"))), error);
        }
      }
      after = rows.text(rows.rows() - 1, place_of_capture_column("id"));
    }
  }

  // SQL for the column of a capture `c` with its document `d`. Instead of a document's digest it gives its bytes.
  static std::string capture_value(const FleetColumn& column) {
    if (column.name == "document_sha256") return "coalesce(d.raw, convert_to(d.document, 'UTF8'))";
    // clang-format off
    if (column.name == "vm_uuid") return R"SQL(
        coalesce((SELECT m.uuid FROM virtsql.virtual_machines AS m WHERE m.vm_uuid = c.vm_uuid AND m.source_id = c.source_id),
          c.vm_uuid::text))SQL";
    // clang-format on
    return "c." + column.name;
  }

  // SQL that inserts a capture; parameter i + 1 is column i of fleet_capture_columns().
  static const std::string& capture_insertion() {
    static const std::string sql = "INSERT INTO captures (" + capture_columns_sql() + ") VALUES (" +
                                   join(std::vector<std::string>(fleet_capture_columns().size(), "?"), ", ") + ")";
    return sql;
  }

  void load_capture(const PostgresResult& rows, int row, const Source& source) {
    static const int kId = place_of_capture_column("id"), kSeq = place_of_capture_column("seq"),
                     kHostId = place_of_capture_column("host_id"), kKind = place_of_capture_column("kind"),
                     kVmUuid = place_of_capture_column("vm_uuid"),
                     kDocument = place_of_capture_column("document_sha256");
    std::string digest;
    if (!rows.is_null(row, kDocument)) {
      const std::string document = rows.bytes(row, kDocument);
      digest = sha256(document);
      documents_->keep(document, digest, rows.text(row, kKind), rows.text(row, kVmUuid));
    }
    // Two hosts may have captures of the same microsecond: the later one that is loaded gets the next free id.
    const std::int64_t id = rows.integer(row, kId);
    const std::int64_t free_id = next_free_id(id);
    // A host that lost its newest captures, because its database was restored or replaced, gave their seq again. From
    // the first such capture on all come behind those that were lost, in their order.
    std::int64_t seq = rows.integer(row, kSeq) + source.moved_by;
    if (is_taken("seq", seq + seq_moved_by_))
      seq_moved_by_ = database_.query_int("SELECT max(seq) + 1 FROM captures") - seq;
    seq += seq_moved_by_;
    if (free_id != id) moved_captures_.emplace_back(id, free_id);
    Use insert(database_.prepared(capture_insertion()));
    for (int column = 0; column < static_cast<int>(fleet_capture_columns().size()); ++column) {
      const int parameter = column + 1;
      if (rows.is_null(row, column))
        insert->bind_null(parameter);
      else if (column == kId)
        insert->bind_int(parameter, free_id);
      else if (column == kSeq)
        insert->bind_int(parameter, seq);
      else if (column == kHostId)
        insert->bind_int(parameter, rows.integer(row, column) + source.moved_by);
      else if (column == kDocument)
        insert->bind_blob(parameter, digest);
      else
        insert->bind_text(parameter, rows.text(row, column));
    }
    insert->run();
  }

  // Whether a capture that is loaded has the value in the column.
  bool is_taken(const std::string& column, std::int64_t value) {
    Use taken(database_.prepared("SELECT 1 FROM captures WHERE " + column + " = ?1"));
    taken->bind_int(1, value);
    return taken->step();
  }

  std::int64_t next_free_id(std::int64_t id) {
    while (is_taken("id", id)) ++id;
    return id;
  }

  // Lets the source's rows that were made from the capture name it by its new id.
  void renumber_capture(std::int64_t id, std::int64_t moved_to, const Source& source) {
    for (const Table* table : Catalog::standard().tables()) {
      if (!table->is_root()) continue;
      Use update(database_.prepared("UPDATE " + quote_identifier(table->name) +
                                    " SET capture_id = ?1 WHERE capture_id = ?2 AND id BETWEEN ?3 AND ?4"));
      update->bind_int(1, moved_to);
      update->bind_int(2, id);
      update->bind_int(3, source.moved_by);
      update->bind_int(4, source.moved_by + (INT64_C(1) << kBitsOfAnId) - 1);
      update->run();
    }
  }

  Postgres& postgres_;
  Database& database_;
  std::unique_ptr<Documents> documents_;
  const std::vector<FleetTable> tables_;
  const std::string sources_;
  std::string left_out_;  // UUIDs of VMs, as PostgreSQL spells an array
  Refused refused_;
  std::int64_t seq_moved_by_ = 0;  // what is added to the seq of this source's captures from here on
  std::set<std::string, std::less<>> ids_;
  // Captures of this source whose id another source has, with their new ids, in the order of the old ones.
  std::vector<std::pair<std::int64_t, std::int64_t>> moved_captures_;
};

std::string sentence(const Source& source, const std::string& uuid, const std::string& why) {
  return (uuid.empty() ? "" : "VM " + uuid + " of ") + "host " + quoted_excerpt(source.name) + " (source " + source.id +
         "): " + why;
}

// Loads the source but for VMs of which SQLite refuses a row, or not at all if it refuses a row of the host's own
// tables. Adds to `left_out` what that is. Returns whether the source is loaded.
bool load_source(Loader& loader, Database& database, const Source& source, std::vector<std::string>& left_out) {
  for (Refused vms;;) {
    Savepoint savepoint(database);
    const Refused refused = loader.load(source, vms);
    if (refused.empty()) {
      savepoint.release();
      return true;
    }
    for (const auto& [uuid, why] : refused) left_out.push_back(sentence(source, uuid, why));
    if (refused.contains("")) return false;
    vms.insert(refused.begin(), refused.end());
  }
}

}  // namespace

int load_hosts(Postgres& postgres, Database& database, const std::string& host, std::vector<std::string>& left_out) {
  // One snapshot for all that is read. Otherwise a push that comes between two tables would give VMs without their
  // devices. The transaction is idle while SQLite stores what was read, which the server shall not take for neglect.
  postgres.execute(
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0");
  // clang-format off
  const PostgresResult sources = postgres.query({R"SQL(
      SELECT s.source_id, s.database_id, s.name FROM virtsql.sources AS s
      WHERE s.database_id IS NOT NULL AND s.retired_at IS NULL AND ($1 = '' OR s.name = $1
        OR EXISTS (SELECT 1 FROM virtsql.hosts AS h WHERE h.source_id = s.source_id AND h.name = $1)) ORDER BY 1)SQL", {host}});
  // clang-format on
  if (sources.rows() == 0)
    throw std::runtime_error(host.empty()
                                 ? "no host has pushed yet"
                                 : "no host " + quoted_excerpt(host) + "; SELECT name FROM virtsql.hosts lists them");
  const WithoutTriggers quiet(database.handle());
  database.execute("PRAGMA foreign_keys = OFF");
  Transaction transaction(database);
  database.execute("CREATE TABLE loaded_databases (database_id TEXT PRIMARY KEY, first_seq INTEGER NOT NULL)");
  std::vector<std::string> ids;
  for (int i = 0; i < sources.rows(); ++i) ids.emplace_back(sources.text(i, 0));
  Loader loader(postgres, database, Postgres::array(ids));
  for (int i = 0; i < sources.rows(); ++i) {
    const Source source{ids[static_cast<std::size_t>(i)], std::string(sources.text(i, 2)),
                        static_cast<std::int64_t>(i) << kBitsOfAnId};
    const bool is_loaded = load_source(loader, database, source, left_out);
    if (!host.empty() && !left_out.empty()) throw std::runtime_error("cannot be loaded: " + left_out.front());
    if (!is_loaded) continue;
    Use insert(database.prepared("INSERT INTO loaded_databases VALUES (?1, ?2)"));
    insert->bind_text(1, sources.text(i, 1));
    insert->bind_int(2, source.moved_by);
    insert->run();
  }
  postgres.execute("COMMIT");
  transaction.commit();
  return static_cast<int>(database.query_int("SELECT count(*) FROM virtual_machines"));
}

}  // namespace virtsql
