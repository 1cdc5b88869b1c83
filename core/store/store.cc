#include "core/store/store.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "core/base/sha256.h"
#include "core/base/version.h"
#include "core/rows/clone.h"
#include "core/rows/row_error.h"
#include "core/schema/ddl.h"
#include "core/store/kind.h"
#include "core/xml/json.h"
#include "core/xml/refusals.h"
#include "core/xml/xml.h"

namespace virtsql {

Store::Store(Database& database, const Catalog& catalog)
    : database_(database),
      catalog_(catalog),
      rows_(database, catalog),
      history_(database),
      timeline_(database, catalog, history_),
      states_(database) {}

// ---- schema

int Store::schema_version() {
  const std::optional<SchemaMark> mark = read_schema_mark(database_);
  return mark ? mark->version : 0;
}

int Store::init(WriterLockHeld held) {
  const std::optional<SchemaMark> mark = read_schema_mark(database_);
  if (!mark) {
    if (database_.query_int("SELECT count(*) FROM main.sqlite_master WHERE name NOT LIKE 'sqlite_%'") > 0)
      throw StoreError("the database has tables of something else than virtsql; give it an empty one");
    // The file is empty, so that it takes the setting.
    database_.execute("PRAGMA main.auto_vacuum = INCREMENTAL");
    Savepoint savepoint(database_);
    create_schema(database_, catalog_, program_version());
    savepoint.release();
    return kSchemaVersion;
  }
  if (mark->sha256 == schema_sha256(catalog_) && mark->version == kSchemaVersion) return kSchemaVersion;
  refuse_newer_schema(*mark, catalog_);
  const std::string path = sqlite3_db_filename(database_.handle(), "main");
  if (sqlite3_get_autocommit(database_.handle()) == 0)
    throw StoreError(
        "the database's schema is another one than this virtsql's; it cannot be migrated inside a transaction");
  if (path.empty()) throw StoreError("the schema of a database that is in no file cannot be migrated");
  migrate(path, catalog_, held);
  checked_.reset();
  return kSchemaVersion;
}

void Store::check_schema(Access access) {
  if (checked_ && (*checked_ == Access::kWrite || access == Access::kRead)) return;
  virtsql::check_schema(database_, catalog_, access);
  checked_ = access;
}

// ---- capture

namespace {

// The root of what virConnectGetCapabilities gives.
constexpr std::string_view kCapabilities = "capabilities";

// The root of what libvirt keeps of a running VM.
constexpr std::string_view kStatus = "domstatus";

// The operation of the network hook whose document is of a port that is no more (hooks.rst).
constexpr std::string_view kPortDeleted = "port-deleted";

// Whether the root's table holds VMs: what devices and history refer to by UUID.
bool is_vm(const Table& table) { return table.reference_name == "vm_uuid"; }

// The document in what the network hook is given, <hookData> with the network and perhaps a port of it; and in what
// libvirt keeps of a running VM, <domstatus>, which ends with the VM.
const xml::Node& unwrapped(const xml::Node& root) {
  if (root.name != "hookData" && root.name != kStatus) return root;
  const xml::Node* last = nullptr;
  for (const xml::Node* child = root.first_child; child; child = child->next)
    if (child->is_element()) last = child;
  return last ? *last : root;
}

// The UUID as libvirt writes it, which takes 32 hexadecimal digits and dashes anywhere (virUUIDParse()); a text that is
// none stays as it is.
std::string usual_uuid(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if (c != '-' && !xml::is_space({&c, 1})) digits += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  if (digits.size() != 32 || digits.find_first_not_of("0123456789abcdef") != std::string::npos)
    return std::string(text);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) digits.insert(at, 1, '-');
  return digits;
}

// Gives a document the UUID that it came without. What stands behind its place, second in the document, moves on.
void insert_uuid(Row& row, const Column& column, std::string_view uuid) {
  row.set(column, uuid);
  for (VendorItem* item = row.vendor; item; item = item->next)
    if (item->path.empty() && item->kind != VendorItem::Kind::kAttribute && item->position > 0) ++item->position;
}

}  // namespace

// The description of a document's root element.
const Element& Store::described_root(const xml::Node& node) const {
  std::string known;
  for (const auto& root : catalog_.roots()) {
    if (root->name == node.name) return *root;
    known += (known.empty() ? "<" : ", <") + root->name + ">";
  }
  throw xml::Error("the XML is a <" + std::string(node.name) + ">; known are " + known);
}

