// The copy of a database that a migration leaves beside it.
#pragma once

#include <string>

#include "core/base/database.h"

namespace virtsql {

// A complete copy of the database, in its folder and checked for damage. The destructor deletes it unless it was kept.
class DatabaseCopy {
 public:
  // Copies and checks `main`, whose file is at the path, and removes unfinished copies that killed processes left.
  // Throws std::runtime_error or DatabaseError if the disk fails or the database is damaged. REQUIRES: the caller holds
  // the writer's lock, because the unfinished copy of another process must stay.
  DatabaseCopy(Database& database, const std::string& path);
  ~DatabaseCopy();
  DatabaseCopy(const DatabaseCopy&) = delete;
  DatabaseCopy& operator=(const DatabaseCopy&) = delete;

  // Syncs the copy, renames it to <database>.<time>-<n>.bak, and deletes all but the two newest copies. Throws as the
  // constructor.
  void keep();

 private:
  void fill(Database& database);

  std::string path_;
  std::string file_;
  bool kept_ = false;
};

}  // namespace virtsql
