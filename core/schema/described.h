// Reads the names, columns and meanings of the hand-written tables and views in sql/ from their text and its comments.
//
// The comment above a table or view says what it is. The comment behind a column (or above it, if it is long) says what
// the column is, and in a view it begins with the column's type: `uuid,  -- text: UUID of the VM.` In the comment above
// a view, a line `Write: ` names what to write to instead of the view, and `For other views.` says that people need not
// see the view.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace virtsql {

struct Described {
  struct Column {
    std::string name;
    std::string type;  // text, integer, ...
    std::string doc;
  };
  std::string name;
  bool is_view = false;
  bool is_everyday = false;  // a view that people should see first; describe() leaves it false
  std::string doc;
  std::vector<Column> columns;
};

// Returns the tables and views that an SQL text creates, in its order.
std::vector<Described> describe(std::string_view sql);

// Whether the comment above a view says that people need not see it.
bool is_for_other_views(const Described& view);

// Returns what the comment `Write: ` above a view names for writes (tables, views, or "none" with the reason). Empty if
// there is no such comment.
std::string_view write_hint(std::string_view sql);

// Whether the line is nothing but a comment. If so, sets `comment` to its text, without the dashes.
bool comment_of(std::string_view line, std::string_view& comment);

// Returns the statement without comments and line breaks. It is shorter, and SQLite parses the whole schema whenever a
// database is opened.
std::string compact(std::string_view sql);

// Returns the name of what an SQL file defines: the file's name without its suffix.
inline std::string_view name_of_file(std::string_view file) { return file.substr(0, file.rfind('.')); }

}  // namespace virtsql
