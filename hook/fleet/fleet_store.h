// The fleet's store, as a host sees it: what it has of this host, and how it is given more.
//
// There are two: PostgreSQL (postgres_store.h), and a stream of lines of JSON for those who have a message bus
// (json_store.h), which does not know what it has and is given everything.
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

// The store takes nothing from this pusher now, for the reason `why`: try again after the time `wait`.
struct StoreBusy : std::runtime_error {
  StoreBusy(std::chrono::milliseconds time, const std::string& why) : std::runtime_error(why), wait(time) {}
  std::chrono::milliseconds wait;
};

// The store refuses this host, and no later try will change that: a human must act.
struct StoreRefusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The store has something else than the host remembers: the host must ask it what it has.
struct StoreDiffers : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The store refuses what a batch holds, and will refuse it again.
struct BatchRefused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class FleetStore {
 public:
  FleetStore() = default;
  virtual ~FleetStore() = default;
  FleetStore(const FleetStore&) = delete;
  FleetStore& operator=(const FleetStore&) = delete;

  // What the store has of this host. The store takes no capture with an id smaller than kept_from().
  virtual Holdings known() = 0;
  virtual std::int64_t kept_from() const = 0;
  // The digests by table that the store has of these VMs.
  virtual std::map<std::string, TableDigests> known_tables(const std::vector<std::string>& vms) = 0;
  // The captures with ids from `first` to `last` that need not be sent: those that the store has or had.
  virtual std::set<std::int64_t> known_captures(std::int64_t first, std::int64_t last) = 0;
  // Returns those of the documents with these digests that the store has not.
  virtual std::vector<std::string> missing_documents(const std::vector<std::string>& digests) = 0;
  // Tells the store what it refuses of this host at present, and why, for those who look after the store.
  virtual void say_refused(const std::map<std::string, std::string>& refused) = 0;
  // The store's columns; empty if they are those that this program knows.
  virtual StoreColumns columns() = 0;

  // Both return the number of rows that changed, and change all or nothing. Throw StoreDiffers (also if a document of
  // CaptureBatch::present is gone), StoreRefusal, BatchRefused, and what the connection throws.
  virtual std::int64_t push(const Batch& batch) = 0;
  virtual std::int64_t push(const CaptureBatch& batch, std::vector<std::string> documents) = 0;
};

}  // namespace virtsql
