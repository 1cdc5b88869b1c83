#include "core/rows/row_key.h"

#include <algorithm>

#include "core/base/words.h"
#include "core/rows/match.h"

namespace virtsql {
namespace {

// Returns what the row says of the real thing that it uses: for example a host device's source. Empty if the resource
// is no real thing of a host.
std::string thing_words(const Row& row) {
  std::string out;
  const Table* resource = row.element->table->resource;
  if (!resource || !resource->host_scoped) return out;
  for (const Column* column : resource->columns) add_words(out, row.get(*column));
  return out;
}

}  // namespace

std::string row_key(const Row& row, std::size_t place) {
  if (row.element->any_name)
    if (std::string name = element_identity(row); !name.empty()) return name;
  for (const Identity& identity : row.element->table->identities) {
    if (!identity.certain || row.get(*identity.columns.front()).empty()) continue;
    std::string out;
    std::for_each(identity.columns.rbegin(), identity.columns.rend(),
                  [&](const Column* column) { add_words(out, row.get(*column)); });
    return out;
  }
  if (std::string thing = thing_words(row); !thing.empty()) return thing;
  return std::to_string(place);
}

}  // namespace virtsql
