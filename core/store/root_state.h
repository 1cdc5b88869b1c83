// The housekeeping columns of a root's row (a VM, a network, ...) that say whether it follows libvirt.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/schema/root_words.h"

namespace virtsql {

// What the writer sets in them.
struct RootState {
  // Of rows that follow libvirt: they were made from the capture.
  static RootState imported(std::int64_t host_id, std::int64_t capture_id,
                            std::string_view status = virtsql::sync_status::kSynced) {
    return {host_id, rows_source::kImported, status, capture_id, {}};
  }
  // Of rows that say what somebody wants.
  static RootState managed(std::int64_t host_id) {
    return {host_id, rows_source::kManaged, virtsql::sync_status::kUnknown, 0, {}};
  }

  std::int64_t host_id = 0;
  std::string_view source;       // a word of rows_source
  std::string_view sync_status;  // a word of sync_status
  std::int64_t capture_id = 0;
  std::string_view rows_sha256;  // 32 bytes
};

// What a stored row has in them.
struct StoredState {
  std::int64_t host_id = 0;
  std::string source;
  std::string sync_status;
  std::int64_t capture_id = 0;
  std::string rows_sha256;  // empty: the row is from before there were digests
};

// The columns, in the order of the members above. bind_state() and read_state() rely on it.
inline constexpr const char* kStateColumns[] = {"host_id", "source", "sync_status", "capture_id", "rows_sha256"};

// Binds the state to the parameters from `first` on, in the order of kStateColumns. Returns the next parameter. Texts
// are not copied.
int bind_state(Statement& statement, int first, const RootState& state);

// Returns what the row of a root's table has; nullopt if there is no such row.
std::optional<StoredState> read_state(Database& database, const Table& table, std::int64_t id);

}  // namespace virtsql
