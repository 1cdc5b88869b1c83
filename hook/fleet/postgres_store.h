// The store in PostgreSQL: one connection of this host's role, from hello on.
#pragma once

#include <string>

#include "hook/fleet/postgres.h"
#include "hook/fleet/store.h"

namespace virtsql {

// Whether the store is to remember that this host said hello, or all is undone at the end of the connection.
enum class Hello { kKept, kUndone };

class PostgresStore : public FleetStore {
 public:
  // Connects and says hello. Throws PostgresError if the way fails, StoreBusy, or StoreRefusal if the store refuses
  // this host.
  PostgresStore(const std::string& conninfo, const HostIdentity& host, Hello hello);

  Holdings known() override;
  std::int64_t kept_from() const override { return kept_from_; }
  std::map<std::string, TableDigests> known_tables(const std::vector<std::string>& vms) override;
  std::set<std::int64_t> known_captures(std::int64_t first, std::int64_t last) override;
  std::vector<std::string> missing_documents(const std::vector<std::string>& digests) override;
  StoreColumns columns() override { return columns_; }
  std::int64_t push(const Batch& batch) override;
  std::int64_t push(const CaptureBatch& batch, const std::vector<std::string>& documents) override;
  void say_refused(const std::map<std::string, std::string>& refused) override;

 private:
  std::int64_t transaction(const std::vector<PostgresCall>& calls);
  bool has_table(const std::string& table) const { return columns_.empty() || columns_.contains(table); }

  Postgres postgres_;
  std::int64_t kept_from_ = 0;
  StoreColumns columns_;
};

}  // namespace virtsql
