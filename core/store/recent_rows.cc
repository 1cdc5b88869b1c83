#include "core/store/recent_rows.h"

namespace virtsql {
namespace {

std::int64_t data_version(Database& database) {
  Use statement(database.prepared("PRAGMA main.data_version"));
  return statement->step() ? statement->get_int(0) : 0;
}

}  // namespace

RecentRows::RecentRows(Database& database) : database_(database) {
  sqlite3_rollback_hook(database_.handle(), &RecentRows::rolled_back, this);
}

RecentRows::~RecentRows() { sqlite3_rollback_hook(database_.handle(), nullptr, nullptr); }

void RecentRows::clear_if_changed() {
  if (data_version(database_) != data_version_ || sqlite3_total_changes64(database_.handle()) != changes_) clear();
}

void RecentRows::seal() {
  data_version_ = data_version(database_);
  changes_ = sqlite3_total_changes64(database_.handle());
}

std::string_view RecentRows::digest_of(std::int64_t vm_id) const {
  const auto found = digests_.find(vm_id);
  return found == digests_.end() ? std::string_view() : found->second;
}

void RecentRows::keep(std::int64_t vm_id, std::string_view digest) {
  if (digests_.size() >= kMost) digests_.clear();
  digests_.insert_or_assign(vm_id, std::string(digest));
}

}  // namespace virtsql
