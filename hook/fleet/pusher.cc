#include "hook/fleet/pusher.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <set>

namespace virtsql {
namespace {

// A batch is one transaction of the store; these bound what it holds in memory on both sides.
constexpr std::size_t kMostVms = 64;
constexpr std::size_t kMostParts = 256;
constexpr std::size_t kMostCaptures = 5000;
constexpr std::size_t kMostBytes = 4U << 20U;
// Captures need less to be worth a transaction: a second batch of them is read while one is on its way.
constexpr std::size_t kMostDocumentBytes = 2U << 20U;
// One call of put_documents() has about this many. libpq keeps a buffer as large as the largest call.
constexpr std::size_t kBytesOfACall = 1U << 20U;

// Removes up to `most` items from the front of the list and returns them.
template <typename List>
List take(List& list, std::size_t most) {
  const auto end = std::next(list.begin(), static_cast<std::ptrdiff_t>(std::min(most, list.size())));
  List out(std::make_move_iterator(list.begin()), std::make_move_iterator(end));
  list.erase(list.begin(), end);
  return out;
}

}  // namespace

// One call of the store that runs while the host reads what is sent next. There is one at a time, and the store is not
// used for anything else meanwhile.
class Pusher::Flight {
 public:
  using Landed = std::function<void(std::future<std::int64_t>&)>;

  // REQUIRES: nothing is under way.
  void start(std::function<std::int64_t()> call, Landed landed) {
    assert(!answer_.valid());
    answer_ = std::async(std::launch::async, std::move(call));
    landed_ = std::move(landed);
  }

  // Waits for the answer and gives it to `landed`; throws what that throws. Does nothing if nothing is under way.
  void land() {
    if (!answer_.valid()) return;
    std::future<std::int64_t> answer = std::move(answer_);
    landed_(answer);
  }

