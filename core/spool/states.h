// The words of vm_states.state, which are virsh's but for `undefined`.
//
// Linked into the hook, so it uses nothing but the C++ standard library.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace virtsql::states {

inline constexpr char kRunning[] = "running";
inline constexpr char kPaused[] = "paused";
inline constexpr char kShutOff[] = "shut off";
inline constexpr char kCrashed[] = "crashed";
inline constexpr char kPmSuspended[] = "pmsuspended";
inline constexpr char kUndefined[] = "undefined";  // libvirt has the VM no more
inline constexpr char kUnknown[] = "unknown";      // libvirt has not said it

// The states of a VM that libvirt has a process for, and those of a VM that certainly has none.
inline constexpr std::array<std::string_view, 4> kActive = {kRunning, kPaused, kCrashed, kPmSuspended};
inline constexpr std::array<std::string_view, 2> kOff = {kShutOff, kUndefined};

// Whether libvirt has a process for a VM in that state.
inline bool is_active(std::string_view state) {
  return std::find(kActive.begin(), kActive.end(), state) != kActive.end();
}

// No VM's state: that in an `undefine` record of a network, pool or interface that is still active. It goes on without
// a definition until it is stopped.
inline constexpr char kStillActive[] = "active";

}  // namespace virtsql::states
