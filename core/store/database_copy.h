// The copy of a database that a migration leaves beside it.
#pragma once

#include <string>

#include "core/base/database.h"

namespace virtsql {

// A copy of the database beside it, whole and checked; taken back unless it is kept.
class DatabaseCopy {
 public:
  // Copies `main`, whose file is at the path. Throws std::runtime_error or DatabaseError if the disk fails, or the
  // database is damaged.
  DatabaseCopy(Database& database, const std::string& path);
  ~DatabaseCopy();
  DatabaseCopy(const DatabaseCopy&) = delete;
  DatabaseCopy& operator=(const DatabaseCopy&) = delete;

  // Gives it its name, <database>.<time>-<n>.bak; all but the two newest copies go. Throws as the constructor.
  void keep();

 private:
  void fill(Database& database);
  void remove();

  std::string path_;
  std::string file_;
  bool kept_ = false;
};

}  // namespace virtsql
