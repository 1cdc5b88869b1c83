#include "sqlite_ext/table_function.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cinttypes>
#include <cstdio>
#include <functional>

namespace virtsql::extension {
namespace {

// What is registered with SQLite. Connected tables share ownership of it: if the extension is loaded again, SQLite
// destroys the module before it disconnects the tables.
struct Module {
  TableFunction function;
  SessionRef session;
  std::vector<std::string> columns = {};  // the declarations of the visible columns
  std::vector<int> pushed = {};           // the column numbers of function.pushed, in its order
};

// Whether the declaration ("cpu INTEGER") declares a column of this name.
bool declares(std::string_view declaration, std::string_view name) {
  return declaration.starts_with(name) && (declaration.size() == name.size() || declaration[name.size()] == ' ');
}

// Returns the number of the column of this name. REQUIRES: there is one.
std::size_t number_of(const std::vector<std::string>& columns, std::string_view name) {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const std::string& column) { return declares(column, name); });
  assert(found != columns.end());
  return static_cast<std::size_t>(found - columns.begin());
}

struct VirtualTable : sqlite3_vtab {
  std::shared_ptr<Module> module;
};

struct ValueDeleter {
  void operator()(sqlite3_value* value) const { sqlite3_value_free(value); }
};

struct Cursor : sqlite3_vtab_cursor {
  std::unique_ptr<Rows> rows;
  // Copies of the arguments' values; null if the call does not give the argument.
  std::vector<std::unique_ptr<sqlite3_value, ValueDeleter>> arguments;
  sqlite3_int64 first_rowid = 0;
  sqlite3_int64 place = 0;
  bool at_end = true;
};

Module& module_of(sqlite3_vtab* table) { return *static_cast<VirtualTable*>(table)->module; }

int connect(sqlite3* db, void* data, int, const char* const*, sqlite3_vtab** table, char** error) {
  auto* created = new (std::nothrow) VirtualTable{};
  if (!created) return SQLITE_NOMEM;
  created->module = *static_cast<std::shared_ptr<Module>*>(data);
  const TableFunction& function = created->module->function;
  int code = guard(db, created, [&] {
    Module& module = *created->module;
    module.columns = function.make_columns ? function.make_columns() : function.columns;
    module.pushed.clear();
    for (const std::string& name : function.pushed)
      module.pushed.push_back(static_cast<int>(number_of(module.columns, name)));
    std::string declaration;
    const auto add = [&](const std::string& column) { declaration += (declaration.empty() ? "" : ", ") + column; };
    for (const std::string& column : module.columns) add(column);
    for (const std::string& argument : function.arguments) add(argument + " HIDDEN");
    return sqlite3_declare_vtab(db, ("CREATE TABLE x(" + declaration + ")").c_str());
  });
  if (code != SQLITE_OK) {
    *error = created->zErrMsg;
    delete created;
    return code;
  }
  if (function.trust == TableFunction::Trust::kInnocuous) sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
  if (function.trust == TableFunction::Trust::kDirectOnly) sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
  *table = created;
  return SQLITE_OK;
}

// SQLite disconnects these tables when the connection is closed. Only then does it look for statements that are not
// finalized, and refuse to close if it finds one. So the extension's own prepared statements are finalized here.
int disconnect(sqlite3_vtab* table) {
  module_of(table).session->database.forget_statements();
  delete static_cast<VirtualTable*>(table);
  return SQLITE_OK;
}

// The idxNum of a plan that lacks a required argument. filter() turns it into an error.
constexpr int kMissingArgument = -1;

std::string missing_argument(const TableFunction& function) {
  std::string arguments;
  for (std::size_t at = 0; at < function.required; ++at) arguments += (at ? ", " : "") + function.arguments[at];
  return function.name + "() needs " + arguments + ": " + function.usage;
}

// Whether a condition on the pushed column with this declaration, which compares with the collation, is at least as
// strict as the function's own comparison. A looser one would need rows that the function leaves out.
bool is_strict_enough(std::string_view declaration, std::string_view collation) {
  if (collation == "BINARY") return true;
  if (!declaration.ends_with(collation)) return false;
  declaration.remove_suffix(collation.size());
  return declaration.ends_with(" COLLATE ");
}

