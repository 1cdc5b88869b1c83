#include "hook/fleet/host.h"

#include <nettle/sha2.h>

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "core/base/excerpt.h"
#include "core/base/hex.h"
#include "core/base/letters.h"
#include "core/base/sql_quote.h"
#include "core/base/uuid.h"
#include "core/catalog/catalog.h"
#include "core/rows/document.h"
#include "core/rows/row_error.h"
#include "core/schema/ddl.h"
#include "core/schema/identity.h"
#include "core/spool/host_name.h"
#include "core/store/documents.h"
#include "core/xml/error.h"
#include "hook/fleet/json_row.h"

namespace virtsql {
namespace {

// How many hexadecimal digits of the SHA-256 a table's digest has. It tells two states of one VM apart and need not
// withstand attacks: 64 bits are enough.
constexpr std::size_t kTableDigestDigits = 16;
// How many VMs' rows one statement reads.
constexpr int kVmsAtOnce = 64;

class Digest {
 public:
  Digest() { sha256_init(&context_); }
  void add(std::string_view bytes) {
    sha256_update(&context_, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
    sha256_update(&context_, 1, reinterpret_cast<const std::uint8_t*>("\n"));
  }
  std::string end() {
    std::string out(SHA256_DIGEST_SIZE, '\0');
    sha256_digest(&context_, out.size(), reinterpret_cast<std::uint8_t*>(out.data()));
    return out;
  }
  std::string short_end() { return hex(end()).substr(0, kTableDigestDigits); }

 private:
  sha256_ctx context_{};
};

// One read transaction. It ends with the scope, whatever happens.
class ReadTransaction {
 public:
  explicit ReadTransaction(Database& database) : database_(database) { database_.execute("BEGIN"); }
  ~ReadTransaction() {
    try {
      database_.execute("COMMIT");
    } catch (const DatabaseError&) {
      // SQLite has ended it itself
    }
  }
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;

