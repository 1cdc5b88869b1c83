// What virtsql made in the schemas of versions 1 to 3. Those databases do not say it (virtsql_objects came later), and
// a name alone tells nothing: people name their own indexes and triggers as virtsql does. So the names are kept here.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "core/store/schema_objects.h"

namespace virtsql {

// The names of one of the first schemas.
class FirstSchema {
 public:
  // `version`: the schema's. A version that is none of the first ones has no names here.
  explicit FirstSchema(int version);

  // Whether virtsql made the object.
  bool has(const SchemaObject& object) const;
  // Whether virtsql made the column of its table. Names compare without case.
  bool has_column(std::string_view table, std::string_view column) const;

 private:
  std::set<std::string, std::less<>> names_;  // "index leases leases_owner", "column leases key", ...
};

}  // namespace virtsql
