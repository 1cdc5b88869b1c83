// What a VM takes from other things of its host when it starts: for example, the limits of a network card from a port
// group of its network.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/database.h"
#include "core/rows/diff.h"

namespace virtsql {

class HostInheritance : public Inheritance {
 public:
  // The database must outlive it.
  HostInheritance(Database& database, std::int64_t host_id) : database_(database), host_id_(host_id) {}

  // Whether the thing that the row `asked` names says the value. Also true if the database has no such thing of the
  // host: nobody knows what it says. Throws DatabaseError.
  bool may_say(const Column& column, const Row& asked, std::string_view value) const override;

 private:
  Database& database_;
  std::int64_t host_id_;
};

}  // namespace virtsql
