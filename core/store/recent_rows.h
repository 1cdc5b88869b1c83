// Which document the rows of a VM give, as it was found a moment ago, so that they need not be read again to know that
// nobody edited them.
//
// Kept only for a connection that nobody else writes through (see Writer). All of it is forgotten as soon as anything
// but a capture may have touched the rows: another connection committed (PRAGMA data_version), this one wrote something
// else (sqlite3_total_changes64), a transaction was rolled back, or a capture failed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/database.h"

namespace virtsql {

class RecentRows {
 public:
  // The database must outlive it. The connection's rollback hook is taken.
  explicit RecentRows(Database& database);
  ~RecentRows();
  RecentRows(const RecentRows&) = delete;
  RecentRows& operator=(const RecentRows&) = delete;

  // Before a capture: forgets what may be otherwise by now. After one: what was kept holds with all that it changed.
  void check();
  void seal();
  void forget() { digests_.clear(); }

  // SHA-256 of the XML that the rows of the VM with that id give; empty: not known.
  std::string_view digest_of(std::int64_t vm_id) const;
  void keep(std::int64_t vm_id, std::string_view digest);

 private:
  // So many, some 100 bytes each, however many VMs there are.
  static constexpr std::size_t kMost = 4096;

  static void rolled_back(void* self) { static_cast<RecentRows*>(self)->forget(); }

  Database& database_;
  std::unordered_map<std::int64_t, std::string> digests_;
  std::int64_t data_version_ = 0;
  std::int64_t changes_ = 0;
};

}  // namespace virtsql
