// What a device's row says that its XML has no place for.
//
// A row has columns for all that its kind of device may say; what one row says together may have no place all the same,
// and would be left out of its XML or read back as something else:
//
//   a column of another element     a console (element console) has no port, a display (element graphics) has
//   the mark of another table       <hostdev type='mdev'> is a row of mediated_device_attachments
//   a second one without a first    certificate_2 without certificate would be the first <certificate>
//
// The writable views refuse it; the words of the refusal say what to set.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/catalog/catalog.h"

namespace virtsql {

struct Misplaced {
  std::string condition;  // SQL: the row says it
  std::string said;       // what is wrong, and what to do
};

// `value` gives the SQL of a column's value, `element` is that of the row's element; `name` is what people call the
// column.
std::vector<Misplaced> misplaced(const Table& device, const std::string& element,
                                 const std::function<std::string(const Column&)>& value,
                                 const std::function<std::string(const Column&)>& name);

// The value that an element of the device's table must have in the column, and which so is its default; empty if there
// is none: type='mdev' of mediated_device_attachments.
Name demanded_value(const Table& device, const Column& column);

}  // namespace virtsql
