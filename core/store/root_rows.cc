#include "core/store/root_rows.h"

#include <utility>

#include "core/base/sql_quote.h"
#include "core/rows/row_error.h"
#include "core/schema/root_words.h"
#include "core/store/store_error.h"

namespace virtsql {
namespace {

// Of a row that another transaction found.
[[noreturn]] void throw_gone(const Element& root) {
  throw StoreError("somebody has deleted the row of " + root.table->name + " just now");
}

}  // namespace

StoredState RootRows::stored(const Element& root, std::int64_t id) {
  std::optional<StoredState> state = read_state(database_, *root.table, id);
  if (!state) throw_gone(root);
  return *std::move(state);
}

bool RootRows::is_edited(const Element& root, std::int64_t id, const StoredState& stored, Document& current) {
  current.set_rows(rows_.load(root, id, current.arena()));
  if (!current.has_rows()) throw_gone(root);
  // Rows from before there were digests count as unedited unless they are managed.
  return stored.source == rows_source::kManaged ||
         (!stored.rows_sha256.empty() && current.digest() != stored.rows_sha256);
}

void RootRows::apply(const Element& root, std::int64_t id, Document& document, RootState state, Role role) {
  Document current;
  const StoredState before = stored(root, id);
  const bool edited = is_edited(root, id, before, current);
  if (edited && role == Role::kGiven) return;  // it does not say what is defined, so it stays history
  if (before.host_id != state.host_id) {
    rows_.move(root, id, state.host_id);
    current.set_rows(rows_.load(root, id, current.arena()));
  }
  const bool same = current.xml() == document.xml();
  if (edited) {
    std::vector<Difference> differences;
    if (!same)
      differences = diff(current.definition(), document.definition(),
                         role == Role::kRunning ? DiffMode::kRunning : DiffMode::kDefined);
    set_drift(*root.table, id, differences, true);
    return;
  }
  if (role == Role::kStart || role == Role::kGiven) {
    if (same || current.definition_xml() == document.definition_xml()) return;
    if (role == Role::kStart) {
      // What only the start adds (in an interface, the tags of the network's port group) is no other definition.
      if (diff(current.definition(), document.definition(), DiffMode::kRunning).empty()) return;
      // The definition was changed unseen. It is taken without what the start adds.
      document.take_definition();
    }
  }
  state.rows_sha256 = document.digest();
  if (current.xml() == document.xml())
    rows_.set_state(*root.table, id, state);
  else
    rows_.change(current.rows(), document.rows(), state);
  keep_recent(root, id, document);
}

bool RootRows::apply_unchanged(const Element& root, std::int64_t id, std::string_view digest, RootState state,
                               Role role) {
  if (!recent_ || recent_->digest_of(id) != digest) return false;
  if (stored(root, id).host_id != state.host_id) return false;
  // A start or an import by hand that gives the same document says nothing new: the rows keep their capture_id.
  if (role == Role::kStart || role == Role::kGiven) return true;
  state.rows_sha256 = digest;
  rows_.set_state(*root.table, id, state);
  return true;
}

void RootRows::keep_recent(const Element& root, std::int64_t id, Document& document) {
  if (recent_ && root.table->is_vm()) recent_->keep(id, document.digest());
}

void RootRows::move(const Element& root, std::int64_t id, std::int64_t host_id) {
  if (stored(root, id).host_id != host_id) rows_.move(root, id, host_id);
}

std::int64_t RootRows::insert(Document& document, RootState state) {
  state.rows_sha256 = document.digest();
  const std::int64_t id = rows_.insert(document.rows(), state);
  keep_recent(*document.rows().element, id, document);
  return id;
}

Row* RootRows::load_all(const Element& root, std::int64_t id, Arena& arena) {
  for (std::pair<std::string, std::int64_t> refused;;) {
    try {
      return rows_.load(root, id, arena);
    } catch (const RowError& error) {
      if (refused == std::pair(error.table, error.id)) throw;
      refused = {error.table, error.id};
      Use remove(database_.prepared("DELETE FROM " + quote_identifier(error.table) + " WHERE id = ?1"));
      remove->bind_int(1, error.id);
      remove->run();
    }
  }
}

void RootRows::accept(const Element& root, std::int64_t id, Document& document, RootState state) {
  move(root, id, state.host_id);
  Arena arena;
  Row* current = load_all(root, id, arena);
  if (!current) throw_gone(root);
  state.rows_sha256 = document.digest();
  rows_.change(*current, document.rows(), state);
}

void RootRows::set_drift(const Table& table, std::int64_t id, const std::vector<Difference>& differences,
                         bool managed) {
  Use statement(database_.prepared("UPDATE " + quote_identifier(table.name) +
                                   " SET sync_status = ?1, drift_details = ?2" + (managed ? ", source = ?4" : "") +
                                   " WHERE id = ?3"));
  statement->bind_text(1, differences.empty() ? sync_status::kSynced : sync_status::kDrifted);
  const std::string details = to_json(differences);
  if (!differences.empty()) statement->bind_text(2, details);
  statement->bind_int(3, id);
  if (managed) statement->bind_text(4, rows_source::kManaged);
  statement->run();
}

bool RootRows::remove_unless_edited(const Element& root, std::int64_t id) {
  Document current;
  if (is_edited(root, id, stored(root, id), current)) {
    set_drift(*root.table, id, {undefined_difference(root.name)}, true);
    return false;
  }
  rows_.remove(root, id);
  return true;
}

}  // namespace virtsql
