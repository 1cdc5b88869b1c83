// The table captures, one row for every event, never edited; and which of a VM's captures is the newest.
//
// What came last decides (`seq`), so that no clock freezes a VM. Records of the hook that were drained after a later
// one of their VM are history like all others, and never the newest: late_captures names them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/database.h"
#include "core/store/arrival.h"
#include "core/store/documents.h"

namespace virtsql {

class Captures {
 public:
  // Works on a connection that must outlive it.
  explicit Captures(Database& database) : database_(database), documents_(database) {}

  Documents& documents() { return documents_; }

  // The id under which the event is to be recorded; nothing if it has been recorded before. One that another event has,
  // as after the clock was set back and the spool's sequence was lost, moves on to the next that is free.
  std::optional<std::int64_t> free_id(Arrival& arrival);

  // Records what has arrived, with its document; sets result.seq. REQUIRES: result.id is free. `late`: it was drained
  // after a later one of its VM.
  void add(Arrival& arrival, std::int64_t host_id, bool late);

  // What libvirt last said of a VM.
  struct Newest {
    std::int64_t id = 0;
    std::int64_t host_id = 0;
    std::string operation;
    std::string digest;  // of its document; empty: it has none
    std::int64_t seq = 0;
  };
  // The newest of that config, with a document or without. What another host than the rows' says that it has undefined
  // (a VM that was migrated away from it, a copy) is not looked at.
  std::optional<Newest> newest(std::string_view vm_uuid, std::string_view config);
  // The newest with a document: a persistent one if there is one, else a live one.
  std::optional<Newest> newest_document(std::string_view vm_uuid);

  // The arrival of the capture that the VM's rows hold; nothing if somebody edited them, so that they do not give the
  // digest.
  std::optional<std::int64_t> followed(std::int64_t vm_id, std::string_view digest);

  // Whether libvirt last said of the VM that it does not run: a sync finds a VM off of which no hook said that it
  // stopped.
  bool is_off(std::string_view vm_uuid, std::int64_t host_id);
  // Whether all that is known of the VM was given by hand: libvirt itself said nothing.
  bool is_imported_only(std::string_view vm_uuid);
  // Whether libvirt had a definition of the VM before that capture: one was captured, and it was not undefined since.
  bool knows_definition(std::string_view vm_uuid, std::int64_t before_seq);
  // The operation of the VM's hook before that capture; empty: there was none.
  std::string hook_before(std::string_view vm_uuid, std::int64_t before_seq);

  // The captured bytes. Throws StoreError if there is no such capture or it has no document; std::runtime_error if that
  // is damaged.
  std::string xml(std::int64_t capture_id);

 private:
  std::int64_t next_id();

  Database& database_;
  Documents documents_;
};

}  // namespace virtsql
