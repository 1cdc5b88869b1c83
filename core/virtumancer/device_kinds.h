// The kinds of devices that virtumancer knows: which of its tables have them, and what their columns mean in libvirt's
// XML.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/virtumancer/field.h"

namespace virtsql::virtumancer {

// A value that an element needs and virtumancer may not know.
struct Default {
  std::string_view path;
  std::string_view value;
  bool told;  // whether the report mentions it; false if libvirt would choose the same
};

// One kind of device: a table of attachments, and a table of the resources that they attach.
struct Device {
  std::string_view attachments;
  std::string_view resource_column;  // the attachments' column that names the resource; a|b: the first that is there
  std::string_view resources;
  std::string_view element;
  std::size_t most;           // how many a VM can have; 0: any number
  std::string_view required;  // a path without which the device is left out
  // Paths, a,b: of two devices that are equal in all of them, the later one is left out. Empty: both stay.
  std::string_view distinct_paths;
  std::vector<Field> fields;  // columns of the attachment or else of the resource
  std::vector<Field> config;  // members of the resource's config_json
  std::vector<Default> defaults;
};

// The kinds that can be described like this. Disks, interfaces, consoles and passed-through devices cannot: they have
// files of their own.
const std::vector<Device>& devices();

// Returns the models (a|b) that a controller of the type can have; "-", which is no model, if it can have none.
std::string_view controller_models(std::string_view type);

}  // namespace virtsql::virtumancer
