// The everyday views and the findings: few columns, libvirt's own words, for people.
//
// Each view is a file of sql/views/, each finding one of sql/findings/; both are built in. What a view is made of is
// said there once: its meaning in the comment above it, its columns with type and meaning in its column list. So the
// DDL, virtsql_catalog, virtsql_search and the reference say the same. Three places of that text are filled from
// elsewhere:
//
//   @DEVICES@   one SELECT for each device table of the catalog
//   @FILES@     one SELECT for each column of kind `path` below a root that has the mark {files}
//   @FINDINGS@  one SELECT for each file of sql/findings/
//
// What vm_devices shows of a device is derived from the catalog:
//
//   name     {shown name}, else the {key} columns, each after those that it is a key with
//   model    {shown model}, else model_name, hardware_name, the bus, the type
//   source   {shown source}; what lies below <source> and is looked up ({index}) or a path; paths that are looked up;
//            the host's PCI address
//   details  {shown detail}, flags and sizes, as name=value
//
// A column with {after OTHER SEPARATOR} is written behind that one: pool/volume, protocol:name. The role of a path in
// host_files is its place in the XML in words: nvram, nvram template, disk, disk backing store, serial log.
//
// Tested by tests/core/schema/everyday_test.cc and tests/sql/everyday.sql.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/catalog/catalog.h"

namespace virtsql {

// A table or view that is written by hand in sql/, as its comments describe it.
struct Described {
  struct Column {
    std::string name;
    std::string type;  // text, integer, ...
    std::string doc;
  };
  std::string name;
  bool is_view = false;
  bool is_everyday = false;  // a view that people are to see first
  std::string doc;
  std::vector<Column> columns;
};

// A rule of sql/findings/.
struct Finding {
  std::string name;      // of its file: duplicate_mac
  std::string severity;  // error, warning, notice
  std::string doc;       // what it finds, why that is bad, what to do
  std::string sql;       // SELECT host_id, vm_uuid, detail ...
};

// The views of sql/views/ in the order in which they are made.
const std::vector<Described>& everyday_views();

// The tables and views of sql/schema.sql.
const std::vector<Described>& fixed_tables();

// The rules, by name.
const std::vector<Finding>& findings();

// CREATE VIEW for each everyday view, and the triggers by which a write to it names what can be written. Throws
// CatalogError if a table or view of the catalog has the name of one.
std::string everyday_ddl(const Catalog& catalog);

}  // namespace virtsql
