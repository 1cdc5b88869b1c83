// The table vm_states: what libvirt last said of each VM on each host, taken from hooks, events and syncs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/database.h"
#include "core/spool/capture.h"

namespace virtsql {

// SQL for the time of a captures.id, spelled as captures.captured_at has it.
std::string sql_time(std::string_view capture_id);

// SQL for whether a state is that of a VM that runs or could go on: running, paused, crashed, pmsuspended.
std::string sql_is_active(std::string_view state);
// SQL for whether a state is that of a VM that has no process: shut off, undefined.
std::string sql_is_off(std::string_view state);

class VmStates {
 public:
  // Works on a connection that must outlive it.
  explicit VmStates(Database& database) : database_(database) {}

  // Whether the event is a hook's record that was drained after a later record of its VM. Records are compared by their
  // numbers (Capture::id), which the spool counts up in the order of the events whatever the clock says. Only if the
  // clock was years ahead do the numbers begin again. So a number of the future (more than an hour from now) is not
  // compared with one of the past.
  bool is_late(const Capture& event, std::string_view vm_uuid, std::int64_t host_id);

  // Stores what an event says of the VM: the state in libvirt's words if the event has them, else what its operation
  // means (the VM runs, ended, is defined, is undefined). `time` is the capture's id. Throws DatabaseError.
  void record(const Capture& event, std::string_view vm_uuid, std::int64_t host_id, std::int64_t time);

  // Marks other VMs of the host with this VM's name as undefined. libvirt has just named this VM, and a name is unique
  // on a host, so it no longer has the others. Leaves out VMs whose rows do not follow libvirt, and VMs of other
  // drivers. Returns the UUIDs of the marked VMs. REQUIRES: the event is recorded, and the VM's rows are up to date.
  std::vector<std::string> undefine_namesakes(const Capture& event, std::string_view vm_uuid, std::int64_t host_id);

  // Sets last_seen to `time` (as a captures.id) for every VM of that driver on the host that is not undefined: a look
  // at everything found that libvirt still has them.
  void mark_all_seen(std::string_view driver, std::int64_t host_id, std::int64_t time);

 private:
  Database& database_;
};

}  // namespace virtsql
