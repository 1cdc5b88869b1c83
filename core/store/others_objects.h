// The views, triggers and foreign keys that somebody else added to the database: whether a migration leaves them as
// good as they were.
//
// They are kept as text. If a view, trigger or foreign key names a table or a column that is gone afterwards, nobody is
// told until the view is read, or a write is stopped. So SQLite prepares here, before and after, the statements
// that use them. What SQLite could not prepare before (for lack of somebody's function or module) does not count.
#pragma once

#include <string>
#include <vector>

#include "core/base/database.h"
#include "core/store/schema_mark.h"
#include "core/store/schema_objects.h"

namespace virtsql {

// Returns the refusal of a migration that would spoil something of somebody else's.
StoreError cannot_be_kept(const std::string& what, const std::string& why);

class OthersObjects {
 public:
  // Finds out which of the objects work now. `others`: objects of `main` that are not virtsql's; indexes and
  // tables without foreign keys do not count. `widened`: tables of virtsql's with columns of others. `database` must
  // outlive it.
  OthersObjects(Database& database, const std::vector<SchemaObject>& others, const std::vector<SchemaObject>& widened);

  // Throws StoreError with the first object that worked before and does not work any more.
  void check();

 private:
  // How SQLite takes a statement, from worst to best.
  enum class Works {
    kNot,
    kWithNamesAsTexts,  // only if a name in double quotes that is no column is a text, as SQLite takes it by default
    kYes,
  };
  struct Verdict {
    Works works = Works::kNot;
    std::string error;  // SQLite's, unless works is kYes
  };
  struct Tried {
    std::string what;
    SchemaObject object;
    std::vector<Verdict> before;  // of each use
  };
  // Returns the statement for one of the uses of the object: reading a view; inserting, updating and deleting rows of a
  // table, or of a trigger's table. Throws DatabaseError.
  std::string statement_of(const SchemaObject& object, std::size_t use);
  std::vector<Verdict> try_uses(const SchemaObject& object);

  Database& database_;
  std::vector<Tried> tried_;
};

}  // namespace virtsql
