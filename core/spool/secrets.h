// What the catalog marks as {secret}: made when virtsql is built, by `virtsql-catalog secrets`.
#pragma once

#include <span>
#include <string_view>

namespace virtsql {

struct Secret {
  std::string_view element;    // the local name of an element, wherever it stands
  std::string_view attribute;  // its attribute that is secret; empty: the element with all that is in it
};

extern const std::span<const Secret> kSecrets;

}  // namespace virtsql
