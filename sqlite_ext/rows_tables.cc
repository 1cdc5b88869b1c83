// <table>_in(xml): the rows that a table would get from a document. There is one function for every table that gets
// rows from <domain> documents.
//
//   SELECT device_name, path, driver_cache FROM disk_attachments_in(readfile('web.xml'));
//   SELECT c.captured_at, d.driver_cache FROM captures AS c JOIN disk_attachments_in(captured_xml(c.id)) AS d
//     WHERE c.vm_uuid = (SELECT uuid FROM virtual_machines WHERE name = 'web') AND d.device_name = 'vda';
//
// The columns are those of the table, with the computed ones, then those of its resource, named as in the view
// vm_<resource>. They have the table's types, values and ways to compare: 02 is the number 2, and MAC addresses and
// UUIDs compare without case. The id of a row is its number among the document's rows of that table, from 1. So the
// tables of one document join: in a row of a disk's backing chain, disk_attachment_id is the disk's id. SQLite computes
// the computed columns, with the same expressions as in the table, and only if the query reads them.
#include <algorithm>
#include <unordered_map>

#include "core/base/sql_quote.h"
#include "core/base/uuid.h"
#include "core/rows/document.h"
#include "core/schema/computed.h"
#include "core/schema/ddl.h"
#include "core/schema/view_columns.h"
#include "core/store/identity.h"
#include "core/store/row_sql.h"
#include "sqlite_ext/table_function.h"

namespace virtsql::extension {
namespace {

// Where the value of one column of the result comes from.
struct Source {
  enum class Kind { kVmUuid, kId, kOwner, kParent, kPosition, kElement, kColumn, kComputed };
  Kind kind;
  std::string name;
  std::string_view type;  // as in the table's definition
  const virtsql::Column* column = nullptr;
  const Computed* computed = nullptr;
};

struct Shape {
  const Table* table = nullptr;
  std::vector<Source> sources;
};

Shape shape_of(const Table& table) {
  using Kind = Source::Kind;
  Shape shape;
  shape.table = &table;
  auto& out = shape.sources;
  const std::string_view integer = sqlite_type(Type::kInteger);
  out.push_back({Kind::kVmUuid, "vm_uuid", sqlite_type(Type::kUuid)});
  out.push_back({Kind::kId, "id", integer});
  if (table.owner && !table.owner->is_root()) out.push_back({Kind::kOwner, table.owner_key, integer});
  if (table.recursive) out.push_back({Kind::kParent, "parent_id", integer});
  if (table.owner && !table.one_per_owner) out.push_back({Kind::kPosition, "position", integer});
  if (table.has_element_column()) out.push_back({Kind::kElement, "element", "TEXT"});
  const auto add_column = [&](const virtsql::Column& column, const std::string& name) {
    out.push_back({Kind::kColumn, name, sqlite_type(column.type), &column});
  };
  const auto add_computed = [&](const Computed& computed, const std::string& name) {
    out.push_back({Kind::kComputed, name, computed_type(computed), nullptr, &computed});
  };
  for (const auto& column : table.columns) add_column(*column, column->name);
  for (const Computed& computed : table.computed) add_computed(computed, computed.name);
  if (!table.resource) return shape;
  const auto shown = [&](const std::string& name) { return name_in_view(table, name); };
  for (const auto& column : table.resource->columns) add_column(*column, shown(column->name));
  for (const Computed& computed : table.resource->computed) add_computed(computed, shown(computed.name));
  return shape;
}

// Gives SQLite the value that the column would store.
void result_value(sqlite3_context* context, const virtsql::Column& column, std::string_view value) {
  const StoredValue stored = stored_value(column, value);
  if (const auto* text = std::get_if<std::string_view>(&stored))
    result_text(context, *text);
  else if (const auto* integer = std::get_if<std::int64_t>(&stored))
    sqlite3_result_int64(context, *integer);
  else if (const auto* real = std::get_if<double>(&stored))
    sqlite3_result_double(context, *real);
  else if (const auto* spelled = std::get_if<std::string>(&stored))
    result_text(context, *spelled);
}

class DocumentRows : public Rows {
 public:
  DocumentRows(const Shape& shape, sqlite3* db, std::string_view xml)
      : shape_(shape), db_(db), document_(xml, Catalog::standard().root("domain")) {
    const Row& root = document_.rows();
    const virtsql::Column& uuid = *root.element->table->find("uuid");
    if (!root.get(uuid).empty()) identify_as(document_, usual_uuid(root.get(uuid)));
    vm_uuid_ = root.get(uuid);
    collect(root, 0, 0, 0);
  }

