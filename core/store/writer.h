// The one writer's connection: what stores captures in bulk, under the writer's lock.
#pragma once

#include <string>

#include "core/base/database.h"
#include "core/store/store.h"

namespace virtsql {

class Writer {
 public:
  // Opens the database, makes it or brings it to the present schema. Throws DatabaseError or StoreError.
  //
  // Foreign keys and the schema's triggers, which guard rows against edits by hand, are off: RowStore keeps what they
  // would keep, and an insert is twice as fast without. Where the database has triggers of somebody else's, they are
  // on.
  // `patience`: how long to wait for locks of others, in milliseconds.
  Writer(const std::string& path, int patience);

  Store& store() { return store_; }
  Database& database() { return database_; }

 private:
  Connection connection_;
  Database database_;
  Store store_;
};

}  // namespace virtsql
