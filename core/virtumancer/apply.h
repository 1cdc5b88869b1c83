// Sets the values of virtumancer's columns in an XML element. Each value is checked, and counts as used if it found its
// place.
#pragma once

#include <string_view>
#include <vector>

#include "core/virtumancer/field.h"
#include "core/virtumancer/source.h"
#include "core/virtumancer/tag.h"

namespace virtsql::virtumancer {

// Sets the values of the fields in the tag. A value that is not valid is passed over, and so is one whose place has
// another value already.
void apply(Tag& tag, Reading& reading, const std::vector<Field>& fields);

// The same with the members of a JSON column. The column counts as used if all members found a place, or if it is empty
// (null, {}, []).
void apply_json(Tag& tag, Reading& reading, std::string_view column, const std::vector<Field>& fields);

}  // namespace virtsql::virtumancer
