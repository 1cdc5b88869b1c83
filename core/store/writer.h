// The connection of the one writer, which stores captures in bulk while it holds the writer's lock (lock.h).
#pragma once

#include <string>

#include "core/base/database.h"
#include "core/store/store.h"

namespace virtsql {

class Writer {
 public:
  // Opens the database; makes it or brings it to the present schema. `patience`: how long to wait for locks of others,
  // in milliseconds. Throws DatabaseError or StoreError. REQUIRES: the process holds the writer's lock.
  //
  // Foreign keys and triggers are off: they guard rows against edits by hand, RowStore does itself what they do, and an
  // insert is twice as fast without them. Triggers stay on if the database has triggers that virtsql did not make.
  Writer(const std::string& path, int patience);

  // Moves what the WAL holds into the database file and empties the WAL, as far as readers allow; waits for nobody.
  // Then a copy of the file alone has everything that was committed, even if readers are open and idle.
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
