// The texts of core/catalog/*.catalog, built into the program by core/catalog/CMakeLists.txt.
#pragma once

#include <span>
#include <string_view>

namespace virtsql {

struct CatalogText {
  std::string_view name;
  std::string_view text;
};

extern const std::span<const CatalogText> kCatalogTexts;

}  // namespace virtsql
