// The table hosts: the machines that captures came from.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "core/base/database.h"

namespace virtsql {

class Hosts {
 public:
  // Works on a connection that must outlive it.
  explicit Hosts(Database& database) : database_(database) {}

  // The id of the host with this name, made if there is none.
  std::int64_t id(const std::string& name);

 private:
  Database& database_;
  std::unordered_map<std::string, std::int64_t> known_;
};

}  // namespace virtsql
