// Values that a device's row can have, but for which its XML has no place.
//
// A device table has columns for all values that its kind of device may have. One row can still combine values that its
// XML cannot have together. Generation would leave such a value out, or the XML would be read back as something else:
//
//   a column of another element     a console (element console) has no port, a display (element graphics) has
//   the mark of another table       <hostdev type='mdev'> is a row of mediated_device_attachments
//   a second one without a first    certificate_2 without certificate would be the first <certificate>
//
// The writable views refuse such a row with an error that says what to set.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/catalog/catalog.h"

namespace virtsql {

struct Misplaced {
  std::string condition;  // SQL that is true if the write gives the row such a value
  std::string said;       // for the error: what is wrong, and what to do
};

// Returns every such case of the device table. `element` is the SQL of the row's element, `value` returns the SQL of a
// column's value, `before` that of its value before the write, `name` the column's name for the error.
std::vector<Misplaced> misplaced(const Table& device, const std::string& element,
                                 const std::function<std::string(const Column&)>& value,
                                 const std::function<std::string(const Column&)>& before,
                                 const std::function<std::string(const Column&)>& name);

// Returns the value that every row of the device table must have in the column, and which a new row therefore gets by
// default: mdev for the type in mediated_device_attachments. Empty if no value is demanded.
Name demanded_value(const Table& device, const Column& column);

}  // namespace virtsql
