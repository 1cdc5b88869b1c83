#include "core/store/vm_states.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>

#include "core/base/sql_quote.h"
#include "core/spool/operations.h"
#include "core/spool/states.h"

namespace virtsql {
namespace {

using states::is_active;
using states::kRunning;
using states::kUndefined;
using states::kUnknown;

// What a row of vm_states says of a VM. A flag without a value is NULL: libvirt has not said it.
struct State {
  std::string state{kUnknown};
  std::string reason;
  std::optional<bool> autostart, persistent, managed_save;
};

// The three flags, in the order of their columns.
std::array<std::optional<bool>*, 3> flags_of(State& state) {
  return {&state.autostart, &state.persistent, &state.managed_save};
}

// The operations of hooks and events that name a state by themselves. prepare and start come before the VM runs.
struct Outright {
  std::string_view operation;
  std::string_view state;
};
constexpr std::array kOutright = {
    Outright{operations::kPrepare, kRunning},
    Outright{operations::kStart, kRunning},
    Outright{operations::kStarted, kRunning},
    Outright{operations::kReconnect, kRunning},
    Outright{operations::kAttach, kRunning},
    Outright{operations::kResumed, kRunning},
    Outright{operations::kSuspended, states::kPaused},
    Outright{operations::kCrashed, states::kCrashed},
    Outright{operations::kPmSuspended, states::kPmSuspended},
};

// An SQL condition: the state (given as SQL) is one of the list's.
template <std::size_t N>
std::string sql_is_in(std::string_view state, const std::array<std::string_view, N>& list) {
  return std::string(state) + " IN (" + sql_literals(list) + ")";
}

// The state that the event has in libvirt's own words.
State said_by(const Capture& event) {
  State state;
  state.state = event.state;
  state.reason = event.reason.empty() ? event.operation : event.reason;
  const std::array<const std::string*, 3> said = {&event.autostart, &event.persistent, &event.managed_save};
  const auto flags = flags_of(state);
  for (std::size_t i = 0; i < said.size(); ++i)
    if (!said[i]->empty()) *flags[i] = *said[i] == "1";
  return state;
}

// The state after an event without such words, from the state before and what the operation means.
State after(State state, const Capture& event) {
  const std::string before = state.state;
  const auto* const outright = std::find_if(kOutright.begin(), kOutright.end(),
                                            [&](const Outright& each) { return each.operation == event.operation; });
  const bool from_libvirt = event.source != "import";
  if (event.operation == operations::kUndefine) {
    state.persistent = false;
    // If a running VM is undefined, libvirt keeps it until it stops.
    if (!is_active(before)) state.state = kUndefined;
  } else if (operations::has_ended(event.operation)) {
    state.state = state.persistent == std::optional(false) ? kUndefined : states::kShutOff;
  } else if (outright != kOutright.end() && event.config != "persistent") {
    state.state = outright->state;
  } else if (event.config == "persistent") {
    if (from_libvirt) state.persistent = true;
    if (before == kUndefined) state.state = kUnknown;
  } else if (!operations::continues_vm(event.operation) && event.operation != operations::kShutdown) {
    // A live document: the VM runs. Not so for three operations: at migrate and restore libvirt asks the hook before
    // the VM is there, and after shutdown the VM ends.
    if (from_libvirt && !is_active(before)) state.state = kRunning;
  }
  // A hook's `extra` is a reason. In events and syncs it is libvirt's URI instead.
  const bool is_reason = event.source == "hook" && !event.extra.empty() && event.extra != "-";
  if (state.state != before || state.reason.empty()) state.reason = is_reason ? event.extra : event.operation;
  return state;
}

}  // namespace

std::string sql_time(std::string_view capture_id) {
  return "strftime('%Y-%m-%dT%H:%M:%fZ', " + std::string(capture_id) + " / 1000000.0, 'unixepoch')";
}

std::string sql_is_active(std::string_view state) { return sql_is_in(state, states::kActive); }

std::string sql_is_off(std::string_view state) { return sql_is_in(state, states::kOff); }

bool VmStates::is_late(const Capture& event, std::string_view vm_uuid, std::int64_t host_id) {
  if (event.source != "hook" || event.id == 0) return false;
  Use known(database_.prepared("SELECT record_id FROM vm_states WHERE vm_uuid = ?1 AND host_id = ?2"));
  known->bind_text(1, vm_uuid);
  known->bind_int(2, host_id);
  if (!known->step()) return false;
  const std::int64_t last = known->get_int(0);
  const auto in_an_hour = std::chrono::system_clock::now() + std::chrono::hours(1);
  const std::int64_t ahead =
      std::chrono::duration_cast<std::chrono::microseconds>(in_an_hour.time_since_epoch()).count();
  return event.id < last && (event.id > ahead) == (last > ahead);
}

void VmStates::record(const Capture& event, std::string_view vm_uuid, std::int64_t host_id, std::int64_t time) {
  State state;
  if (event.state.empty()) {
    Use known(database_.prepared(
        "SELECT state, reason, autostart, persistent, managed_save FROM vm_states WHERE vm_uuid = ?1 "
        "AND host_id = ?2"));
    known->bind_text(1, vm_uuid);
    known->bind_int(2, host_id);
    if (known->step()) {
      state.state = known->get_text(0);
      state.reason = known->get_text(1);
      int column = 2;
      for (std::optional<bool>* flag : flags_of(state)) {
        if (!known->is_null(column)) *flag = known->get_int(column) != 0;
        ++column;
      }
    }
    state = after(std::move(state), event);
  } else {
    state = said_by(event);
  }
  static const std::string kWrite =
      "INSERT INTO vm_states (vm_uuid, host_id, state, reason, autostart, persistent, managed_save, since, last_seen, "
      "record_id) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, " +
      sql_time("?8") + ", " + sql_time("?8") +
      ", ?9) ON CONFLICT (vm_uuid, host_id) DO UPDATE SET "
      "state = excluded.state, reason = "
      "excluded.reason, autostart = coalesce(excluded.autostart, autostart), persistent = "
      "coalesce(excluded.persistent, "
      "persistent), managed_save = coalesce(excluded.managed_save, managed_save), last_seen = excluded.last_seen, "
      "record_id = coalesce(excluded.record_id, record_id), "
      "since = CASE WHEN state = excluded.state THEN since ELSE excluded.since END";
  Use write(database_.prepared(kWrite));
  write->bind_text(1, vm_uuid);
  write->bind_int(2, host_id);
  write->bind_text(3, state.state);
  write->bind_text(4, state.reason);
  int parameter = 5;
  for (const std::optional<bool>* flag : flags_of(state)) {
    if (*flag) write->bind_int(parameter, **flag ? 1 : 0);
    ++parameter;
  }
  write->bind_int(8, time);
  if (event.id) write->bind_int(9, event.id);
  write->run();
}

std::vector<std::string> VmStates::undefine_namesakes(const Capture& event, std::string_view vm_uuid,
                                                      std::int64_t host_id) {
  std::vector<std::string> gone;
  // The event that a VM ended may come after another VM has taken its name, so it displaces nobody.
  if (event.source == "import" || event.operation == operations::kUndefine || operations::has_ended(event.operation))
    return gone;
  Use write(database_.prepared(
      "UPDATE vm_states SET state = 'undefined', reason = 'another VM has its name', since = (SELECT last_seen FROM "
      "vm_states WHERE vm_uuid = ?2 AND host_id = ?1) WHERE host_id = ?1 AND state <> 'undefined' AND "
      "vm_uuid IN (SELECT other.uuid FROM virtual_machines AS vm JOIN virtual_machines AS other ON other.name = "
      "vm.name AND other.uuid <> vm.uuid AND other.source = 'imported' WHERE vm.uuid = ?2 AND vm.source = 'imported') "
      "AND NOT EXISTS (SELECT 1 FROM captures AS c WHERE c.vm_uuid = vm_states.vm_uuid AND c.driver <> ?3 AND c.driver "
      "<> '') RETURNING vm_uuid"));
  write->bind_int(1, host_id);
  write->bind_text(2, vm_uuid);
  write->bind_text(3, event.driver);
  while (write->step()) gone.emplace_back(write->get_text(0));
  return gone;
}

void VmStates::mark_all_seen(std::string_view driver, std::int64_t host_id, std::int64_t time) {
  Use write(
      database_.prepared("UPDATE vm_states SET last_seen = " + sql_time("?3") +
                         " WHERE host_id = ?1 AND state <> 'undefined' AND EXISTS (SELECT 1 FROM captures AS c WHERE "
                         "c.vm_uuid = vm_states.vm_uuid AND c.driver = ?2)"));
  write->bind_int(1, host_id);
  write->bind_text(2, driver);
  write->bind_int(3, time);
  write->run();
}

}  // namespace virtsql
