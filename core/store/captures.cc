#include "core/store/captures.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>

#include "core/base/sql_quote.h"
#include "core/spool/operations.h"
#include "core/spool/states.h"
#include "core/store/capture_conditions.h"
#include "core/store/identity.h"
#include "core/store/store_error.h"
#include "core/store/vm_states.h"

namespace virtsql {
namespace {

// The columns of captures that newest_of() reads.
constexpr char kNewestColumns[] =
    "captures.id, captures.host_id, captures.operation, captures.document_sha256, captures.seq";

Captures::Newest newest_of(const Statement& row) {
  Captures::Newest out;
  out.id = row.get_int(0);
  out.host_id = row.get_int(1);
  out.operation = row.get_text(2);
  out.digest = row.get_blob(3);
  out.seq = row.get_int(4);
  return out;
}

// SQL condition on captures of the VM ?1: leaves out undefinitions by a host on which the VM's rows are not.
constexpr char kNotUndefinedElsewhere[] =
    " AND NOT (operation = 'undefine' AND EXISTS (SELECT 1 FROM virtual_machines AS v WHERE v.uuid = ?1 AND v.host_id "
    "IS NOT captures.host_id)) ";

}  // namespace

std::int64_t Captures::next_id() {
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  Use newest(database_.prepared("SELECT max(id) FROM captures"));
  newest->step();
  return std::max(now, newest->get_int(0) + 1);
}

std::optional<std::int64_t> Captures::free_id(Arrival& arrival) {
  const Capture& capture = arrival.capture();
  if (capture.id == 0) return next_id();
  const auto is_free = [&](std::int64_t id) {
    Use taken(database_.prepared("SELECT 1 FROM captures WHERE id = ?1"));
    taken->bind_int(1, id);
    return !taken->step();
  };
  std::int64_t id = capture.id;
  if (is_free(id)) return id;
  if (is_recorded(arrival)) return std::nullopt;
  while (!is_free(id)) ++id;
  return id;
}

bool Captures::is_recorded(Arrival& arrival) {
  const Capture& capture = arrival.capture();
  Use same(database_.prepared(
      "SELECT c.document_sha256, c.driver, c.operation, c.sub_operation, c.extra, c.config, c.source, c.name, c.kind, "
      "c.vm_uuid, h.name FROM captures AS c LEFT JOIN hosts AS h ON h.id = c.host_id WHERE c.id = ?1 AND c.seq NOT IN "
      "(SELECT seq FROM moved_captures) OR c.seq IN (SELECT seq FROM moved_captures WHERE record_id = ?1)"));
  same->bind_int(1, capture.id);
  const std::array<std::string_view, 10> said{
      capture.driver, capture.operation, capture.sub_operation, capture.extra,          capture.config,
      capture.source, arrival.name(),    arrival.result.kind,   arrival.result.vm_uuid, capture.host};
  while (same->step()) {
    bool is_same = same->is_null(0) ? arrival.without_document() : same->get_blob(0) == arrival.document_digest();
    int column = 0;
    for (const std::string_view each : said) is_same = is_same && same->get_text(++column) == each;
    if (is_same) return true;
  }
  return false;
}

void Captures::add(Arrival& arrival, std::int64_t host_id, bool late) {
  CaptureResult& result = arrival.result;
  const Capture& capture = arrival.capture();
  assert(result.id != 0);
  // The schema's trigger refuses this too, but not on a connection that has triggers switched off.
  if (!capture.config.empty() && capture.config != "persistent" && capture.config != "live")
    throw DatabaseError(SQLITE_CONSTRAINT, "captures.config is 'persistent' or 'live', not '" + capture.config + "'");
  if (!arrival.without_document()) documents_.keep(capture.xml, arrival.document_digest(), result.kind, result.vm_uuid);
  {
    Use insert(database_.prepared(
        "INSERT INTO captures (id, host_id, vm_uuid, driver, operation, sub_operation, extra, config, document_sha256, "
        "exact, source, name, secrets, error, kind) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"));
    insert->bind_int(1, result.id);
    insert->bind_int(2, host_id);
    insert->bind_text(3, null_if_empty(result.vm_uuid));
    insert->bind_text(4, null_if_empty(capture.driver));
    insert->bind_text(5, null_if_empty(capture.operation));
    insert->bind_text(6, null_if_empty(capture.sub_operation));
    insert->bind_text(7, null_if_empty(capture.extra));
    insert->bind_text(8, null_if_empty(capture.config));
    if (!arrival.without_document()) insert->bind_blob(9, arrival.document_digest());
    if (arrival.has_rows()) insert->bind_int(10, arrival.exact() ? 1 : 0);
    insert->bind_text(11, null_if_empty(capture.source));
    insert->bind_text(12, null_if_empty(arrival.name()));
    if (capture.secrets) insert->bind_int(13, capture.secrets);
    insert->bind_text(14, null_if_empty(result.error));
    insert->bind_text(15, result.kind);
    insert->run();
    result.seq = database_.last_insert_id();
  }
  if (late) {
    Use insert(database_.prepared("INSERT INTO late_captures (seq) VALUES (?1)"));
    insert->bind_int(1, result.seq);
    insert->run();
  }
  if (capture.id != 0 && result.id != capture.id) {
    Use insert(database_.prepared("INSERT INTO moved_captures (seq, record_id) VALUES (?1, ?2)"));
    insert->bind_int(1, result.seq);
    insert->bind_int(2, capture.id);
    insert->run();
  }
}

std::optional<Captures::Newest> Captures::newest(std::string_view vm_uuid, std::string_view config) {
  static const std::string kNewest =
      std::string("SELECT ") + kNewestColumns +
      " FROM captures WHERE vm_uuid = ?1 AND kind = 'domain' AND config = ?2 AND error IS NULL AND " +
      sql_is_in_order("captures") + kNotUndefinedElsewhere + "ORDER BY seq DESC LIMIT 1";
  Use statement(database_.prepared(kNewest));
  statement->bind_text(1, vm_uuid);
  statement->bind_text(2, config);
  if (!statement->step()) return std::nullopt;
  return newest_of(*statement);
}

std::optional<Captures::Newest> Captures::definition(std::string_view vm_uuid) {
  std::optional<Newest> out = newest(vm_uuid, "persistent");
  if (!out || out->is_gone()) return out;
  Use statement(database_.prepared(
      std::string("SELECT ") + kNewestColumns +
      " FROM virtual_machines AS v JOIN captures ON captures.id = v.capture_id WHERE v.uuid = ?1 AND "
      "captures.operation = 'prepare' AND captures.document_sha256 IS NOT NULL AND captures.seq > ?2"));
  statement->bind_text(1, vm_uuid);
  statement->bind_int(2, out->seq);
  if (!statement->step()) return out;
  out = newest_of(*statement);
  out->is_start = true;
  return out;
}

std::optional<Captures::Newest> Captures::newest_document(std::string_view vm_uuid) {
  std::optional<Newest> defined = definition(vm_uuid);
  if (defined && !defined->is_gone()) return defined;
  static const std::string kNewest =
      std::string("SELECT ") + kNewestColumns + " FROM captures WHERE vm_uuid = ?1 AND kind = 'domain' AND " +
      sql_is_readable("captures") + " AND " + sql_is_in_order("captures") +
      " ORDER BY config = 'live' AND seq > ?2 DESC, config = 'persistent' DESC, seq DESC LIMIT 1";
  Use statement(database_.prepared(kNewest));
  statement->bind_text(1, vm_uuid);
  statement->bind_int(2, defined ? defined->seq : 0);
  if (!statement->step()) return std::nullopt;
  return newest_of(*statement);
}

void Captures::read(const Newest& newest, std::string_view vm_uuid, const Element& root, Document& out) {
  out.parse(documents_.read(newest.digest));
  out.shred(unwrapped(out.tree()), root);
  identify_as(out, vm_uuid);
  if (newest.is_start) out.take_definition();
}

std::optional<std::int64_t> Captures::seq_of_rows(std::int64_t vm_id, std::string_view digest) {
  Use statement(database_.prepared(
      "SELECT c.seq FROM virtual_machines AS v JOIN captures AS c ON c.id = v.capture_id WHERE v.id = ?1 AND v.source "
      "= 'imported' AND v.rows_sha256 = ?2"));
  statement->bind_int(1, vm_id);
  statement->bind_blob(2, digest);
  return statement->step() ? std::optional(statement->get_int(0)) : std::nullopt;
}

bool Captures::is_off(std::string_view vm_uuid, std::int64_t host_id) {
  static const std::string kOff =
      "SELECT 1 FROM vm_states WHERE vm_uuid = ?1 AND host_id = ?2 AND " + sql_is_off("state");
  Use statement(database_.prepared(kOff));
  statement->bind_text(1, vm_uuid);
  statement->bind_int(2, host_id);
  return statement->step();
}

bool Captures::is_undefined(std::int64_t vm_id) {
  static const std::string kUndefined =
      "SELECT 1 FROM virtual_machines AS v JOIN vm_states AS s ON s.vm_uuid = v.uuid AND s.host_id = v.host_id WHERE "
      "v.id = ?1 AND s.state = " +
      sql_literal(states::kUndefined);
  Use statement(database_.prepared(kUndefined));
  statement->bind_int(1, vm_id);
  return statement->step();
}

bool Captures::is_imported_only(std::string_view vm_uuid) {
  Use statement(database_.prepared(
      "SELECT 1 FROM captures WHERE vm_uuid = ?1 AND kind = 'domain' AND source <> 'import' LIMIT 1"));
  statement->bind_text(1, vm_uuid);
  return !statement->step();
}

bool Captures::had_definition(std::string_view vm_uuid, std::int64_t before_seq) {
  Use statement(
      database_.prepared("SELECT operation FROM captures WHERE vm_uuid = ?1 AND kind = 'domain' AND config = "
                         "'persistent' AND seq < ?2" +
                         std::string(kNotUndefinedElsewhere) + "ORDER BY seq DESC LIMIT 1"));
  statement->bind_text(1, vm_uuid);
  statement->bind_int(2, before_seq);
  return statement->step() && statement->get_text(0) != operations::kUndefine;
}

std::string Captures::hook_before(std::string_view vm_uuid, std::int64_t before_seq) {
  Use statement(database_.prepared(
      "SELECT operation FROM captures WHERE vm_uuid = ?1 AND config = 'live' AND kind = 'domain' AND seq < ?2 "
      "AND source = 'hook' AND " +
      sql_is_in_order("captures") + " ORDER BY seq DESC LIMIT 1"));
  statement->bind_text(1, vm_uuid);
  statement->bind_int(2, before_seq);
  return statement->step() ? std::string(statement->get_text(0)) : std::string();
}

std::string Captures::xml(std::int64_t capture_id) {
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
  return documents_.read(digest);
}

}  // namespace virtsql