 private:
  Database& database_;
};

// SQL for all that the row of a resource says, with the rows below it, but nothing that is withheld. `row` is the row's
// alias.
std::string resource_sql(const Table& table, const std::string& row, const Withheld& withheld) {
  std::vector<std::string> values;
  for (const Column* column : table.columns)
    if (!withheld.has(table, column->name)) values.push_back(row + "." + quote_identifier(column->name));
  std::string out = joined_values_sql(values);
  for (const Table* child : table.child_tables) {
    const std::string below = row + "_";
    out += " || coalesce((SELECT group_concat(" + resource_sql(*child, below, withheld) + ") FROM (SELECT * FROM " +
           quote_identifier(child->name) + " WHERE " + quote_identifier(child->owner_key) + " = " + row +
           ".id ORDER BY id) AS " + below + "), '')";
  }
  return out;
}

// SQL for the part that the row `t` of a table is in.
std::string part_sql(const FleetTable& table) {
  return "t." + quote_identifier(table.id) + " / " + std::to_string(kPartSize);
}

// Adds a row to the digest of its table and VM: its JSON members and, in column `resource` of the result, what its
// resource says; 0: it has none. The store's state is known by these digests, so all are made here.
void add_row(Digest& digest, const Statement& row, const std::string& members, int resource) {
  digest.add(members);
  if (resource > 0) digest.add(row.get_text(resource));
}

std::string drift_json(const std::vector<Drift>& drifts, const Withheld& withheld) {
  boost::json::array out;
  for (const Drift& drift : drifts) {
    boost::json::object row = withheld.members(drift.difference);
    row["against"] = drift.against;
    out.push_back(std::move(row));
  }
  return boost::json::serialize(out);
}

}  // namespace

std::string digest_of(const TableDigests& tables) {
  Digest digest;
  for (const auto& [table, table_digest] : tables) digest.add(table + " " + table_digest);
  return digest.end();
}

Host::Host(const Config& config)
    : withheld_(Catalog::standard(), config.redact),
      connection_(config.database, SQLITE_OPEN_READONLY, kPatienceMilliseconds),
      database_(connection_.handle()),
      store_(database_, Catalog::standard()),
      tables_(fleet_tables(Catalog::standard())) {
  check_schema(database_, Catalog::standard(), Access::kRead);
  if (withheld_.any()) withheld_.make_functions(database_);
  for (const FleetTable& table : tables_) sources_.push_back(source_of(table));
}

HostIdentity Host::identity() {
  HostIdentity out;
  Use statement(database_.prepared("SELECT id, (SELECT user_version FROM pragma_user_version) FROM virtsql_database"));
  if (!statement->step()) throw StoreError("the database has no virtsql_database: it is of an older virtsql");
  const std::optional<std::string> id = parsed_uuid(statement->get_text(0));
  if (!id)
    throw StoreError("the database's identity, virtsql_database.id, is " + quoted_excerpt(statement->get_text(0)) +
                     ", which is no UUID; give it one: virtsql --write " + file_of(database_.handle()) +
                     " \"UPDATE virtsql_database SET id = '$(cat /proc/sys/kernel/random/uuid)'\"");
  out.database_id = *id;
  // A database that was made from a dump has user_version 0.
  out.schema_version = std::max(static_cast<int>(statement->get_int(1)), kSchemaVersion);
  out.name = host_name();
  return out;
}

Host::Source Host::source_of(const FleetTable& table) const {
  Source out;
  out.table = &table;
  const Table* const described = Catalog::standard().find_table(table.name);
  std::string columns;
  for (const FleetColumn& column : table.columns) {
    if (column.host_name.empty()) continue;
    if (described && withheld_.has(*described, column.host_name)) continue;
    // It was written at a capture, perhaps before a path was added to `redact`.
    if (column.host_name == "drift_details" && withheld_.any()) continue;
    out.columns.push_back(column);
    columns += ", " + (described ? withheld_.expression(*described, column.host_name)
                                 : "t." + quote_identifier(column.host_name));
  }
  std::string joins;
  std::string alias = "t";
  const FleetTable* at = &table;
  for (int depth = 1; table.of_vm && !at->owner.empty(); ++depth) {
    const std::string next = "o" + std::to_string(depth);
    joins += " JOIN " + quote_identifier(at->owner) + " AS " + next + " ON " + next + ".id = " + alias + "." +
             quote_identifier(at->owner_key);
    at = &*std::find_if(tables_.begin(), tables_.end(),
                        [&](const FleetTable& owner) { return owner.name == at->owner; });
    alias = next;
  }
  if (table.of_vm && described && described->resource) {
    // A VM's XML and drift change with the things that it uses, so its digest must change with them, too.
    columns += ", " + resource_sql(*described->resource, "r", withheld_);
    joins += " LEFT JOIN " + quote_identifier(described->resource->name) + " AS r ON r.id = t." +
             quote_identifier(described->resource_key);
    out.resource = static_cast<int>(out.columns.size()) + 1;
  }
  out.vm = alias + "." + quote_identifier(at->owner_key);
  const std::string first = table.of_vm ? out.vm : part_sql(table);
  const std::string rows = table.name == "vendor_options" ? withheld_.vendor_options() : quote_identifier(table.name);
  out.select = "SELECT " + first + columns + " FROM " + rows + " AS t" + joins;
  return out;
}

void Host::read_vm_names() {
  vm_by_spelling_.clear();
  spelling_.clear();
  Use statement(database_.prepared("SELECT uuid FROM virtual_machines ORDER BY id"));
  while (statement->step()) {
    const std::string spelled(statement->get_text(0));
    std::string uuid = fleet_uuid(spelled);
    // Two spellings of one UUID are two VMs in the host's database. In the store they would be one, so the second VM
    // gets another UUID there.
    if (spelling_.contains(uuid)) uuid = fleet_uuid("another spelling: " + spelled);
    vm_by_spelling_[lower_case(spelled)] = uuid;
    spelling_[uuid] = spelled;
  }
}

std::string Host::vm_named(std::string_view spelled) const {
  const auto found = vm_by_spelling_.find(lower_case(spelled));
  return found == vm_by_spelling_.end() ? std::string() : found->second;
}

void Host::add_digests(const Source& source, Present& out) {
  const FleetTable& table = *source.table;
  Use statement(database_.prepared(source.select + " ORDER BY t." + quote_identifier(table.id)));
  std::map<std::string, Digest> vms;
  std::map<std::int64_t, Digest> parts;
  std::string last_spelling;
  Digest* last = nullptr;
  while (statement->step()) {
    const std::string members = json_members(*statement, 1, source.columns);
    if (!table.of_vm) {
      parts[statement->get_int(0)].add(members);
      continue;
    }
    if (!last || statement->get_text(0) != last_spelling) {
      last_spelling = statement->get_text(0);
      const std::string uuid = vm_named(last_spelling);
      last = uuid.empty() ? nullptr : &vms[uuid];
    }
    if (last) add_row(*last, *statement, members, source.resource);
  }
  for (auto& [uuid, digest] : vms) out.tables[uuid][table.name] = digest.short_end();
  for (auto& [part, digest] : parts) out.holdings.parts[{table.name, part}] = digest.end();
}

Host::Present Host::digests() {
  const ReadTransaction transaction(database_);
  read_vm_names();
  Present out;
  for (const Source& source : sources_) add_digests(source, out);
  for (const auto& [uuid, tables] : out.tables) out.holdings.vms[uuid] = digest_of(tables);
  add_captures(out);
  return out;
}

Host::Present Host::list() {
  const ReadTransaction transaction(database_);
  read_vm_names();
  Present out;
  for (const auto& [uuid, spelled] : spelling_) out.holdings.vms[uuid];
  for (const FleetTable& table : tables_) {
    if (table.of_vm) continue;
    Use parts(
        database_.prepared("SELECT DISTINCT " + part_sql(table) + " FROM " + quote_identifier(table.name) + " AS t"));
    while (parts->step()) out.holdings.parts[{table.name, parts->get_int(0)}];
  }
  add_captures(out);
  return out;
}

void Host::add_captures(Present& out) {
  const std::string day = std::to_string(kDayMicroseconds);
  Use days(database_.prepared("SELECT id / " + day + ", count(*), sum(id % " + day + ") FROM captures GROUP BY 1"));
  while (days->step()) out.holdings.days[days->get_int(0)] = {days->get_int(1), days->get_int(2)};
  out.newest_seq = database_.query_int("SELECT coalesce(max(seq), 0) FROM captures");
}

// What the host adds to a VM's row, as JSON members: the XML that its rows give, the drift, and the digests. If no XML
// can be made of the rows, they are pushed without XML and drift.
std::string Host::vm_members(const std::string& uuid, VmRows& vm) {
  const std::int64_t id = store_.find_vm(spelling_.at(uuid), "virtsql-push");
  std::string out;
  try {
    Document rows;
    store_.load(id, rows);
    std::string xml = rows.xml();
    if (withheld_.names_secret(xml)) xml = withheld_.without_secrets(xml);
    if (is_postgres_text(xml)) out += ",\"" + std::string(kPushedXml) + "\":" + json_text(xml);
    out += ",\"" + std::string(kPushedDrift) + "\":" + drift_json(store_.drift(id, rows), withheld_);
  } catch (const RowError&) {
    // Somebody edited the rows into what no XML can say. They are pushed all the same.
  } catch (const xml::Error&) {
    // So they are without the drift, if the document that they are compared with cannot be read ...
  } catch (const DamagedDocument&) {
    // ... or is damaged.
  }
  boost::json::object tables;
  for (const auto& [table, digest] : vm.tables) tables[table] = digest;
  out += ",\"" + std::string(kPushedTables) + "\":" + boost::json::serialize(tables);
  return out + ",\"" + std::string(kPushedDigest) + R"(":"\\x)" + hex(vm.digest) + "\"";
}

std::set<std::string> Host::unknown_columns(const FleetTable& table, const StoreColumns& store) {
  std::set<std::string> unknown;
  const auto known = store.find(table.name);
  if (known != store.end())
    for (const FleetColumn& column : table.columns)
      if (!known->second.contains(column.name)) unknown.insert(column.name);
  return unknown;
}

// The row as the store takes it, with columns that the store does not have in `extra`. Digests are made from `members`
// instead: they must not depend on the columns that the store has.
std::string Host::placed(Statement& row, const Source& source, const std::set<std::string>& unknown,
                         const std::string& members) {
  return unknown.empty() ? members : json_members(row, 1, source.columns, &unknown);
}

void Host::read_parts(const std::vector<PartKey>& parts, const StoreColumns& store, Batch& out) {
  for (const Source& source : sources_) {
    const FleetTable& table = *source.table;
    if (table.of_vm) continue;
    const std::set<std::string> unknown = unknown_columns(table, store);
    for (const PartKey& key : parts) {
      if (key.table != table.name) continue;
      Use statement(database_.prepared(source.select + " WHERE t." + quote_identifier(table.id) +
                                       " BETWEEN ?1 AND ?2 ORDER BY t." + quote_identifier(table.id)));
      statement->bind_int(1, key.first());
      statement->bind_int(2, key.last());
      PartRows& part = out.parts.emplace_back(PartRows{key, "", ""});
      Digest digest;
      while (statement->step()) {
        const std::string members = json_members(*statement, 1, source.columns);
        digest.add(members);
        part.rows += (part.rows.empty() ? "[{" : ",{") + placed(*statement, source, unknown, members) + "}";
      }
      if (!part.rows.empty()) part.digest = digest.end();
      part.rows = part.rows.empty() ? "[]" : part.rows + "]";
    }
  }
}

// Reads one table for several VMs at once. A VM has rows in a seventh of the tables, so most statements for one VM and
// one table would find nothing, and each costs.
void Host::read_rows(const std::vector<std::string>& spellings, const Source& source, const StoreColumns& store,
                     std::map<std::string, RowsOfVm>& vms) {
  const FleetTable& table = *source.table;
  const std::set<std::string> unknown = unknown_columns(table, store);
  // Two SQL texts are prepared, whatever the number of VMs: for one VM, and for kVmsAtOnce. A parameter that is not
  // bound is NULL and matches no row.
  const int places = spellings.size() == 1 ? 1 : kVmsAtOnce;
  std::string condition = " WHERE " + source.vm + " IN (?1";
  for (int i = 2; i <= places; ++i) condition += ",?" + std::to_string(i);
  Use statement(database_.prepared(source.select + condition + ") ORDER BY t." + quote_identifier(table.id)));
  int place = 1;
  for (const std::string& spelling : spellings) statement->bind_text(place++, spelling);
  std::map<std::string, Digest> digests;
  while (statement->step()) {
    const std::string uuid = vm_named(statement->get_text(0));
    if (!vms.contains(uuid)) continue;
    const std::string members = json_members(*statement, 1, source.columns);
    add_row(digests[uuid], *statement, members, source.resource);
    std::string& text = vms[uuid].rows[table.name];
    text += (text.empty() ? "[{" : ",{") + (R"("vm_uuid":")" + uuid + "\",") +
            placed(*statement, source, unknown, members) + "}";
  }
  for (auto& [uuid, digest] : digests) vms[uuid].vm.tables[table.name] = digest.short_end();
}

Batch Host::read(const std::vector<PartKey>& parts, const Wanted& vms, const StoreColumns& store) {
  const ReadTransaction transaction(database_);
  read_vm_names();
  Batch out;
  read_parts(parts, store, out);
  for (auto at = vms.begin(); at != vms.end();) {
    std::vector<std::string> spellings;
    std::map<std::string, RowsOfVm> some;
    for (; at != vms.end() && spellings.size() < kVmsAtOnce; ++at) {
      if (!spelling_.contains(at->first)) continue;  // it was removed in between; the next round drops it
      spellings.push_back(spelling_.at(at->first));
      some[at->first].vm.uuid = at->first;
    }
    if (spellings.empty()) break;
    for (const Source& source : sources_)
      if (source.table->of_vm) read_rows(spellings, source, store, some);
    for (auto& [uuid, of_vm] : some) {
      VmRows& vm = of_vm.vm;
      vm.digest = digest_of(vm.tables);
      std::string& own = of_vm.rows[std::string(kFleetVmTable)];
      if (own.empty()) continue;
      own.pop_back();
      own += vm_members(uuid, vm) + "}";
      const TableDigests& known = vms.at(uuid);
      for (const auto& [table, digest] : known)
        if (!vm.tables.contains(table)) vm.rows.emplace_back(table, "[]");
      for (auto& [table, text] : of_vm.rows) {
        const auto same = known.find(table);
        if (table == kFleetVmTable || same == known.end() || same->second != vm.tables.at(table))
          vm.rows.emplace_back(table, std::move(text += "]"));
      }
      out.vms.push_back(std::move(vm));
    }
  }
  return out;
}

}  // namespace virtsql
