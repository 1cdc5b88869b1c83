#include "core/store/shadowed.h"

#include <string>

#include "core/store/store_error.h"

namespace virtsql {

void refuse_shadowed_objects(Database& database) {
  {
    // Most connections have nothing temporary, and need not read `main` for this.
    Use any(database.prepared("SELECT 1 FROM temp.sqlite_schema WHERE type IN ('table', 'view') LIMIT 1"));
    if (!any->step()) return;
  }
  // Names in virtsql_objects are in lower case, so that its key finds them. It has indexes and triggers too, which
  // nothing can hide.
  Use hidden(
      database.prepared("SELECT t.type, o.name FROM temp.sqlite_schema AS t CROSS JOIN main.virtsql_objects AS o ON "
                        "o.name = lower(t.name) WHERE t.type IN ('table', 'view') AND EXISTS (SELECT 1 FROM "
                        "main.sqlite_schema AS m WHERE m.type IN ('table', 'view') AND m.name = o.name)"));
  if (!hidden->step()) return;
  const std::string type(hidden->get_text(0));
  const std::string name(hidden->get_text(1));
  throw StoreError("this connection has a temporary " + type + " " + name + ", which hides virtsql's: DROP " +
                   (type == "view" ? "VIEW" : "TABLE") + " temp." + name + ", and give yours another name");
}

}  // namespace virtsql
