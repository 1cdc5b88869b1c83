// What a host sends to a store in one transaction. It is a copy: the host's database is not needed any more.
//
// Rows are JSON texts, one object for each row, as the put functions of the store take them (jsonb_to_recordset()). A
// column that is NULL is left out, so that hosts and stores with fewer or more columns understand each other.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/schema/fleet_tables.h"

namespace virtsql {

// The digests of a VM's rows in each table, by the table's name. Tables in which it has no rows are left out.
using TableDigests = std::map<std::string, std::string>;

// One part of a host's own table: kPartSize ids.
struct PartKey {
  std::string table;
  std::int64_t part = 0;
  // Its first and its last id.
  std::int64_t first() const { return part * kPartSize; }
  std::int64_t last() const { return first() + (kPartSize - 1); }
  // clang-tidy takes the 0 in the compiler's code for a null pointer.
  auto operator<=>(const PartKey&) const = default;  // NOLINT(modernize-use-nullptr)
};

// captures.id is in microseconds; this many are a day.
inline constexpr std::int64_t kDayMicroseconds = 86400000000;

// The last captures.id of the day. Of the day that an id can just reach, there is no next one.
constexpr std::int64_t end_of_day(std::int64_t day) {
  const std::int64_t first = day * kDayMicroseconds;
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
  return first > kLast - (kDayMicroseconds - 1) ? kLast : first + kDayMicroseconds - 1;
}

// A digest of one day's captures: their number, and the sum of the microseconds since the day began at which they were.
struct Day {
  std::int64_t captures = 0;
  std::int64_t microseconds_sum = 0;
  bool operator==(const Day&) const = default;
};

// What one side has, as digests: the host now, the store, or the store as the host remembers it.
struct Holdings {
  std::map<std::string, std::string> vms;  // by UUID: digest_of() its tables
  std::map<PartKey, std::string> parts;
  std::map<std::int64_t, Day> days;  // by day since 1970
  bool refusals = false;             // whether the store refuses something of the host
};

struct PartRows {
  PartKey key;
  std::string rows;    // a JSON array; [] if the part has no rows any more
  std::string digest;  // empty if it has no rows
};

struct VmRows {
  std::string uuid;
  TableDigests tables;                                    // of all tables in which it has rows
  std::string digest;                                     // digest_of(tables)
  std::vector<std::pair<std::string, std::string>> rows;  // table and JSON array, of the tables to replace
};

struct Batch {
  std::vector<PartRows> parts;
  std::vector<VmRows> vms;
  std::vector<std::string> dropped_vms;
  // By VM: the digest that the store is believed to have. If it has another one, the store takes nothing of the batch
  // (StoreDiffers). A VM without a digest here is not checked.
  std::map<std::string, std::string> expected;

  // The number of things that the store can take or refuse by themselves.
  std::size_t things() const { return parts.size() + vms.size() + (dropped_vms.empty() ? 0 : 1); }

  // Bytes of rows.
  std::size_t size() const {
    std::size_t out = 0;
    for (const PartRows& part : parts) out += part.rows.size();
    for (const VmRows& vm : vms)
      for (const auto& [table, rows] : vm.rows) out += rows.size();
    return out;
  }
};

// Captures, the digests of their documents, and the changes of definitions that follow from them.
struct CaptureBatch {
  struct Changes {
    std::string vm_uuid;
    std::string compared;  // captures.id, with commas between, of the captures whose changes the rows replace
    std::string rows;      // a JSON array
  };
  std::string captures;              // a JSON array
  std::vector<std::string> digests;  // of the documents that they name
  std::set<std::string> domains;     // those of them that are a domain's
  std::vector<std::string> present;  // those of them that the store has, so that they are not sent with the captures
  std::vector<Changes> changes;
  std::size_t count = 0;
};

}  // namespace virtsql
