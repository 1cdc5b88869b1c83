// What a host gives to a store in one transaction, copied out of its database: from here on the database is not needed.
//
// Rows are JSON texts, one object a row, as the put functions of the store take them (jsonb_to_recordset()). A column
// that is NULL is not named, so that stores with fewer or more columns understand each other.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace virtsql {

// Digests of the rows that a VM has in each table, by the table's name; tables without rows are not named.
using TableDigests = std::map<std::string, std::string>;

// A range of ids of a host's own table.
struct PartKey {
  std::string table;
  std::int64_t part = 0;
  // The check sees a literal 0, which is the compiler's.
  auto operator<=>(const PartKey&) const = default;  // NOLINT(modernize-use-nullptr)
};

// Captures are numbered by the microsecond; so many are a day.
inline constexpr std::int64_t kDayMicroseconds = 86400000000;

// The captures of one day: their number, and the sum of the microseconds of the day at which they were.
struct Day {
  std::int64_t captures = 0;
  std::int64_t total = 0;
  bool operator==(const Day&) const = default;
};

// What somebody has, as digests: the host now, the store, or the store as the host remembers it.
struct Holdings {
  std::map<std::string, std::string> vms;  // by UUID: the digest over its tables'
  std::map<PartKey, std::string> parts;
  std::map<std::int64_t, Day> days;  // by day since 1970
  bool refusals = false;             // whether something of the host is refused
};

struct PartRows {
  PartKey key;
  std::string rows;    // [...]; [] if there are none any more
  std::string digest;  // empty if there are none
};

struct VmRows {
  std::string uuid;
  TableDigests tables;                                    // all that it has
  std::string digest;                                     // over them
  std::vector<std::pair<std::string, std::string>> rows;  // table and [...], of the tables that are to be replaced
};

struct Batch {
  std::vector<PartRows> parts;
  std::vector<VmRows> vms;
  std::vector<std::string> dropped_vms;
  // What the store is believed to have of `vms`: its push digest, or none. Without an entry nothing is believed.
  std::map<std::string, std::optional<std::string>> expected;

  std::size_t size() const {
    std::size_t out = 0;
    for (const PartRows& part : parts) out += part.rows.size();
    for (const VmRows& vm : vms)
      for (const auto& [table, rows] : vm.rows) out += rows.size();
    return out;
  }
};

// Captures with the documents and changes that belong to them.
struct CaptureBatch {
  struct Changes {
    std::string vm_uuid;
    std::int64_t since = 0;
    std::string rows;  // [...]
  };
  std::string captures;              // [...]
  std::vector<std::string> digests;  // of the documents that they name
  std::vector<Changes> changes;
  std::size_t count = 0;
};

}  // namespace virtsql
