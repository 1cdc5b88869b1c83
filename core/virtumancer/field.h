// What one of virtumancer's columns means in libvirt's XML. The tables in device_kinds.h, section_kinds.h and members.h
// are made of these fields.
#pragma once

#include <string_view>

namespace virtsql::virtumancer {

// A column, or a member of a JSON column, and its place below an element: target/@dev, serial, readonly.
struct Field {
  std::string_view columns;  // a|b: the first that is there
  std::string_view path;
  std::string_view check;  // core/virtumancer/check.h
};

}  // namespace virtsql::virtumancer
