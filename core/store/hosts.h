// The table hosts: the machines that captures came from.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "core/base/database.h"

namespace virtsql {

class Hosts {
 public:
  // `database` must outlive it.
  explicit Hosts(Database& database) : database_(database) {}

  // Returns the id of the host with this name. Inserts the host if there is none.
  std::int64_t id(const std::string& name);

 private:
  Database& database_;
  std::unordered_map<std::string, std::int64_t> known_;
};

}  // namespace virtsql
