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

  // Brings what the WAL holds into the database file and empties the WAL, as far as readers let it; waits for none. A
  // copy of the file alone has then all that was committed, also while readers are open and idle.
  void checkpoint();

  Store& store() { return store_; }
  Database& database() { return database_; }

 private:
  Connection connection_;
  Database database_;
  RecentRows recent_;
  Store store_;
};

}  // namespace virtsql
