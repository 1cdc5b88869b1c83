// The tables of virtumancer that are about a VM but not about its devices, and what their columns mean in libvirt's
// XML.
#pragma once

#include <string_view>
#include <vector>

#include "core/virtumancer/field.h"

namespace virtsql::virtumancer {

// A table with rows of one VM that are not devices.
struct Section {
  std::string_view table;
  std::string_view path;  // the element below <domain>; empty: <domain> itself
  bool many;              // each row makes an element; else only the first row counts
  std::string_view required;
  std::vector<Field> fields;
};

const std::vector<Section>& sections();

}  // namespace virtsql::virtumancer