// Finds out which VM the document is about. One that does not say gets a UUID.
std::string Store::identify_vm(Document& document, const std::string& host) {
  Row& row = document.rows();
  const Table& table = *row.element->table;
  const Column& uuid = *table.find("uuid");
  if (!row.has(uuid)) {
    const std::string made_up = made_up_uuid(host, row.get(*table.find("name")));
    insert_uuid(row, uuid, document.arena().copy(made_up));
    document.rows_changed();
    return made_up;
  }
  if (row.get(uuid).empty()) throw xml::Error("the <uuid> is empty");
  const std::string usual = usual_uuid(row.get(uuid));
  if (usual != row.get(uuid)) {
    row.set(uuid, document.arena().copy(usual));
    document.rows_changed();
  }
  return usual;
}

std::int64_t Store::host_id(const std::string& name) {
  if (const auto found = hosts_.find(name); found != hosts_.end()) {
    Use known(database_.prepared("SELECT 1 FROM hosts WHERE id = ?1 AND name = ?2"));
    known->bind_int(1, found->second);
    known->bind_text(2, name);
    if (known->step()) return found->second;
  }
  {
    Use insert(database_.prepared("INSERT INTO hosts (name) VALUES (?1) ON CONFLICT (name) DO NOTHING"));
    insert->bind_text(1, name);
    insert->run();
  }
  Use select(database_.prepared("SELECT id FROM hosts WHERE name = ?1"));
  select->bind_text(1, name);
  select->step();
  return hosts_[name] = select->get_int(0);
}

std::int64_t Store::next_capture_id() {
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  Use newest(database_.prepared("SELECT max(id) FROM captures"));
  newest->step();
  return std::max(now, newest->get_int(0) + 1);
}

// Reads the document of an event: which rows it makes, of which VM. Whether the rows give back its bytes.
bool Store::understand(Document& document, const CaptureEvent& event, CaptureResult& result) {
  document.parse(event.xml);
  const xml::Node& node = unwrapped(document.tree());
  result.kind = kind_of(&node, event);
  result.vm_uuid = vm_uuid_in(node);
  if (node.name == kCapabilities) {
    result.root = kCapabilities;
    return false;
  }
  document.shred(node, described_root(node));
  const bool exact = document.gives(event.xml);
  if (is_vm(*document.rows().element->table)) result.vm_uuid = identify_vm(document, event.host);
  return exact;
}

// What a host can do is no row of its own, but the host's.
void Store::keep_capabilities(const xml::Node& document, std::int64_t host, std::int64_t capture_id) {
  Use statement(
      database_.prepared("UPDATE hosts SET capabilities_json = ?1, capabilities_capture_id = ?2 WHERE id = ?3"));
  const std::string json = to_json(document);
  statement->bind_text(1, json);
  statement->bind_int(2, capture_id);
  statement->bind_int(3, host);
  statement->run();
}

// Whether the event is still to be recorded, and under which id. One that another event has, as where the clock was set
// back and the spool's sequence was lost, moves on to the next that is free.
bool Store::take_id(std::int64_t& id, const CaptureEvent& event) {
  for (;; ++id) {
    Use known(
        database_.prepared("SELECT driver, operation, sub_operation, document_sha256 FROM captures WHERE id = ?1"));
    known->bind_int(1, id);
    if (!known->step()) return true;
    if (known->get_text(0) == event.driver && known->get_text(1) == event.operation &&
        known->get_text(2) == event.sub_operation &&
        (known->is_null(3) ? event.xml.empty() : known->get_blob(3) == sha256(event.xml)))
      return false;
  }
}

bool is_of_the_rows(const std::runtime_error& error) {
  const auto* of_sqlite = dynamic_cast<const DatabaseError*>(&error);
  return !of_sqlite || is_of_the_values(of_sqlite->code) || (of_sqlite->code & 0xFF) == SQLITE_ERROR;
}

