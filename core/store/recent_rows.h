// Remembers which document the rows of a VM were found to give a moment ago, so that the rows need not be read again to
// know that nobody edited them.
//
// Only for a connection that nobody else writes through (see Writer). Everything is forgotten as soon as anything but a
// capture may have touched the rows: another connection committed (PRAGMA data_version), this connection wrote
// something else (sqlite3_total_changes64), a transaction was rolled back, or a capture failed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/database.h"

namespace virtsql {

class RecentRows {
 public:
  // Installs the connection's rollback hook, in place of any other. The database must outlive this object.
  explicit RecentRows(Database& database);
  ~RecentRows();
  RecentRows(const RecentRows&) = delete;
  RecentRows& operator=(const RecentRows&) = delete;

  // Call it before a capture: drops everything if anything but a capture may have touched the rows since seal().
  void clear_if_changed();
  // Call it after a capture that succeeded: what the capture itself changed then does not count as somebody's edit.
  void seal();
  // Call it after a capture that failed.
  void clear() { digests_.clear(); }

  // Returns the SHA-256 of the XML that the rows of the VM with this virtual_machines.id give; empty if it is not
  // known.
  std::string_view digest_of(std::int64_t vm_id) const;
  void keep(std::int64_t vm_id, std::string_view digest);

 private:
  // The most VMs that are remembered, at some 100 bytes each, so that memory is bounded however many VMs there are. If
  // there are more, all are forgotten.
  static constexpr std::size_t kMost = 4096;

  static void rolled_back(void* self) { static_cast<RecentRows*>(self)->clear(); }

  Database& database_;
  std::unordered_map<std::int64_t, std::string> digests_;
  std::int64_t data_version_ = 0;
  std::int64_t changes_ = 0;
};

}  // namespace virtsql
