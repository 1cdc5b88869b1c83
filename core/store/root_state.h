// The housekeeping columns of a root's row (a VM, a network, ...) that say whether it follows libvirt.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/database.h"
#include "core/catalog/catalog.h"

namespace virtsql {

// What the writer sets in them.
struct RootState {
  std::int64_t host_id = 0;
  std::string_view source;       // imported or managed
  std::string_view sync_status;  // UNKNOWN, SYNCED or DRIFTED
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