// Bit n of idxNum is set if argument n has a value; the pushed columns are counted after the arguments. idxStr is the
// mask of the columns that the query reads, in hexadecimal. Allocates nothing but that, so it throws nothing.
int best_index(sqlite3_vtab* table, sqlite3_index_info* info) noexcept {
  const Module& module = module_of(table);
  const TableFunction& function = module.function;
  const std::size_t arguments = function.arguments.size();
  const std::size_t values = arguments + module.pushed.size();
  const int visible = static_cast<int>(module.columns.size());
  constexpr int kNone = -1;
  std::array<int, 16> constraint_of{};
  assert(values <= constraint_of.size());
  constraint_of.fill(kNone);
  std::array<bool, 16> waits{};  // the argument is given, but its value is known only if the join has another order
  for (int i = 0; i < info->nConstraint; ++i) {
    const auto& constraint = info->aConstraint[i];
    if (constraint.op != SQLITE_INDEX_CONSTRAINT_EQ && constraint.op != SQLITE_INDEX_CONSTRAINT_IS) continue;
    std::size_t at = values;
    if (constraint.iColumn >= visible) {
      at = static_cast<std::size_t>(constraint.iColumn - visible);
    } else if (const auto found = std::find(module.pushed.begin(), module.pushed.end(), constraint.iColumn);
               found != module.pushed.end() &&
               is_strict_enough(module.columns[static_cast<std::size_t>(constraint.iColumn)],
                                sqlite3_vtab_collation(info, i))) {
      at = arguments + static_cast<std::size_t>(found - module.pushed.begin());
    }
    if (at >= values) continue;
    if (constraint.usable)
      constraint_of[at] = i;
    else
      waits[at] = at < arguments;
  }
  for (std::size_t at = 0; at < arguments; ++at)
    if (waits[at] && constraint_of[at] == kNone) return SQLITE_CONSTRAINT;
  int next = 1;
  bool narrowed = false;
  for (std::size_t at = 0; at < values; ++at) {
    if (constraint_of[at] == kNone) {
      if (at < function.required) {
        // Not an error yet: for the branches of an OR, SQLite also asks for plans that lack the other conditions.
        info->idxNum = kMissingArgument;
        info->estimatedCost = 1e99;
        return SQLITE_OK;
      }
      continue;
    }
    auto& usage = info->aConstraintUsage[constraint_of[at]];
    usage.argvIndex = next++;
    usage.omit = at < arguments;  // SQLite checks pushed columns again: the comparison may have another collation
    info->idxNum |= 1 << at;
    narrowed = narrowed || at >= function.required;
  }
  info->idxStr = sqlite3_mprintf("%llx", info->colUsed);
  if (!info->idxStr) return SQLITE_NOMEM;
  info->needToFreeIdxStr = 1;
  info->estimatedRows = static_cast<sqlite3_int64>(narrowed ? function.pushed_rows : function.all_rows);
  info->estimatedCost = 100 + (narrowed ? function.pushed_rows : function.all_rows) * 10;
  return SQLITE_OK;
}

int open(sqlite3_vtab*, sqlite3_vtab_cursor** cursor) {
  auto* created = new (std::nothrow) Cursor{};
  *cursor = created;
  return created ? SQLITE_OK : SQLITE_NOMEM;
}

int close(sqlite3_vtab_cursor* cursor) {
  delete static_cast<Cursor*>(cursor);
  return SQLITE_OK;
}

// Returns the rowid of the first row of a call with these arguments. SQLite tells by the rowid whether two branches of
// an OR found the same row, so calls with different arguments must not share rowids.
sqlite3_int64 first_rowid(const std::vector<sqlite3_value*>& values, std::size_t arguments) {
  std::size_t hash = 0;
  for (std::size_t at = 0; at < arguments; ++at)
    hash = hash * 31 + (values[at] && !is_null(values[at]) ? std::hash<std::string_view>{}(bytes_of(values[at])) : 0);
  return static_cast<sqlite3_int64>(hash >> 2);
}