CaptureResult Store::capture(const CaptureEvent& given, Rows rows) {
  check_schema(Access::kWrite);
  CaptureResult result;
  result.error = given.error;
  // Inside a transaction a savepoint costs as much as the rows: SQLite keeps a copy of each page that is touched.
  std::optional<Savepoint> whole;
  if (sqlite3_get_autocommit(database_.handle()) != 0) whole.emplace(database_);
  result.id = given.id ? given.id : next_capture_id();
  if (given.id && !take_id(result.id, given)) {
    result.recorded = false;
    return result;
  }

  if (given.operation == spool::kSeen) {
    states_.see_all(given.driver, host_id(given.host), result.id);
    result.recorded = false;
    if (whole) whole->release();
    return result;
  }

  Document document;
  bool has_rows = false;  // made of the whole document, and its VM known
  bool exact = false;
  // libvirt names a VM that stopped or is undefined, but has no document of it any more; the daemon's hook never has
  // one.
  const bool without_document =
      given.xml.empty() && (!given.uuid.empty() || given.operation == spool::kUndefine || given.driver == "daemon");
  result.kind = kind_of(nullptr, given);
  if (without_document) result.vm_uuid = given.uuid;
  if (result.error.empty() && !without_document) {
    try {
      exact = understand(document, given, result);
      has_rows = document.has_rows();
    } catch (const xml::Error& error) {
      result.error = error.what();
    }
  }
  if (has_rows) result.root = document.rows().element->name;

  // What libvirt keeps of a running VM is not its definition.
  std::optional<CaptureEvent> live;
  if (has_rows && document.tree().name == kStatus) {
    live = given;
    live->config = "live";
  }
  const CaptureEvent& event = live ? *live : given;
  // The schema's trigger says so too, but does not run for those who have triggers switched off.
  if (!event.config.empty() && event.config != "persistent" && event.config != "live")
    throw DatabaseError(SQLITE_CONSTRAINT, "captures.config is 'persistent' or 'live', not '" + event.config + "'");

  const std::int64_t host = host_id(event.host);
  const bool of_vm = result.kind == kDomain && !result.vm_uuid.empty();
  const bool late = of_vm && states_.is_late(event, result.vm_uuid, host);
  const std::string digest = without_document ? std::string() : history_.keep(event.xml, result.kind, result.vm_uuid);
  {
    const auto text = [](const std::string& value) {
      return value.empty() ? std::string_view() : std::string_view(value);
    };
    Use insert(database_.prepared(
        "INSERT INTO captures (id, host_id, vm_uuid, driver, operation, sub_operation, extra, config, document_sha256, "
        "exact, source, name, secrets, error, kind) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"));
    insert->bind_int(1, result.id);
    insert->bind_int(2, host);
    insert->bind_text(3, text(result.vm_uuid));
    insert->bind_text(4, text(event.driver));
    insert->bind_text(5, text(event.operation));
    insert->bind_text(6, text(event.sub_operation));
    insert->bind_text(7, text(event.extra));
    insert->bind_text(8, text(event.config));
    insert->bind_blob(9, without_document ? std::string_view() : std::string_view(digest));
    if (has_rows) insert->bind_int(10, exact ? 1 : 0);
    insert->bind_text(11, text(event.source));
    // A domain's name is in its rows; everything else is found by it again.
    if (!has_rows || result.kind != kDomain) insert->bind_text(12, text(event.name));
    if (event.secrets) insert->bind_int(13, event.secrets);
    insert->bind_text(14, text(result.error));
    insert->bind_text(15, result.kind);
    insert->run();
    result.seq = database_.last_insert_id();
  }
  if (late) {
    Use insert(database_.prepared("INSERT INTO late_captures (seq) VALUES (?1)"));
    insert->bind_int(1, result.seq);
    insert->run();
  } else {
    if (of_vm) states_.record(event, result.vm_uuid, host, result.id);
    if (rows == Rows::kGuarded)
      move_rows_guarded(has_rows ? &document : nullptr, event, host, result);
    else
      move_rows(has_rows ? &document : nullptr, event, host, result);
  }
  if (result.root == kCapabilities) keep_capabilities(document.tree(), host, result.id);
  if (whole) whole->release();
  return result;
}

// Lets the rows follow the event. `document` has rows, or is null.
void Store::move_rows(Document* document, const CaptureEvent& event, std::int64_t host, CaptureResult& result) {
  if (event.operation == spool::kUndefine) {
    if (result.kind == kDomain)
      mark_undefined(event.uuid);
    else
      forget_object(event, host);
  }
  if (!document) return;
  if (is_vm(*document->rows().element->table))
    follow(*document, event, result, host);
  else
    result.object_id = follow_object(*document, event, result.id, host);
}

