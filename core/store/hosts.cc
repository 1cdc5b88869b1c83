#include "core/store/hosts.h"

namespace virtsql {

std::int64_t Hosts::id(const std::string& name) {
  if (const auto found = known_.find(name); found != known_.end()) {
    // The host's INSERT may have been rolled back.
    Use known(database_.prepared("SELECT 1 FROM hosts WHERE id = ?1 AND name = ?2"));
    known->bind_int(1, found->second);
    known->bind_text(2, name);
    if (known->step()) return found->second;
  }
  {
    Use insert(database_.prepared("INSERT INTO hosts (name) VALUES (?1) ON CONFLICT (name) DO NOTHING"));
    insert->bind_text(1, name);
    insert->run();
  }
  Use select(database_.prepared("SELECT id FROM hosts WHERE name = ?1"));
  select->bind_text(1, name);
  select->step();
  return known_[name] = select->get_int(0);
}

}  // namespace virtsql