int filter(sqlite3_vtab_cursor* cursor, int plan, const char* columns_used, int, sqlite3_value** values) {
  return guard(module_of(cursor->pVtab).session->database.handle(), cursor->pVtab, [&] {
    auto& own = *static_cast<Cursor*>(cursor);
    const Module& module = module_of(cursor->pVtab);
    own.rows.reset();
    own.arguments.clear();
    own.place = 0;
    own.at_end = true;
    if (plan == kMissingArgument) throw StoreError(missing_argument(module.function));
    Request request{*module.session, {}, std::strtoull(columns_used, nullptr, 16), module.columns};
    const std::size_t arguments = module.function.arguments.size();
    const std::size_t count = arguments + module.pushed.size();
    for (std::size_t at = 0; at < count; ++at) request.values.push_back((plan >> at) & 1 ? *values++ : nullptr);
    own.arguments.resize(arguments);
    for (std::size_t at = 0; at < arguments; ++at) {
      if (!request.given(at)) continue;
      own.arguments[at].reset(sqlite3_value_dup(request.values[at]));
      if (!own.arguments[at]) throw std::bad_alloc();
    }
    own.first_rowid = first_rowid(request.values, arguments);
    own.rows = module.function.open(request);
    own.at_end = !own.rows || !own.rows->next();
    return SQLITE_OK;
  });
}

int next(sqlite3_vtab_cursor* cursor) {
  return guard(module_of(cursor->pVtab).session->database.handle(), cursor->pVtab, [&] {
    auto& own = *static_cast<Cursor*>(cursor);
    own.at_end = true;  // stays true if next() throws
    own.at_end = !own.rows->next();
    ++own.place;
    return SQLITE_OK;
  });
}

int eof(sqlite3_vtab_cursor* cursor) { return static_cast<Cursor*>(cursor)->at_end; }

int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int index) {
  const auto& own = *static_cast<Cursor*>(cursor);
  const auto number = static_cast<std::size_t>(index);
  const std::size_t visible = module_of(cursor->pVtab).columns.size();
  if (number < visible)
    guard(context, [&] { own.rows->column(context, number); });
  else if (const auto& argument = own.arguments[number - visible])
    sqlite3_result_value(context, argument.get());
  return SQLITE_OK;
}

int rowid(sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
  const auto& own = *static_cast<Cursor*>(cursor);
  *id = own.first_rowid + own.rows->number(own.place);
  return SQLITE_OK;
}

sqlite3_module make_module() {
  sqlite3_module module = {};
  module.xConnect = connect;  // no xCreate: the table exists without CREATE VIRTUAL TABLE, which SQLite refuses
  module.xBestIndex = best_index;
  module.xDisconnect = disconnect;
  module.xOpen = open;
  module.xClose = close;
  module.xFilter = filter;
  module.xNext = next;
  module.xEof = eof;
  module.xColumn = column;
  module.xRowid = rowid;
  return module;
}

}  // namespace

void Value::give(sqlite3_context* context) const {
  if (const auto* number = std::get_if<std::int64_t>(&value_)) sqlite3_result_int64(context, *number);
  if (const auto* text = std::get_if<std::string_view>(&value_)) result_text(context, *text);
}

bool Request::uses(std::string_view column) const {
  return (columns_used >> std::min<std::size_t>(number_of(columns, column), 63)) & 1U;
}

int register_table_function(sqlite3* db, const SessionRef& session, TableFunction function) {
  static const sqlite3_module kModule = make_module();
  auto module =
      std::make_unique<std::shared_ptr<Module>>(std::make_shared<Module>(Module{std::move(function), session}));
  const std::string name = (*module)->function.name;
  return sqlite3_create_module_v2(db, name.c_str(), &kModule, module.release(),
                                  [](void* data) { delete static_cast<std::shared_ptr<Module>*>(data); });
}

}  // namespace virtsql::extension