// The same, but what is wrong with the rows is the VM's fault and not the capture's: they stay as they were, and the VM
// is drifted with the reason.
void Store::move_rows_guarded(Document* document, const CaptureEvent& event, std::int64_t host, CaptureResult& result) {
  try {
    Savepoint guard(database_);
    move_rows(document, event, host, result);
    guard.release();
  } catch (const std::runtime_error& error) {
    if (!is_of_the_rows(error)) throw;
    result.rows_error = error.what();
    result.object_id = 0;
    blame_rows(result);
  }
}

// Says in the VM's row why its rows could not follow. Where even that cannot be written, the capture is kept all the
// same.
void Store::blame_rows(const CaptureResult& result) {
  if (result.kind != kDomain) return;
  try {
    Savepoint guard(database_);
    {
      Use update(database_.prepared(
          "UPDATE virtual_machines SET sync_status = 'DRIFTED', drift_details = json_array(json_object('change', "
          "'error', 'path', '/domain', 'new', ?1)) WHERE uuid = ?2"));
      update->bind_text(1, result.rows_error);
      update->bind_text(2, result.vm_uuid);
      update->run();
    }
    guard.release();
  } catch (const std::runtime_error& error) {
    if (!is_of_the_rows(error)) throw;
  }
}

CaptureResult Store::import(const CaptureEvent& event, std::string_view root, std::string_view function) {
  Savepoint savepoint(database_);
  CaptureResult result = capture(event);
  const std::string where = std::string(function) + "(): ";
  if (!result.error.empty()) throw xml::Error(where + result.error);
  if (result.root != root)
    throw xml::Error(where + "the XML is a <" + result.root + ">, not a <" + std::string(root) + ">");
  savepoint.release();
  return result;
}

// The condition and the value by which a row of the table is known: its first {key} column that is set.
std::int64_t Store::find_object(const Row& row, std::int64_t host) {
  const Table& table = *row.element->table;
  for (const auto& column : table.columns) {
    if (!column->key || row.get(*column).empty()) continue;
    Use statement(database_.prepared("SELECT id FROM " + quote_identifier(table.name) + " WHERE host_id IS ?1 AND " +
                                     quote_identifier(column->name) + " = ?2"));
    if (host) statement->bind_int(1, host);
    statement->bind_text(2, row.get(*column));
    if (statement->step()) return statement->get_int(0);
  }
  return 0;
}

namespace {

// Of things known by several columns together, which may be computed: the other rows of the thing that row ?1 is.
std::string older_twins(const Table& table) {
  std::string same = "o.host_id IS n.host_id";
  for (const Name& column : table.identity)
    same += " AND o." + quote_identifier(column) + " IS n." + quote_identifier(column);
  const std::string name = quote_identifier(table.name);
  return "SELECT o.id FROM " + name + " AS o JOIN " + name + " AS n ON n.id = ?1 AND o.id <> n.id AND " + same;
}

}  // namespace

std::int64_t Store::find_older_twin(const Table& table, std::int64_t id) {
  Use statement(database_.prepared(older_twins(table)));
  statement->bind_int(1, id);
  return statement->step() ? statement->get_int(0) : 0;
}

// Whether what the row of a network, pool and the like was last filled from is a definition.
bool Store::follows_definition(const Table& table, std::int64_t id) {
  Use statement(database_.prepared("SELECT c.config FROM " + quote_identifier(table.name) +
                                   " AS t JOIN captures AS c ON c.id = t.capture_id WHERE t.id = ?1"));
  statement->bind_int(1, id);
  return statement->step() && statement->get_text(0) == "persistent";
}

std::int64_t Store::follow_object(Document& document, const CaptureEvent& event, std::int64_t capture_id,
                                  std::int64_t host) {
  Row& row = document.rows();
  VmState state;
  state.host_id = host;
  state.source = "imported";
  state.sync_status = "SYNCED";
  state.capture_id = capture_id;
  state.rows_sha256 = document.digest();
  if (!row.element->table->identity.empty()) {
    const std::int64_t inserted = rows_.insert(row, state);
    // The newest row replaces those before it.
    while (const std::int64_t twin = find_older_twin(*row.element->table, inserted)) rows_.remove(*row.element, twin);
    return inserted;
  }
  const std::int64_t id = find_object(row, host);
  if (event.operation == kPortDeleted) {
    if (id != 0) rows_.remove(*row.element, id);
    return 0;
  }
  if (id == 0) return rows_.insert(row, state);
  // What runs is no definition: rows that have one keep it.
  if (event.config == "live" && follows_definition(*row.element->table, id)) return id;
  Arena arena;
  Row* current = rows_.load(*row.element, id, arena);
  rows_.change(*current, row, state);
  return id;
}

