// Values that libvirt writes in two places, and refuses if the two differ: {repeated COLUMN} of the catalog.
//
//   <graphics type='vnc' listen='127.0.0.1'>            consoles.listen_address
//     <listen type='address' address='127.0.0.1'/>      console_listens.address of the first row
//
// Triggers on both tables keep the two values the same: a write of one also writes the other, in any SQLite, without
// the extension, and through the views as well. A document is stored as it is, even if its two values differ, so the
// triggers do nothing while RowStore writes a document (virtsql_edit.is_document).
//
//   UPDATE of the owner   its first row gets the value too. If that row is of another kind (a listen of type network),
//                         libvirt would ignore the value, so the write is refused.
//   INSERT, UPDATE,       the owner gets what its first row says now; NULL if that row is of another kind or no row is
//   DELETE of its rows    left. If the owner does not repeat the value (NULL), it stays NULL.
//
// Tested by tests/core/schema/repeated_test.cc and tests/sql/repeated.sql.
#pragma once

#include <string>
#include <string_view>

#include "core/catalog/catalog.h"

namespace virtsql {

// SQL: whether nobody writes a whole document at the moment.
inline constexpr std::string_view kUnlessDocument = "NOT EXISTS(SELECT 1 FROM virtsql_edit WHERE is_document)";

// Returns CREATE TRIGGER statements for each table with such columns and for its owner.
std::string repeated_ddl(const Catalog& catalog);

}  // namespace virtsql