  bool next() override { return ++at_ <= found_.size(); }

  void column(sqlite3_context* context, std::size_t index) override {
    const Found& found = found_[at_ - 1];
    const Source& source = shape_.sources[index];
    switch (source.kind) {
      case Source::Kind::kVmUuid:
        if (vm_uuid_.data()) result_text(context, vm_uuid_);
        return;
      case Source::Kind::kId:
        return sqlite3_result_int64(context, static_cast<std::int64_t>(at_));
      case Source::Kind::kOwner:
        return sqlite3_result_int64(context, found.owner);
      case Source::Kind::kParent:
        if (found.parent) sqlite3_result_int64(context, found.parent);
        return;
      case Source::Kind::kPosition:
        return sqlite3_result_int64(context, found.position);
      case Source::Kind::kElement:
        return result_text(context, found.row->element->label);
      case Source::Kind::kColumn:
        return result_value(context, *source.column, found.row->get(*source.column));
      case Source::Kind::kComputed:
        return compute(context, *source.computed, *found.row);
    }
  }

 private:
  struct Found {
    const Row* row;
    std::int64_t owner;
    std::int64_t parent;
    std::int64_t position;
  };

  // Numbers the rows of each table in document order, from 1, and keeps the rows of shape_.table in found_.
  void collect(const Row& row, std::int64_t owner, std::int64_t parent, std::int64_t position) {
    const Table& table = *row.element->table;
    const std::int64_t id = ++counts_[&table];
    if (&table == shape_.table) found_.push_back({&row, owner, parent, position});
    for (std::size_t slot = 0; slot < row.element->row_elements.size(); ++slot) {
      std::int64_t place = 0;
      for (const Row* child = row.children[slot].first; child; child = child->next) {
        const bool nested = child->element->table == &table;
        collect(*child, nested ? owner : id, nested ? id : 0, place++);
      }
    }
  }

  // Has SQLite compute the value of a computed column for the row.
  void compute(sqlite3_context* context, const Computed& computed, const Row& row) {
    auto& statement = computing_[&computed];
    if (!statement) {
      std::string values;
      for (const Computed::Part& part : computed.parts)
        values += (values.empty() ? "? AS " : ", ? AS ") + quote_identifier(part.column->name);
      statement =
          std::make_unique<Statement>(db_, "SELECT " + computed_sql(computed) + " FROM (SELECT " + values + ")");
    }
    const Use use(*statement);
    int parameter = 1;
    for (const Computed::Part& part : computed.parts)
      bind_value(*statement, parameter++, *part.column, row.get(*part.column));
    if (statement->step()) sqlite3_result_value(context, sqlite3_column_value(statement->handle(), 0));
  }

  const Shape& shape_;
  sqlite3* db_;
  Document document_;
  std::string_view vm_uuid_;
  std::vector<Found> found_;
  std::unordered_map<const Table*, std::int64_t> counts_;
  std::unordered_map<const Computed*, std::unique_ptr<Statement>> computing_;
  std::size_t at_ = 0;
};

// Whether the table's rows come from domain documents.
bool is_of_domain(const Table& table) {
  const Table* top = &table;
  while (top->owner || top->attachment) top = top->owner ? top->owner : top->attachment;
  return top == Catalog::standard().root("domain").table;
}

}  // namespace

int register_rows_tables(sqlite3* db, const SessionRef& session) {
  for (const Table* table : Catalog::standard().tables()) {
    if (table->attachment || !is_of_domain(*table)) continue;
    TableFunction function;
    function.name = table->name + "_in";
    function.arguments = {"xml"};
    function.required = 1;
    function.usage = function.name + "(readfile('vm.xml'))";
    function.all_rows = 10;
    // The columns are computed when SQLite connects the table, so that loading the extension does not compute them for
    // every table.
    const auto shape = std::make_shared<Shape>();
    function.make_columns = [table, shape] {
      if (!shape->table) *shape = shape_of(*table);
      std::vector<std::string> columns;
      for (const Source& source : shape->sources) {
        columns.push_back(quote_identifier(source.name));
        columns.back().append(" ").append(source.type);
      }
      return columns;
    };
    function.open = [shape](const Request& request) -> std::unique_ptr<Rows> {
      if (request.is_null(0)) return nullptr;
      return std::make_unique<DocumentRows>(*shape, request.session.database.handle(), request.text(0));
    };
    const int code = register_table_function(db, session, std::move(function));
    if (code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

}  // namespace virtsql::extension
