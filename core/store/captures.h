// The table captures, one row for every event, never edited; and which of a VM's captures is the newest.
//
// The newest is the one that arrived last (`seq`), not the one with the latest time: a wrong clock cannot freeze a VM's
// rows. A hook's record that was drained after a later record of the same VM is history like any other capture, but
// never the newest. The table late_captures lists such captures.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/database.h"
#include "core/spool/capture.h"
#include "core/spool/operations.h"
#include "core/store/arrival.h"
#include "core/store/documents.h"

namespace virtsql {

class Captures {
 public:
  // `database` must outlive it. The members that ask the database throw DatabaseError.
  explicit Captures(Database& database) : database_(database), documents_(database) {}

  // The documents of the captures. They stay this object's.
  Documents& documents() { return documents_; }

  // Returns the id under which to record the event, or nothing if the event is recorded already: a crash came before
  // its record was removed from the spool. If another event has the event's id, as can happen after the clock was set
  // back, returns the next free id. An event without an id gets an id for the present time.
  std::optional<std::int64_t> free_id(Arrival& arrival);

  // Inserts the capture and its document, and sets result.seq. `late`: the capture was drained after a later one of its
  // VM. If result.id is not the event's own, that is kept in moved_captures. REQUIRES: result.id is free. Throws
  // DatabaseError.
  void add(Arrival& arrival, std::int64_t host_id, bool late);

  // A capture that is the newest of its VM.
  struct Newest {
    std::int64_t id = 0;
    std::int64_t host_id = 0;
    std::string operation;
    std::string digest;  // SHA-256 of its document; empty: it has none
    std::int64_t seq = 0;
    bool is_start = false;  // only of definition(): the document is of a VM that starts, with more than was defined

    // Whether libvirt has no definition, or no running VM, any more.
    bool is_gone() const { return digest.empty() || operation == operations::kUndefine; }
  };
  // Returns the VM's newest capture of that config, with a document or without. Ignores late captures, captures with an
  // error, and undefinitions by a host on which the VM's rows are not: from there the VM was migrated away, or a copy
  // of it was undefined.
  std::optional<Newest> newest(std::string_view vm_uuid, std::string_view config);
  // Returns the capture that says how libvirt defines the VM now: the newest persistent one, which may be an
  // undefinition. If the VM's rows took a later start for its definition, because that had been changed unseen, it is
  // that start.
  std::optional<Newest> definition(std::string_view vm_uuid);
  // Returns the VM's newest capture with a document: definition(); if libvirt has none, the newest live one since; if
  // there is no such, the newest persistent one, else the newest live one. Ignores late captures and captures with an
  // error.
  std::optional<Newest> newest_document(std::string_view vm_uuid);
  // Reads the capture's document into `out`, which is new, as that of the VM with this UUID: the document's may be
  // spelled differently, or be missing. Of a start that tells a definition, `out` has the definition alone. `root` is
  // that of a domain. REQUIRES: the capture has a document. Throws std::runtime_error if it is damaged.
  void read(const Newest& newest, std::string_view vm_uuid, const Element& root, Document& out);

  // Returns the seq of the capture that the VM's rows follow, or nothing if somebody edited the rows. `digest` is that
  // of the XML that the rows give now.
  std::optional<std::int64_t> seq_of_rows(std::int64_t vm_id, std::string_view digest);

  // Whether the host's libvirt last said that the VM does not run (vm_states). The captures alone do not tell: a sync
  // may have found the VM off although no hook reported that it stopped.
  bool is_off(std::string_view vm_uuid, std::int64_t host_id);
  // Whether the VM is gone: libvirt of the host that its rows are of last said that it has the VM no more (vm_states).
  bool is_undefined(std::int64_t vm_id);
  // Whether all captures of the VM are imports: libvirt itself said nothing of it.
  bool is_imported_only(std::string_view vm_uuid);
  // Whether libvirt had a definition of the VM just before the capture with that seq: one was captured, and the VM was
  // not undefined afterwards.
  bool had_definition(std::string_view vm_uuid, std::int64_t before_seq);
  // Returns the operation of the VM's last live capture from a hook before the capture with that seq; empty: none.
  // Ignores late captures.
  std::string hook_before(std::string_view vm_uuid, std::int64_t before_seq);

  // Returns the captured bytes. Throws StoreError if there is no such capture or it has no document; std::runtime_error
  // if the document is damaged.
  std::string xml(std::int64_t capture_id);

 private:
  std::int64_t next_id();
  // Whether the event's record was stored before. Ids alone do not say so: the spool's sequence can be lost.
  bool is_recorded(Arrival& arrival);

  Database& database_;
  Documents documents_;
};

}  // namespace virtsql
