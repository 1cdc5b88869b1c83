// Rows of a document that somebody means to be, without a capture: what an import from elsewhere makes.
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

// What was made, or found.
struct Defined {
  std::int64_t id = 0;
  bool created = false;
};

// What a definition needs of the store.
struct Definer {
  Database& database;
  const Catalog& catalog;
  RowStore& rows;
  Hosts& hosts;
  Follower& follower;
  Objects& objects;

  // Makes managed rows of the document. What is there already stays as it is. The order of things is libvirt's,
  // whatever the document's. `host` may be empty: of no known host. Throws xml::Error for what is no document of the
  // root or has what the catalog does not know.
  Defined define(std::string_view xml, std::string_view root, const std::string& host);
};

}  // namespace virtsql
