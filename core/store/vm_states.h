// The table vm_states: what libvirt last said of each VM on each host, from the operations of hooks, events and syncs.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/database.h"
#include "core/spool/spool.h"

namespace virtsql {

class VmStates {
 public:
  // Works on a connection that must outlive it.
  explicit VmStates(Database& database) : database_(database) {}

  // Takes in what an event of the VM says: that it runs, ended, is defined or is not any more. `time` is the capture's
  // id. Throws DatabaseError.
  void record(const spool::Record& event, std::string_view vm_uuid, std::int64_t host_id, std::int64_t time);

 private:
  Database& database_;
};

}  // namespace virtsql
