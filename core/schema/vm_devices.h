// The view vm_devices: one SELECT for each device table of the catalog. What it shows of a device is derived from the
// catalog. name, model and source show the first of these values that is not NULL:
//
//   name     {shown name}, else the {key} columns, each behind the columns with which it is a key ({key WITH ...})
//   model    {shown model}, else model_name, hardware_name, the bus, the type
//   source   {shown source}; what lies below <source> and is looked up ({index}) or a path; paths that are looked up;
//            the host's PCI address; {shown source} of rows below the resource: a network disk's server
//   details  {shown detail}, flags and sizes, as name=value; no name stands twice: label_size after size
//
// Tested by tests/core/schema/vm_devices_test.cc and tests/sql/everyday.sql.
#pragma once

#include <string>

#include "core/catalog/catalog.h"

namespace virtsql {

// Returns the SELECT of the view.
std::string devices_sql(const Catalog& catalog);

}  // namespace virtsql
