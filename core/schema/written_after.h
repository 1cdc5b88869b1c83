// A column that is written behind another one of the same row ({after OTHER SEPARATOR}): pool/volume, protocol:name.
#pragma once

#include <span>

#include "core/catalog/catalog.h"

namespace virtsql {

// The column behind which `column` is written. A struct's columns may have a prefix, which both then have. Throws
// CatalogError if there is none. REQUIRES: column.after.
const Column& written_after(std::span<const Column* const> row, const Column& column);

}  // namespace virtsql
