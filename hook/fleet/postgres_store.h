// The store in PostgreSQL: one connection with this host's role, which has said hello.
#pragma once

#include <string>

#include "hook/fleet/fleet_store.h"
#include "hook/fleet/postgres.h"

namespace virtsql {

// Whether the store remembers that this host said hello, or all is rolled back at the end of the connection (a dry
// run).
enum class Hello { kKept, kUndone };

class PostgresStore : public FleetStore {
 public:
  // Connects and calls virtsql.hello(). Throws PostgresError if the connection fails, StoreBusy if the store has enough
  // pushers or another one of this host is at work, StoreRefusal if the store refuses this host.
  PostgresStore(const std::string& conninfo, const HostIdentity& host, Hello hello);

  Holdings known() override;
  std::int64_t kept_from() const override { return kept_from_; }
  std::map<std::string, TableDigests> known_tables(const std::vector<std::string>& vms) override;
  std::set<std::int64_t> known_captures(std::int64_t first, std::int64_t last) override;
  std::vector<std::string> missing_documents(const std::vector<std::string>& digests) override;
  StoreColumns columns() override { return columns_; }
  std::int64_t push(const Batch& batch) override;
  std::int64_t push(const CaptureBatch& batch, std::vector<std::string> documents) override;
  void say_refused(const std::map<std::string, std::string>& refused) override;

 private:
  std::int64_t transaction(const std::vector<PostgresCall>& calls);
  bool has_table(const std::string& table) const { return columns_.empty() || columns_.contains(table); }

  Postgres postgres_;
  std::int64_t kept_from_ = 0;
  StoreColumns columns_;
};

}  // namespace virtsql
