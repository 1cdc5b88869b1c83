// Tables and views that are written by hand in sql/, as the comments in their text describe them.
//
// A comment above each says what it is, one behind each column (or above it, if it is long) what the column is; a
// view's columns say their type there: `uuid,  -- text: UUID of the VM.` In the comment above a view, `Write: ` names
// what a write to the view is to be a write to instead, and `For other views.` says that people need not see it.
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
  bool is_everyday = false;  // a view that people are to see first
  std::string doc;
  std::vector<Column> columns;
};

// The tables and views of an SQL text.
std::vector<Described> describe(std::string_view sql);

// Whether the comment above a view says that people need not see it.
bool is_for_other_views(const Described& view);

// What the comment above a view says that a write is to be a write to; empty if it says nothing.
std::string_view write_hint(std::string_view sql);

// The text's lines, without their ends.
std::vector<std::string_view> lines_of(std::string_view text);

// Whether a line is a comment and nothing else; `comment` is then what it says.
bool comment_of(std::string_view line, std::string_view& comment);

// The statement without its comments and line breaks: the schema is read whenever a database is opened.
std::string compact(std::string_view sql);

// The name of a file of SQL as the name of what it defines.
inline std::string_view without_suffix(std::string_view file) { return file.substr(0, file.rfind('.')); }

}  // namespace virtsql
