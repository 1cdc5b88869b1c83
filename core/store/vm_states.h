// The table vm_states: what libvirt last said of each VM on each host, from the operations of hooks, events and syncs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/database.h"
#include "core/spool/spool.h"

namespace virtsql {

class VmStates {
 public:
  // Works on a connection that must outlive it.
  explicit VmStates(Database& database) : database_(database) {}

  // Whether the event is a hook's record that was drained after a later one of its VM. The spool numbers its records in
  // their order, whatever the clock says, unless the clock was years ahead: then the numbers begin again, and are not
  // compared with those of the time that has not come yet.
  bool is_late(const Capture& event, std::string_view vm_uuid, std::int64_t host_id);

  // Takes in what an event of the VM says: its state in libvirt's words if it has them, else what its operation means:
  // that it runs, ended, is defined or is not any more. `time` is the capture's id. Throws DatabaseError.
  void record(const Capture& event, std::string_view vm_uuid, std::int64_t host_id, std::int64_t time);

  // libvirt's names are unique on a host: other VMs that had the name of this one, which libvirt has just told of, are
  // gone from there. VMs whose rows do not follow libvirt are left, as are those of other drivers. Their UUIDs.
  // REQUIRES: the event is recorded, and the VM's rows have followed it.
  std::vector<std::string> displace(const Capture& event, std::string_view vm_uuid, std::int64_t host_id);

  // libvirt still had every VM of that driver on the host at that time, as a look at everything found.
  void see_all(std::string_view driver, std::int64_t host_id, std::int64_t time);

 private:
  Database& database_;
};

}  // namespace virtsql