std::string Store::object_xml(std::string_view root_name, std::string_view key, std::string_view function) {
  check_schema();
  const Element& root = catalog_.root(root_name);
  const Table& table = *root.table;
  std::string conditions = "CAST(id AS TEXT) = ?1";
  for (const auto& column : table.columns)
    if (column->key) conditions += " OR " + quote_identifier(column->name) + " = ?1";
  std::int64_t id = 0;
  {
    Use statement(
        database_.prepared("SELECT id FROM " + quote_identifier(table.name) + " WHERE " + conditions + " LIMIT 2"));
    statement->bind_text(1, key);
    const std::string shown = "\"" + std::string(key.substr(0, 80)) + "\"";
    if (!statement->step()) throw StoreError(std::string(function) + "(): no row " + shown + " in " + table.name);
    id = statement->get_int(0);
    if (statement->step())
      throw StoreError(std::string(function) + "(): several rows of " + table.name + " are " + shown + "; give the id");
  }
  Arena arena;
  return generate(*rows_.load(root, id, arena), Form::kFull);
}

// What a virtual_machines row says about itself.
struct Store::Vm {
  std::int64_t id = 0;  // 0: there is none
  bool managed = false;
  std::string rows_sha256;
  bool definition_known = false;  // a persistent document has been captured before
};

Store::Vm Store::find_record(const std::string& uuid, std::int64_t before_seq) {
  Vm vm;
  {
    Use statement(database_.prepared("SELECT id, source, rows_sha256 FROM virtual_machines WHERE uuid = ?1"));
    statement->bind_text(1, uuid);
    if (!statement->step()) return vm;
    vm.id = statement->get_int(0);
    vm.managed = statement->get_text(1) == "managed";
    vm.rows_sha256 = statement->get_blob(2);
  }
  Use statement(
      database_.prepared("SELECT 1 FROM captures WHERE vm_uuid = ?1 AND kind = 'domain' AND config = 'persistent' AND "
                         "seq < ?2 LIMIT 1"));
  statement->bind_text(1, uuid);
  statement->bind_int(2, before_seq);
  vm.definition_known = statement->step();
  return vm;
}

// Whether the capture before this one says that libvirt goes on with a VM that ran before.
bool Store::continues(const std::string& uuid, std::int64_t before_seq) {
  Use statement(
      database_.prepared("SELECT operation FROM captures WHERE vm_uuid = ?1 AND kind = 'domain' AND seq < ?2 AND "
                         "source = 'hook' ORDER BY seq DESC LIMIT 1"));
  statement->bind_text(1, uuid);
  statement->bind_int(2, before_seq);
  return statement->step() && (statement->get_text(0) == "restore" || statement->get_text(0) == "migrate");
}

void Store::follow(Document& document, const CaptureEvent& event, const CaptureResult& capture, std::int64_t host) {
  const Vm vm = find_record(capture.vm_uuid, capture.seq);
  const bool persistent = event.config == "persistent";
  // At `prepare` libvirt says what it is about to start: the definition, with what it adds; but where it restores or
  // takes over a running VM, that one's state.
  const bool prepared = event.operation == "prepare" && vm.definition_known && !continues(capture.vm_uuid, capture.seq);
  if (vm.definition_known && !persistent && !prepared) return;

  VmState state;
  state.host_id = host;
  state.source = "imported";
  state.sync_status = persistent || prepared ? "SYNCED" : "UNKNOWN";
  state.capture_id = capture.id;
  if (vm.id == 0) {
    state.rows_sha256 = document.digest();
    rows_.insert(document.rows(), state);
    return;
  }
  Document current;
  current.set_rows(rows_.load(catalog_.root("domain"), vm.id, current.arena()));
  const bool same = current.xml() == document.xml();
  if (vm.managed || current.digest() != vm.rows_sha256) {
    std::vector<Difference> differences;
    if (!same) differences = diff(current.definition(), document.definition(), DiffMode::kDefined);
    Use statement(
        database_.prepared("UPDATE virtual_machines SET source = 'managed', host_id = ?1, sync_status = ?2, "
                           "drift_details = ?3 WHERE id = ?4"));
    statement->bind_int(1, host);
    statement->bind_text(2, differences.empty() ? "SYNCED" : "DRIFTED");
    const std::string details = to_json(differences);
    statement->bind_text(3, differences.empty() ? std::string_view() : std::string_view(details));
    statement->bind_int(4, vm.id);
    statement->run();
    return;
  }
  if (prepared) {
    if (same || current.definition_xml() == document.definition_xml()) return;
    // A definition that was changed unseen: taken without what the start adds.
    document.take_definition();
  }
  state.rows_sha256 = document.digest();
  if (current.xml() == document.xml())
    rows_.set_state(*current.rows().element->table, vm.id, state);
  else
    rows_.change(current.rows(), document.rows(), state);
}

