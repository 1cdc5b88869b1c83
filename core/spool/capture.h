// One event, told by a hook, by libvirt, by a sync or by a user. The spool keeps it as a record, the database as a row
// of captures. Its secrets are left out before it is written to either (redact.h).
//
// Linked into the hook, so it uses nothing but the C++ standard library.
#pragma once

#include <cstdint>
#include <string>

namespace virtsql {

struct Capture {
  std::int64_t id = 0;  // microseconds since 1970, unique in the spool (spool::allocate_id()); 0: the store makes one
  std::string host;
  std::string driver;     // qemu, lxc, libxl, bhyve, network, daemon
  std::string name;       // what the hook was told: the domain's or network's name
  std::string uuid;       // of the VM, if libvirt tells it without a document (undefined, stopped)
  std::string operation;  // see operations.h
  std::string sub_operation;
  std::string extra;   // the hook's remaining arguments, separated by spaces; for events and syncs, libvirt's URI
  std::string config;  // live or persistent
  std::string source;  // hook, event, sync, import
  std::string kind;    // what the event is about, a word of captures.kind; empty: the document or the driver tells
  // What libvirt says of a VM besides its XML, in the words of the table vm_states (states.h); empty if it does not
  // say.
  std::string state;
  std::string reason;
  std::string autostart;  // 1 or 0, like the next two
  std::string persistent;
  std::string managed_save;
  std::uint32_t secrets = 0;
  std::string error;   // why the XML is not the whole document: cut off, read failed
  std::string record;  // the name of the spool's file that this was read from; empty: none
  std::string xml;
};

}  // namespace virtsql
