// The fleet's store, as a host sees it: what it has of this host, and how it is given more.
//
// Two are: PostgreSQL (postgres_store.h), and a stream of lines of JSON for those who have a bus (json_store.h), which
// knows nothing and is told everything.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "hook/fleet/batch.h"
#include "hook/fleet/host.h"

namespace virtsql {

// The store is busy: it named the time after which to come again.
struct StoreBusy : std::runtime_error {
  explicit StoreBusy(std::chrono::milliseconds time)
      : std::runtime_error("the store has enough pushers; it said to wait " + std::to_string(time.count()) + " ms"),
        wait(time) {}
  std::chrono::milliseconds wait;
};

// What the store says that no later try will change: a human must act.
struct StoreRefusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The store has something else than the host remembers: it is to ask what.
struct StoreDiffers : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What a batch holds is refused, and will be again.
struct BatchRefused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class FleetStore {
 public:
  FleetStore() = default;
  virtual ~FleetStore() = default;
  FleetStore(const FleetStore&) = delete;
  FleetStore& operator=(const FleetStore&) = delete;

  // What it has of this host. Captures older than kept_from() are not wanted.
  virtual Holdings known() = 0;
  virtual std::int64_t kept_from() const = 0;
  // Of these VMs the digests by table.
  virtual std::map<std::string, TableDigests> known_tables(const std::vector<std::string>& vms) = 0;
  virtual std::set<std::int64_t> known_captures(std::int64_t first, std::int64_t last) = 0;
  virtual std::vector<std::string> missing_documents(const std::vector<std::string>& digests) = 0;
  // What of this host is refused at present, and why, for those who look after the store.
  virtual void say_refused(const std::map<std::string, std::string>& refused) = 0;
  // Its columns, if they are not those of this program.
  virtual StoreColumns columns() = 0;

  // Both give the number of rows that changed, and change all or nothing. Throw StoreDiffers, BatchRefused, and what
  // the way to the store throws.
  virtual std::int64_t push(const Batch& batch) = 0;
  virtual std::int64_t push(const CaptureBatch& batch, const std::vector<std::string>& documents) = 0;
};

}  // namespace virtsql
