#include "core/libvirt/known.h"

#include <utility>

#include "core/base/sha256.h"
#include "core/catalog/catalog.h"
#include "core/libvirt/objects.h"
#include "core/spool/operations.h"
#include "core/spool/spool.h"
#include "core/spool/states.h"

namespace virtsql {
namespace {

using kinds::kDomain;

bool belongs_to_domain(std::string_view kind_name) {
  const ObjectKind* const kind = find_object_kind(kind_name);
  return kind && kind->owner == kDomain;
}

}  // namespace

Thing thing_of(const Capture& record) {
  Thing thing;
  thing.host = record.host;
  thing.driver = record.driver;
  thing.kind = record.kind;
  thing.name = record.name;
  thing.id = record.kind == kDomain ? record.uuid : record.name;
  if (belongs_to_domain(thing.kind)) thing.owner = record.uuid;
  return thing;
}

// ---- the database

void Known::load(Database& database) {
  for (CapturedThing& thing : captured_domains(database)) add({std::move(thing)});
  for (CapturedThing& thing : captured_objects(database, Catalog::standard())) add({std::move(thing)});
  // Of things that libvirt keeps twice, the rows above name only one capture each.
  for (CapturedThing& thing : captured_running_objects(database)) {
    // A thing that is not known here has no row any more, so it is gone.
    Thing* const known = entry({thing});
    if (known && (known->live_sha256.empty() || thing.live_sha256.empty()))
      known->live_sha256 = std::move(thing.live_sha256);
  }
}

void Known::add(Thing&& thing) {
  std::string key = key_of(thing);
  things_.try_emplace(std::move(key), std::move(thing));
}

std::vector<Thing> Known::add_hook_events(Database& database, std::int64_t since) {
  std::vector<Thing> out;
  for (const HookEvent& event : hook_events_since(database, since)) {
    const Thing thing{event.thing};
    Thing* const known = entry(thing);
    if (event.ended && known && known->gone) continue;  // it ended before it was gone
    // libvirt sends no event of a start that failed, and says afterwards that it failed.
    const bool did_not_start = event.ended && known && known->starting;
    if (!known || known->gone || (event.ended && known->persistent_sha256.empty()) || event.is_row_source ||
        event.reconnected || did_not_start)
      out.push_back(thing);
    Thing& now = entry_or_new(thing);
    now.gone = false;
    now.follows_start = now.follows_start || event.is_row_source;
    // The hook's event has changed what the database says.
    if (event.reconnected || did_not_start) now.state.clear();
    if (event.begins || event.started) now.starting = event.begins;
    if (event.ended && thing.kind == kinds::kNetwork) now.live_sha256.clear();
  }
  return out;
}

// ---- what is remembered

std::string Known::key_of(const Thing& thing) {
  const bool of_domain = belongs_to_domain(thing.kind);
  // The network hook does not say which libvirt it is of, and all drivers of a host share its networks.
  const bool of_host = thing.kind == kinds::kNetwork || thing.kind == kinds::kNetworkPort;
  return thing.host + "\n" + (of_host ? "" : thing.driver) + "\n" + thing.kind + "\n" + (of_domain ? thing.owner : "") +
         "\n" + thing.id;
}

Thing* Known::entry(const Thing& thing) {
  const auto found = things_.find(key_of(thing));
  if (found == things_.end()) return nullptr;
  // A thing that only the network hook saw so far gets this thing's driver.
  if (found->second.driver == kNetworkHook) found->second.driver = thing.driver;
  return &found->second;
}

Thing& Known::entry_or_new(const Thing& thing) {
  Thing* const known = entry(thing);
  return known ? *known : things_.emplace(key_of(thing), thing).first->second;
}

bool Known::is_news(const Capture& record) {
  const Thing* const known = entry(thing_of(record));
  if (!known || known->gone) return true;
  if (record.xml.empty()) return record.state.empty() || state_of(record) != known->state;
  if (record.config == "persistent" && known->follows_start) return true;
  return sha256(record.xml) != (record.config == "live" ? known->live_sha256 : known->persistent_sha256);
}

void Known::remember(const Capture& record) {
  const Thing thing = thing_of(record);
  Thing& known = entry_or_new(thing);
  const bool undefined = record.operation == operations::kUndefine;
  // A running domain goes on without a definition until it stops, so that its state says whether it is gone.
  known.gone = thing.kind == kDomain ? record.state == states::kUndefined : undefined;
  if (!record.name.empty()) known.name = record.name;
  if (!record.state.empty()) known.state = state_of(record);
  const std::string digest = record.xml.empty() ? std::string() : sha256(record.xml);
  if (record.config == "persistent") {
    known.persistent_sha256 = digest;
    known.follows_start = false;
  }
  if (record.config == "live" || undefined) known.live_sha256 = digest;
}

void Known::mark_present(const Thing& thing, const std::string& uri, std::uint64_t look) {
  Thing& known = entry_or_new(thing);
  known.gone = false;
  known.look = look;
  // What all drivers of a host share belongs to the first libvirt that named it.
  if (known.driver != thing.driver && !known.uri.empty()) return;
  known.driver = thing.driver;
  known.uri = uri;
  known.name = thing.name;
  known.owner = thing.owner;
}

std::vector<Thing> Known::things(const std::function<bool(const Thing&)>& wanted) const {
  std::vector<Thing> out;
  for (const auto& [key, thing] : things_)
    if (!thing.gone && wanted(thing)) out.push_back(thing);
  return out;
}

}  // namespace virtsql
