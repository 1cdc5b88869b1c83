// Makes managed rows of a document without a capture: the document says what somebody wants, not what libvirt has. For
// imports from other programs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/catalog/catalog.h"
#include "core/store/follower.h"
#include "core/store/hosts.h"
#include "core/store/objects.h"
#include "core/store/row_store.h"

namespace virtsql {

// The row that was inserted, or found.
struct Defined {
  std::int64_t id = 0;
  bool created = false;
};

// The parts of the store that define() needs.
struct Definer {
  Database& database;
  const Catalog& catalog;
  RowStore& rows;
  Hosts& hosts;
  Follower& follower;
  Objects& objects;

  // Inserts managed rows of the document, or, if the VM or thing has rows already, leaves them alone and returns their
  // id. The rows get the catalog's order, which is libvirt's, whatever the document's order is. `host` may be empty:
  // the rows are then on no known host. Throws xml::Error if the XML is no document of the root, or has something that
  // the catalog does not know.
  Defined define(std::string_view xml, std::string_view root, const std::string& host);
};

}  // namespace virtsql
