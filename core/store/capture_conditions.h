// Conditions on rows of captures, as SQL. Several queries ask for something like "the newest definition" and mean
// different things by it. Each says which by the conditions that it takes from here, and by its order: `id` is the time
// of the event, for history; `seq` is the order of arrival, for what libvirt has now (captures.h).
#pragma once

#include <string>
#include <string_view>

namespace virtsql {

// Each returns the condition for the row of captures that the query calls `alias`.

// The capture is of a VM's definition and has a document, even if rows could not be made from that.
std::string sql_is_definition(std::string_view alias);
// The capture has a document, and rows could be made from it.
std::string sql_is_readable(std::string_view alias);
// The capture was not drained after a later one of its VM, so it may be the newest.
std::string sql_is_in_order(std::string_view alias);

}  // namespace virtsql
