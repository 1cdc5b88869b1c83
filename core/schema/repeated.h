// What libvirt says twice and refuses to hear in two ways: {repeated COLUMN} of the catalog.
//
//   <graphics type='vnc' listen='127.0.0.1'>            consoles.listen_address
//     <listen type='address' address='127.0.0.1'/>      console_listens.address of the first row
//
// Triggers on both tables keep the two the same: whoever writes one has written the other, in any SQLite, without the
// extension, and through the views as well. A document is stored as it says it, even if it says two things, so the
// triggers rest while RowStore writes one (virtsql_edit.is_document).
//
//   UPDATE of the row     the first row below gets the value. Is that row of another kind (a listen of type network),
//                         libvirt would not hear the value, and the write is refused.
//   INSERT, UPDATE,       the row around has what its first row says now; nothing, if that is of another kind or there
//   DELETE of rows below  is none any more. A row around that does not repeat it (NULL) stays so.
//
// Tested by tests/sql/repeated.sql.
#pragma once

#include <string>

#include "core/catalog/catalog.h"

namespace virtsql {

// CREATE TRIGGER for each table with such columns.
std::string repeated_ddl(const Catalog& catalog);

}  // namespace virtsql