// Networks, pools, volumes and the like are what a host has: where libvirt has one no more, its row goes.
void Store::forget_object(const CaptureEvent& event, std::int64_t host) {
  for (const auto& root : catalog_.roots()) {
    const Table& table = *root->table;
    if (root->name != event.sub_operation || table.named.empty()) continue;
    const bool of_vm = std::find(table.identity.begin(), table.identity.end(), "vm_uuid") != table.identity.end();
    std::vector<std::int64_t> forgotten;
    {
      Use statement(database_.prepared("SELECT id FROM " + quote_identifier(table.name) + " WHERE host_id IS ?1 AND " +
                                       quote_identifier(table.named) + " = ?2 AND source = 'imported'" +
                                       (of_vm ? " AND vm_uuid = ?3" : "")));
      statement->bind_int(1, host);
      statement->bind_text(2, event.name);
      if (of_vm) statement->bind_text(3, event.uuid);
      while (statement->step()) forgotten.push_back(statement->get_int(0));
    }
    for (const std::int64_t id : forgotten) rows_.remove(*root, id);
  }
}

namespace {

// Leaves the order of things to the catalog. Throws where something has no column.
void take_usual_order(Row& row) {
  row.layout = {};
  if (row.vendor)
    throw xml::Error("the catalog does not know " + std::string(row.vendor->name) + " in " + row.element->path);
  for (std::size_t slot = 0; slot < row.element->row_elements.size(); ++slot)
    for (Row* child = row.children[slot].first; child; child = child->next) take_usual_order(*child);
}

}  // namespace

Store::Defined Store::define(std::string_view xml, std::string_view root, const std::string& host) {
  check_schema(Access::kWrite);
  Document document;
  document.parse(xml);
  const Element& element = described_root(document.tree());
  if (element.name != root) throw xml::Error("the XML is a <" + element.name + ">, not a <" + std::string(root) + ">");
  document.shred(document.tree(), element);
  take_usual_order(document.rows());
  document.rows_changed();

  Savepoint savepoint(database_);
  VmState state;
  if (!host.empty()) state.host_id = host_id(host);
  state.source = "managed";
  state.sync_status = "UNKNOWN";
  const Table& table = *element.table;
  Defined out;
  if (is_vm(table)) {
    out.id = find_record(identify_vm(document, host), 0).id;
  } else if (table.identity.empty()) {
    out.id = find_object(document.rows(), state.host_id);
  }
  if (out.id == 0) {
    out.id = rows_.insert(document.rows(), state);
    out.created = true;
    if (const std::int64_t twin = table.identity.empty() ? 0 : find_older_twin(table, out.id)) {
      rows_.remove(element, out.id);
      out = {twin, false};
    }
  }
  savepoint.release();
  return out;
}

// The rows of a VM that libvirt forgot stay, so that it can be made again from them.
void Store::mark_undefined(const std::string& uuid) {
  Use statement(
      database_.prepared("UPDATE virtual_machines SET sync_status = 'DRIFTED', drift_details = ?1 WHERE uuid = ?2"));
  const std::string details = to_json({undefined_difference()});
  statement->bind_text(1, details);
  statement->bind_text(2, uuid);
  statement->run();
}

