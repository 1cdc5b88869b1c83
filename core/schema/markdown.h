// The schema reference for people: sql/SCHEMA.md and its pages in sql/schema/.
//
// SCHEMA.md begins with the plan's tables and fields and where they are here (core/schema/plan.md), then lists every
// table and view with the page that has it. A page is about one thing: a kind of device with its view, its tables and
// all that is below them; a document of libvirt's; VMs without their devices; everyday views; rules. None is longer
// than what a browser of sources shows at once. All of it is made from what list_schema() says.
#pragma once

#include <map>
#include <string>

#include "core/catalog/catalog.h"

namespace virtsql {

// The longest page, in bytes.
inline constexpr std::size_t kLongestPage = std::size_t{128} * 1024;

// The pages by their path below sql/: SCHEMA.md, schema/disks.md, ... Throws CatalogError if one is too long.
std::map<std::string, std::string> schema_pages(const Catalog& catalog);

}  // namespace virtsql
