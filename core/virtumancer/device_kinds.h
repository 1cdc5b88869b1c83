// The kinds of devices that virtumancer knows, as tables: which tables of its have them, and what their columns mean in
// libvirt's XML.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/virtumancer/field.h"

namespace virtsql::virtumancer {

// What an element needs and virtumancer may not know.
struct Default {
  std::string_view path;
  std::string_view value;
  bool told;  // whether the report has it: not where libvirt would choose the same
};

// One kind of device: a table of attachments, and one of what is attached.
struct Device {
  std::string_view attachments;
  std::string_view keys;  // the attachments' column that names the resource
  std::string_view resources;
  std::string_view element;
  std::size_t most;           // how many a VM can have; 0: any number
  std::string_view required;  // without it there is no such device
  std::string_view unique;    // no two of a VM are equal in all of these, parted by commas; empty: may be
  std::vector<Field> fields;  // of the attachment or else of the resource
  std::vector<Field> config;  // members of the resource's config_json
  std::vector<Default> defaults;
};

// The kinds that are fully described by their tables. Disks, interfaces and passed-through devices are not.
const std::vector<Device>& devices();

// The models that a controller of the type can have; nothing where any word will do.
std::string_view controller_models(std::string_view type);

}  // namespace virtsql::virtumancer