 private:
  std::future<std::int64_t> answer_;  // its destructor waits for the call
  Landed landed_;
};

Pusher::Pusher(Host& host, Connect connect, bool dry)
    : host_(host), captures_(host), connect_(std::move(connect)), dry_(dry) {}

Pusher::Difference Pusher::find_difference(const Host::Present& present) const {
  Difference out;
  for (const auto& [part, digest] : present.holdings.parts) {
    const auto known = known_->holdings.parts.find(part);
    if (known == known_->holdings.parts.end() || known->second != digest) out.parts.push_back(part);
  }
  for (const auto& [part, digest] : known_->holdings.parts)
    if (!present.holdings.parts.contains(part)) out.parts.push_back(part);
  for (const auto& [vm, digest] : present.holdings.vms) {
    const auto known = known_->holdings.vms.find(vm);
    if (known != known_->holdings.vms.end() && known->second == digest) continue;
    const auto tables = known_->tables.find(vm);
    out.vms[vm] = tables == known_->tables.end() ? TableDigests() : tables->second;
  }
  for (const auto& [vm, digest] : known_->holdings.vms)
    if (!present.holdings.vms.contains(vm)) out.dropped_vms.push_back(vm);
  return out;
}

// Adds the captures that the store lacks, of the days on which host and store differ. A capture that only the store has
// was pruned here, or lost by restoring an older database: it stays in the store.
void Pusher::add_days(const Host::Present& present, FleetStore& store, Difference& difference) {
  for (const auto& [day, here] : present.holdings.days) {
    const auto there = known_->holdings.days.find(day);
    if (there != known_->holdings.days.end() && there->second == here) continue;
    const std::int64_t last = end_of_day(day);
    if (last < store.kept_from()) continue;
    std::set<std::int64_t> known;
    if (there != known_->holdings.days.end()) known = store.known_captures(day * kDayMicroseconds, last);
    for (const std::int64_t id : captures_.of_day(day))
      if (id >= store.kept_from() && !known.contains(id)) difference.captures.push_back(id);
  }
}

// Takes over what the store has, and finds out what it lacks.
Pusher::Difference Pusher::compare(const Host::Present& present, Holdings there, FleetStore& store) {
  known_ = Known{};
  known_->holdings = std::move(there);
  std::vector<std::string> other;
  for (const auto& [vm, digest] : present.holdings.vms) {
    const auto known = known_->holdings.vms.find(vm);
    if (known == known_->holdings.vms.end()) continue;
    if (known->second == digest)
      known_->tables[vm] = present.tables.at(vm);
    else
      other.push_back(vm);
  }
  if (!other.empty()) known_->tables.merge(store.known_tables(other));
  Difference out = find_difference(present);
  add_days(present, store, out);
  return out;
}

Pushed Pusher::push(Round round) {
  Pushed out;
  std::unique_ptr<FleetStore> store;
  Holdings there;
  if (!known_) {
    store = connect_();
    there = store->known();
  }
  // A store that has no rows of this host needs no digests to be compared with. They are over all rows, so without them
  // a first load takes less. While what the store has is remembered, they are made before it connects, so that the
  // connection is short.
  Host::Present present = store && there.vms.empty() && there.parts.empty() ? host_.list() : host_.digests();
  const bool remembered = known_ && round == Round::kDifference;
  Difference difference;
  if (remembered) {
    difference = find_difference(present);
    difference.captures = captures_.since(known_->seq);
    const std::vector<std::int64_t>& refused = known_->refused_captures;
    difference.captures.insert(difference.captures.end(), refused.begin(), refused.end());
    if (difference.is_empty()) return out;
  }
  if (!store) store = connect_();
  out.connected = true;
  if (remembered) {
    // Now that they are sent, and not before: the store may be too busy to connect. Those that it refuses again come
    // back.
    known_->refused_captures.clear();
  } else {
    if (known_) there = store->known();
    difference = compare(present, std::move(there), *store);
  }
  if (dry_) {
    out.vms = difference.vms.size();
    out.dropped_vms = difference.dropped_vms.size();
    out.parts = difference.parts.size();
    out.captures = difference.captures.size();
    known_.reset();
    return out;
  }
  present.tables.clear();  // what is sent next needs the memory
  Flight flight;
  push_captures(*store, difference.captures, flight, out);
  push_rows(*store, difference, remembered, flight, out);
  flight.land();
  known_->seq = present.newest_seq;
  known_->holdings.days = present.holdings.days;
  if (known_->holdings.refusals || !out.refused.empty()) store->say_refused(out.refused);
  known_->holdings.refusals = !out.refused.empty();
  return out;
}

void Pusher::push_captures(FleetStore& store, const std::vector<std::int64_t>& ids, Flight& flight, Pushed& out) {
  std::vector<std::int64_t> rest = ids;
  while (!rest.empty()) push_capture_batch(store, captures_.take(rest, kMostCaptures, kMostDocumentBytes), flight, out);
}

void Pusher::push_capture_batch(FleetStore& store, std::vector<std::int64_t> ids, Flight& flight, Pushed& out) {
  auto batch = std::make_shared<CaptureBatch>(captures_.read(ids));
  flight.land();
  const std::vector<std::string> missing = store.missing_documents(batch->digests);
  const std::set<std::string> is_missing(missing.begin(), missing.end());
  std::copy_if(batch->digests.begin(), batch->digests.end(), std::back_inserter(batch->present),
               [&](const std::string& digest) { return !is_missing.contains(digest); });
  auto documents = std::make_shared<std::vector<std::string>>(captures_.documents(*batch, missing, kBytesOfACall));
  flight.start([&store, batch, documents] { return store.push(*batch, std::move(*documents)); },
               [this, &store, &out, batch, ids = std::move(ids)](std::future<std::int64_t>& changed) {
                 try {
                   out.changed += changed.get();
                   out.captures += batch->count;
                 } catch (const BatchRefused& refusal) {
                   if (ids.size() > 1) return push_halves(store, ids, out);
                   out.refused["capture " + std::to_string(ids.front())] = refusal.what();
                   known_->refused_captures.push_back(ids.front());
                 }
               });
}

// Sends the captures of a batch that the store refuses in two parts. In the end the store has all but those which it
// refuses by themselves.
void Pusher::push_halves(FleetStore& store, const std::vector<std::int64_t>& ids, Pushed& out) {
  const auto middle = ids.begin() + static_cast<std::ptrdiff_t>(ids.size() / 2);
  for (const auto& [begin, end] : {std::pair(ids.begin(), middle), std::pair(middle, ids.end())}) {
    Flight flight;
    push_capture_batch(store, {begin, end}, flight, out);
    flight.land();
  }
}

// Sends the parts of other tables before the VMs, whose rows refer to them. If there are few changes, all of them are
// one transaction.
void Pusher::push_rows(FleetStore& store, const Difference& difference, bool remembered, Flight& flight, Pushed& out) {
  std::vector<PartKey> parts = difference.parts;
  std::vector<std::string> dropped = difference.dropped_vms;
  Host::Wanted vms = difference.vms;
  while (!parts.empty() || !vms.empty() || !dropped.empty()) {
    Host::Wanted some;
    const std::vector<PartKey> some_parts = take(parts, kMostParts);
    while (parts.empty() && !vms.empty() && some.size() < kMostVms) some.insert(vms.extract(vms.begin()));
    Batch batch = host_.read(some_parts, some, store.columns());
    batch.dropped_vms = std::exchange(dropped, {});
    if (remembered)
      for (const auto& [vm, tables] : some)
        if (const auto known = known_->holdings.vms.find(vm); known != known_->holdings.vms.end())
          batch.expected[vm] = known->second;
    flight.land();
    if (batch.size() > kMostBytes && batch.things() > 1) {
      send_one_by_one(store, batch, out);
      continue;
    }
    auto sent = std::make_shared<const Batch>(std::move(batch));
    flight.start(
        [&store, sent] { return store.push(*sent); },
        [this, &store, sent, &out](std::future<std::int64_t>& changed) { conclude(store, *sent, changed, out); });
  }
}

// Acts on the store's answer to a batch: remembers what the store has now. If the store refuses the batch, sends it one
// by one, or notes the refusal if there is only one thing in it.
void Pusher::conclude(FleetStore& store, const Batch& batch, std::future<std::int64_t>& changed, Pushed& out) {
  try {
    out.changed += changed.get();
  } catch (const BatchRefused& refusal) {
    if (batch.things() > 1) return send_one_by_one(store, batch, out);
    for (const VmRows& vm : batch.vms) out.refused["VM " + vm.uuid] = refusal.what();
    for (const std::string& vm : batch.dropped_vms) out.refused["the removal of VM " + vm] = refusal.what();
    for (const PartRows& part : batch.parts)
      out.refused[part.key.table + " " + std::to_string(part.key.part)] = refusal.what();
    return;
  }
  out.vms += batch.vms.size();
  out.parts += batch.parts.size();
  out.dropped_vms += batch.dropped_vms.size();
  remember(batch);
}

// Sends each part and each VM of a batch alone, because the batch is too large or the store refuses something in it.
void Pusher::send_one_by_one(FleetStore& store, const Batch& batch, Pushed& out) {
  const auto send = [&](const Batch& one) {
    std::future<std::int64_t> changed = std::async(std::launch::deferred, [&] { return store.push(one); });
    conclude(store, one, changed, out);
  };
  if (!batch.dropped_vms.empty()) {
    Batch one;
    one.dropped_vms = batch.dropped_vms;
    send(one);
  }
  for (const PartRows& part : batch.parts) {
    Batch one;
    one.parts.push_back(part);
    send(one);
  }
  for (const VmRows& vm : batch.vms) {
    Batch one;
    one.vms.push_back(vm);
    if (const auto expected = batch.expected.find(vm.uuid); expected != batch.expected.end())
      one.expected.insert(*expected);
    send(one);
  }
}

void Pusher::remember(const Batch& batch) {
  for (const PartRows& part : batch.parts) {
    if (part.digest.empty())
      known_->holdings.parts.erase(part.key);
    else
      known_->holdings.parts[part.key] = part.digest;
  }
  for (const VmRows& vm : batch.vms) {
    known_->holdings.vms[vm.uuid] = vm.digest;
    known_->tables[vm.uuid] = vm.tables;
  }
  for (const std::string& vm : batch.dropped_vms) {
    known_->holdings.vms.erase(vm);
    known_->tables.erase(vm);
  }
}

}  // namespace virtsql
