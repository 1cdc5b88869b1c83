// What the catalog marks as {secret}. `virtsql-catalog secrets` writes the list while virtsql is built.
#pragma once

#include <span>
#include <string_view>

namespace virtsql {

struct Secret {
  std::string_view element;    // the local name of an element, wherever it stands
  std::string_view attribute;  // the element's secret attribute; empty: all of the element is secret
};

extern const std::span<const Secret> kSecrets;

}  // namespace virtsql