void Store::accept(std::int64_t vm_id) {
  check_schema(Access::kWrite);
  std::int64_t capture_id = 0;
  std::int64_t host = 0;
  std::string digest;
  {
    Use statement(
        database_.prepared("SELECT c.id, c.host_id, c.document_sha256 FROM virtual_machines AS v JOIN captures AS c ON "
                           "c.vm_uuid = v.uuid WHERE v.id = ?1 AND c.kind = 'domain' AND c.error IS NULL AND "
                           "c.document_sha256 IS NOT NULL AND c.seq NOT IN (SELECT seq FROM late_captures) "
                           "ORDER BY c.config = 'persistent' DESC, c.seq DESC LIMIT 1"));
    statement->bind_int(1, vm_id);
    if (!statement->step()) throw StoreError("nothing has been captured of the VM");
    capture_id = statement->get_int(0);
    host = statement->get_int(1);
    digest = statement->get_blob(2);
  }
  Document document(history_.read(digest), catalog_.root("domain"));
  Savepoint savepoint(database_);
  Arena arena;
  Row* current = rows_.load(catalog_.root("domain"), vm_id, arena);
  const Column& uuid = *current->element->table->find("uuid");
  document.rows().set(uuid, current->get(uuid));
  document.rows_changed();
  VmState state;
  state.host_id = host;
  state.source = "imported";
  state.sync_status = "SYNCED";
  state.capture_id = capture_id;
  state.rows_sha256 = document.digest();
  rows_.change(*current, document.rows(), state);
  savepoint.release();
}

// ---- clone

namespace {

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  sqlite3_randomness(static_cast<int>(count), out.data());
  return out;
}

// Throws StoreError for a name that libvirt refuses.
void check_name(std::string_view name) {
  xml::Writer writer;
  writer.open("domain");
  writer.attribute("type", "kvm");
  writer.open("name");
  writer.text(name);
  writer.close();
  writer.close();
  if (const auto refusal = Refusals().first(writer.take(), "name"))
    throw StoreError("domain_clone(): libvirt refuses the name \"" + std::string(name.substr(0, 80)) +
                     "\": " + refusal->substr(refusal->find(">: ") + 3));
}

}  // namespace

std::string made_up_uuid(std::string_view host, std::string_view name) {
  // RFC 4122 section 4.3, with SHA-256 cut to size in place of SHA-1
  return uuid_text(sha256("virtsql\n" + std::string(host) + "\n" + std::string(name)), 5);
}

std::string Store::clone(std::int64_t vm_id, std::string_view new_name) {
  if (new_name.empty()) throw StoreError("domain_clone(): the new name is empty");
  check_name(new_name);
  std::int64_t host = 0;
  {
    Use statement(database_.prepared("SELECT host_id FROM virtual_machines WHERE id = ?1"));
    statement->bind_int(1, vm_id);
    if (statement->step()) host = statement->get_int(0);
  }
  {
    Use taken(
        database_.prepared("SELECT 1 FROM virtual_machines WHERE name = ?1 AND host_id IS (SELECT host_id FROM "
                           "virtual_machines WHERE id = ?2)"));
    taken->bind_text(1, new_name);
    taken->bind_int(2, vm_id);
    if (taken->step())
      throw StoreError("domain_clone(): the host has a VM \"" + std::string(new_name.substr(0, 80)) + "\" already");
  }
  Savepoint savepoint(database_);
  Arena arena;
  Row& copy = *clone_of(*rows_.load(catalog_.root("domain"), vm_id, arena), new_name, random_bytes, arena);
  const Table& table = *copy.element->table;
  VmState state;
  state.host_id = host;
  state.source = "managed";
  state.sync_status = "UNKNOWN";
  rows_.insert(copy, state);
  savepoint.release();
  return std::string(copy.get(*table.find("uuid")));
}

// ---- drift

std::optional<std::string> Store::newest_document(std::string_view vm_uuid, std::string_view config,
                                                  std::string& operation) {
  std::string digest;
  {
    Use statement(
        database_.prepared("SELECT operation, document_sha256 FROM captures WHERE vm_uuid = ?1 AND kind = 'domain' AND "
                           "config = ?2 AND error IS NULL AND seq NOT IN (SELECT seq FROM late_captures) ORDER BY "
                           "seq DESC LIMIT 1"));
    statement->bind_text(1, vm_uuid);
    statement->bind_text(2, config);
    if (!statement->step()) return std::nullopt;
    operation = statement->get_text(0);
    digest = statement->get_blob(1);
  }
  return digest.empty() ? std::string() : history_.read(digest);
}

