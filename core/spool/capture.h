// One event, as a hook, libvirt's events, a sync or a user told it, with its secrets left out: what the spool keeps as
// a record, and the database as a row of captures.
//
// Linked into the hook: it uses nothing but the C++ standard library.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace virtsql {

struct Capture {
  std::int64_t id = 0;  // microseconds since 1970, unique in the spool, see spool::allocate_id(); 0: to be made
  std::string host;
  std::string driver;  // qemu, lxc, libxl, bhyve, network, daemon
  std::string name;    // what the hook was told: the domain's or network's name
  std::string uuid;    // of the VM, where libvirt says it without giving a document (undefined, stopped)
  std::string operation;
  std::string sub_operation;
  std::string extra;   // the hook's remaining arguments, separated by spaces; of events and syncs, libvirt's URI
  std::string config;  // live or persistent
  std::string source;  // hook, event, sync, import
  std::string kind;    // what it is about, as captures.kind has it; empty: the document says it, or the driver
  // What libvirt says of a VM besides XML, in the words of vm_states; empty: nothing.
  std::string state;
  std::string reason;
  std::string autostart;  // 1 or 0, as those that follow
  std::string persistent;
  std::string managed_save;
  std::uint32_t secrets = 0;
  std::string error;   // why the XML is not whole: cut off, read failed
  std::string record;  // the file of the spool that it was read from; empty: none
  std::string xml;
};

}  // namespace virtsql

namespace virtsql::spool {

// The operation of a record that says that libvirt forgot a definition.
inline constexpr std::string_view kUndefine = "undefine";

// The state of such a record of a network, pool or interface that goes on without a definition until it is stopped.
inline constexpr std::string_view kGoesOn = "active";

// The operation of a record that is no event: libvirt of that host and driver still has every VM that it was last said
// to have. It makes no capture.
inline constexpr std::string_view kSeen = "seen";

}  // namespace virtsql::spool
