// The schema reference for people: sql/SCHEMA.md and its pages in sql/schema/.
//
// SCHEMA.md begins with the plan's tables and fields and where they are here (core/schema/plan.md), then lists every
// table and view with the page that describes it. A page is about one thing: a kind of device with its view, its tables
// and all that is below them; a document of libvirt's; VMs without their devices; views for reading; the tables of
// sql/schema.sql; the rules of the findings. A page is short enough for a source browser to show it at once. The tables
// and views are those of list_schema().
#pragma once

#include <map>
#include <string>

#include "core/catalog/catalog.h"

namespace virtsql {

// The most bytes that a page may have.
inline constexpr std::size_t kLongestPage = std::size_t{128} * 1024;

// Returns the pages by their path below sql/: SCHEMA.md, schema/disks.md, ... Throws CatalogError if a page is longer
// than kLongestPage.
std::map<std::string, std::string> schema_pages(const Catalog& catalog);

}  // namespace virtsql
