// A store for those who have a message bus: every batch as lines of JSON on standard output (virtsql-push --json).
//
// Four kinds of lines: a VM's rows of a table; a part of a host's table (first, last); documents; captures, then a VM's
// changes from one capture to the next. The rows of a line replace those that the store has of the same VM or part, and
// the changes those of the captures that were compared. This program does not know what an earlier run wrote, so each
// run writes everything.
//
//   {"database":"4b...","host":"kvm1","vm_uuid":"0a...","table":"disk_attachments","rows":[{"id":1,...}]}
//   {"database":"4b...","host":"kvm1","table":"disks","first":0,"last":255,"rows":[{"id":1,...}]}
//   {"database":"4b...","host":"kvm1","documents":[{"sha256":"\\x90...",...}]}
//   {"database":"4b...","host":"kvm1","captures":[{"id":1760000000000000,...}]}
//   {"database":"4b...","host":"kvm1","vm_uuid":"0a...","compared":[1760000000000000],"changes":[{"capture_id":...}]}
#pragma once

#include <cstdio>
#include <string>

#include "hook/fleet/fleet_store.h"

namespace virtsql {

class JsonStore : public FleetStore {
 public:
  // Writes to `out`, which is not closed.
  JsonStore(std::FILE* out, const HostIdentity& host);

  Holdings known() override { return {}; }
  std::int64_t kept_from() const override { return 0; }
  std::map<std::string, TableDigests> known_tables(const std::vector<std::string>&) override { return {}; }
  std::set<std::int64_t> known_captures(std::int64_t, std::int64_t) override { return {}; }
  std::vector<std::string> missing_documents(const std::vector<std::string>& digests) override { return digests; }
  StoreColumns columns() override { return {}; }
  std::int64_t push(const Batch& batch) override;
  std::int64_t push(const CaptureBatch& batch, std::vector<std::string> documents) override;
  void say_refused(const std::map<std::string, std::string>&) override {}

 private:
  // Throws std::runtime_error if it cannot be written.
  void line(const std::string& members);
  std::FILE* out_;
  std::string head_;
};

}  // namespace virtsql
