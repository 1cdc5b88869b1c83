// What was last captured of everything that libvirt has or had, for the program that asks libvirt what it has now
// (core/libvirt/known.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/spool/capture.h"

namespace virtsql {

// One thing that libvirt has or had: a domain, or a thing of another kind in core/spool/kinds.h.
struct CapturedThing {
  std::string host;
  std::string driver;
  std::string kind;   // as captures.kind has it
  std::string owner;  // what it belongs to: a domain's UUID, a network's or a pool's name; empty: nothing, or not known
  std::string id;     // a domain's UUID; of anything else its name
  std::string name;   // a domain's name, which may change; of anything else the id
  std::string persistent_sha256, live_sha256;  // of its newest documents; empty: there are none
  std::string state;                           // a domain's, as state_of() last gave it; empty: none so far
  std::string uri;                             // of the libvirt that has it; empty: not known
  bool gone = false;                           // libvirt no longer has it
  // A domain's rows follow a start, which may have been of another definition than libvirt's (`virsh create`):
  // libvirt's is news, even if it is the newest captured one.
  bool follows_start = false;
};

// An event that a hook captured, of a domain or a network. `thing` has host, driver, kind, id and name.
struct HookEvent {
  CapturedThing thing;
  bool begins = false;         // the domain or network is about to start
  bool started = false;        // it runs
  bool ended = false;          // it no longer runs
  bool reconnected = false;    // libvirt found the domain running when libvirt itself started
  bool is_row_source = false;  // the domain was about to start, and its rows follow that
};

// Each throws DatabaseError.

// Returns the domains, with those that are gone. Leaves out VMs whose newest document a user imported: libvirt cannot
// say that these are gone.
std::vector<CapturedThing> captured_domains(Database& database);

// Returns the things of other kinds that have a row, each with the document that its row follows. `catalog` has their
// tables.
std::vector<CapturedThing> captured_objects(Database& database, const Catalog& catalog);

// Returns the things of other kinds that libvirt was seen to run, each with the newest live document; without one if it
// has stopped since. They may be gone.
std::vector<CapturedThing> captured_running_objects(Database& database);

// Returns what hooks captured after the capture with that captures.seq, in the order of their arrival.
std::vector<HookEvent> hook_events_since(Database& database, std::int64_t seq);

// Returns what the record says of a VM's state, in the form of CapturedThing::state.
std::string state_of(const Capture& record);

}  // namespace virtsql