std::vector<Drift> Store::drift(std::int64_t vm_id) try {
  check_schema();
  const Element& root = catalog_.root("domain");
  Document wanted;
  wanted.set_rows(rows_.load(root, vm_id, wanted.arena()));
  if (!wanted.has_rows()) return {};
  const std::string uuid(wanted.rows().get(*root.table->find("uuid")));
  std::vector<Drift> out;
  for (const char* config : {"persistent", "live"}) {
    std::string operation;
    const std::optional<std::string> xml = newest_document(uuid, config, operation);
    if (!xml || has_ended(operation)) continue;
    if (xml->empty() || operation == spool::kUndefine) {
      out.push_back({config, undefined_difference()});
      continue;
    }
    Document found(*xml, root);
    const DiffMode mode = std::string_view(config) == "live" ? DiffMode::kRunning : DiffMode::kDefined;
    for (Difference& difference : diff(wanted.definition(), found.definition(), mode))
      out.push_back({config, std::move(difference)});
  }
  return out;
} catch (const RowError& error) {
  // A row that no XML can say is the VM's one difference: the reason stands where libvirt's value would.
  Difference difference;
  difference.path = error.path;
  difference.has_new = true;
  difference.new_value = error.what();
  return {{"persistent", std::move(difference)}};
}

Timeline& Store::timeline() {
  check_schema();
  return timeline_;
}

// ---- reading

std::string Store::find_uuid(std::string_view uuid_or_name, std::string_view function) {
  check_schema();
  {
    Use captured(database_.prepared("SELECT vm_uuid FROM captures WHERE vm_uuid = ?1 AND kind = 'domain' LIMIT 1"));
    captured->bind_text(1, uuid_or_name);
    if (captured->step()) return std::string(captured->get_text(0));
  }
  Use statement(database_.prepared("SELECT uuid FROM virtual_machines WHERE id = ?1"));
  statement->bind_int(1, find_vm(uuid_or_name, function));
  statement->step();
  return std::string(statement->get_text(0));
}

std::int64_t Store::find_vm(std::string_view uuid_or_name, std::string_view function) {
  check_schema();
  {
    Use by_uuid(database_.prepared("SELECT id FROM virtual_machines WHERE uuid = ?1"));
    by_uuid->bind_text(1, uuid_or_name);
    if (by_uuid->step()) return by_uuid->get_int(0);
  }
  Use by_name(database_.prepared("SELECT id FROM virtual_machines WHERE name = ?1 LIMIT 2"));
  by_name->bind_text(1, uuid_or_name);
  const std::string shown = "\"" + std::string(uuid_or_name.substr(0, 80)) + "\"";
  if (!by_name->step())
    throw StoreError(std::string(function) + "(): no VM " + shown +
                     "; names are in virtual_machines.name, UUIDs in virtual_machines.uuid");
  const std::int64_t id = by_name->get_int(0);
  if (by_name->step())
    throw StoreError(std::string(function) + "(): several VMs are named " + shown +
                     "; give the UUID, from virtual_machines.uuid");
  return id;
}

std::string Store::domain_xml(std::int64_t vm_id, Form form) {
  Arena arena;
  const Row* row = rows_.load(catalog_.root("domain"), vm_id, arena);
  if (!row) throw StoreError("there is no VM with id " + std::to_string(vm_id));
  return generate(*row, form);
}

std::string Store::device_xml(std::string_view table_name, std::int64_t id) {
  check_schema();
  const Table* table = catalog_.find_table(table_name);
  if (!table || !table->is_device()) {
    throw StoreError(
        "device_xml(): \"" + std::string(table_name.substr(0, 80)) +
        "\" is no attachment table; they are in SELECT DISTINCT table_name FROM virtsql_catalog WHERE xml_path LIKE "
        "'/domain/devices/%'");
  }
  Arena arena;
  const Row* row = rows_.load_one(*table, id, arena);
  if (!row) throw StoreError("device_xml(): " + table->name + " has no row with id " + std::to_string(id));
  return generate_element(*row);
}

std::string Store::captured_xml(std::int64_t capture_id) {
  check_schema();
  std::string digest;
  {
    Use statement(database_.prepared("SELECT document_sha256 FROM captures WHERE id = ?1"));
    statement->bind_int(1, capture_id);
    if (!statement->step())
      throw StoreError("captured_xml(): no capture " + std::to_string(capture_id) + "; they are in captures.id");
    digest = statement->get_blob(0);
  }
  if (digest.empty())
    throw StoreError("captured_xml(): capture " + std::to_string(capture_id) + " is of an event without a document");
  return history_.read(digest);
}

}  // namespace virtsql
