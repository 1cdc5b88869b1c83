// A column that is written behind another one of the same row ({after OTHER SEPARATOR}): pool/volume, protocol:name.
#pragma once

#include <span>

#include "core/catalog/catalog.h"

namespace virtsql {

// Returns the column of the row behind whose value `column` is written. If `column` has a prefix from its struct, the
// other column has the same prefix. Throws CatalogError if the row has no such column. REQUIRES: `column` has the mark
// {after}.
const Column& written_after(std::span<const Column* const> row, const Column& column);

}  // namespace virtsql
