// What virtumancer's columns say, set in an element: each value checked, and counted as used if it found its place.
#pragma once

#include <string_view>
#include <vector>

#include "core/virtumancer/field.h"
#include "core/virtumancer/source.h"
#include "core/virtumancer/tag.h"

namespace virtsql::virtumancer {

// Sets what the fields give and is valid, and is not set already.
void apply(Tag& tag, Reading& reading, const std::vector<Field>& fields);

// The same with the members of a JSON column; it counts as used if all of them found a place.
void apply_json(Tag& tag, Reading& reading, std::string_view column, const std::vector<Field>& fields);

}  // namespace virtsql::virtumancer
