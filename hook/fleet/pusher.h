// Brings the store to what the host has: compares two sets of digests and sends the difference in batches.
//
//   what the host has    digests over its rows, read anew for each round (host.h)
//   what the store has   asked on a full round; on others remembered from what was sent
//
// Neither is kept on disk. What is remembered only saves a question: if the store has something else, it says so
// (StoreDiffers), and the next round asks. So a round can be repeated, interrupted at any place, or done twice at once;
// the store ends up with what the host has.
//
// Tested by tests/fleet/.
#pragma once

#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "hook/fleet/capture_reader.h"
#include "hook/fleet/fleet_store.h"
#include "hook/fleet/host.h"

namespace virtsql {

// What a round did.
struct Pushed {
  bool connected = false;
  std::int64_t changed = 0;  // rows in the store
  std::size_t vms = 0, dropped_vms = 0, parts = 0, captures = 0;
  std::map<std::string, std::string> refused;  // what the store does not take, and why
};

enum class Round {
  kFull,       // the store is asked what it has
  kDifference  // what is remembered is trusted; without a difference the store is not even called
};

class Pusher {
 public:
  using Connect = std::function<std::unique_ptr<FleetStore>()>;

  // The host must outlive it. `dry`: finds out what it would send, and sends nothing.
  Pusher(Host& host, Connect connect, bool dry);

  // Does one round; the first one is full whatever is asked for. Throws what the store throws; what it took until then
  // is remembered.
  Pushed push(Round round);

  // Forgets what the store has, so that the next round asks it.
  void reset() { known_.reset(); }

 private:
  struct Known {
    Holdings holdings;
    std::map<std::string, TableDigests> tables;
    std::int64_t seq;
    std::vector<std::int64_t> refused_captures;  // tried again in each round, as refused rows are
  };
  struct Difference {
    std::vector<PartKey> parts;
    Host::Wanted vms;
    std::vector<std::string> dropped_vms;
    std::vector<std::int64_t> captures;
    bool is_empty() const { return parts.empty() && vms.empty() && dropped_vms.empty() && captures.empty(); }
  };
  Difference find_difference(const Host::Present& present) const;
  Difference compare(const Host::Present& present, Holdings there, FleetStore& store);
  void add_days(const Host::Present& present, FleetStore& store, Difference& difference);
  class Flight;
  void push_rows(FleetStore& store, const Difference& difference, bool remembered, Flight& flight, Pushed& out);
  void push_captures(FleetStore& store, const std::vector<std::int64_t>& ids, Flight& flight, Pushed& out);
  void push_capture_batch(FleetStore& store, std::vector<std::int64_t> ids, Flight& flight, Pushed& out);
  void push_halves(FleetStore& store, const std::vector<std::int64_t>& ids, Pushed& out);
  void conclude(FleetStore& store, const Batch& batch, std::future<std::int64_t>& changed, Pushed& out);
  void send_one_by_one(FleetStore& store, const Batch& batch, Pushed& out);
  void remember(const Batch& batch);

  Host& host_;
  CaptureReader captures_;
  Connect connect_;
  bool dry_;
  std::optional<Known> known_;
};

}  // namespace virtsql
