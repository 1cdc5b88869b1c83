// A property of every column of the catalog: if plain SQL sets the column, exactly its place in the XML changes; if SQL
// sets it to NULL again, the XML is as before.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "core/base/sql_quote.h"
#include "core/rows/shred.h"
#include "core/store/row_store.h"
#include "core/store/store.h"
#include "core/xml/json.h"
#include "tests/core/empty_database.h"

namespace virtsql {
namespace {

using Leaves = std::multiset<std::string>;

// Collects the elements, attributes and texts of the document, a line each.
void collect(const xml::Node& node, const std::string& path, Leaves& leaves) {
  const std::string here = path + "/" + std::string(node.name);
  leaves.insert(here);
  for (std::size_t i = 0; i < node.attribute_count; ++i)
    leaves.insert(here + "/@" + std::string(node.attributes[i].name) + " = " + std::string(node.attributes[i].value));
  for (const xml::Node* child = node.first_child; child; child = child->next) {
    if (child->is_element())
      collect(*child, here, leaves);
    else if (child->is_text() && !xml::is_space(child->text))
      leaves.insert(here + "/text() = " + std::string(child->text));
  }
}

// /domain/os/boot#2/@dev -> /domain/os/boot/@dev
std::string without_occurrences(const std::string& path) {
  std::string out;
  bool skip = false;
  for (const char c : path) {
    if (c == '#') skip = true;
    if (c == '/') skip = false;
    if (!skip) out += c;
  }
  return out;
}

const Element& enclosing_row(const Element& element) {
  const Element* at = element.parent;
  while (!at->table) at = at->parent;
  return *at;
}

// Makes a row of the element and the rows above it, and puts the topmost one into `root`. Returns the element's row.
Row* make_chain(Arena& arena, const Element& element, Row*& root) {
  Row* row = Row::make(arena, element);
  if (!element.parent) {
    root = row;
    return row;
  }
  const Element& above = enclosing_row(element);
  make_chain(arena, above, root)->children[element.child_slot].append(row);
  return row;
}

// Whether the line is the root element's declaration of a namespace prefix that the path has.
bool declares_namespace_of(const std::string& path, const std::string& line) {
  const std::size_t declaration = line.find("/@xmlns:");
  if (declaration == std::string::npos || line.find('/', 1) != declaration) return false;
  const std::string prefix = line.substr(declaration + 8, line.find(' ') - declaration - 8);
  return path.find("/" + prefix + ":") != std::string::npos;
}

class ColumnsTest : public testing::TestWithParam<const Table*> {};

// Sets each column of the table whose place is below the element, and checks how the document changes.
void check_columns(const Table& table, const Element& element) {
  sqlite3* handle = test::open_empty_database();
  {
    Database database(handle);
    Store store(database, Catalog::standard());
    RowStore rows(database, Catalog::standard());
    Arena arena;
    Row* root = nullptr;
    make_chain(arena, element, root);
    if (const Column* uuid = root->element->table->find("uuid"))
      root->set(*uuid, "4dea22b3-1d52-d8f3-2516-782e98ab3fa0");
    const std::int64_t vm = rows.insert(*root, RootState::managed(0));

    const auto leaves = [&] {
      const std::string xml = store.domain_xml(vm, Form::kFull);
      Leaves out;
      collect(*xml::Document::parse(xml).root(), "", out);
      return out;
    };
    const Leaves before = leaves();
    for (const auto& column : table.columns) {
      if (!column->xml_path.starts_with(element.path + "/")) continue;
      if (column->name == "uuid" && !table.owner && !table.attachment) continue;  // cannot be NULL
      const std::string name = quote_identifier(column->name);
      const std::string value = column->type == Type::kFlag   ? "1"
                                : column->type == Type::kJson ? R"({"x":"y"})"
                                : is_numeric(column->type)    ? "7"
                                                              : "007";
      database.execute("UPDATE " + quote_identifier(table.name) + " SET " + name + " = '" + value + "'");
      const Leaves after = leaves();
      Leaves added;
      std::set_difference(after.begin(), after.end(), before.begin(), before.end(), std::inserter(added, added.end()));
      Leaves removed;
      std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                          std::inserter(removed, removed.end()));
      EXPECT_TRUE(removed.empty()) << column->xml_path << " removes " << *removed.begin();

      std::string path = without_occurrences(column->xml_path);
      if (path.ends_with("/")) path.pop_back();
      if (column->type != Type::kJson) {
        const std::string leaf = column->type == Type::kFlag ? path : path + " = " + value;
        EXPECT_EQ(added.erase(leaf), 1U) << leaf;
      }
      // Nothing else may be added but the elements that lead to the place, and the declaration of their namespace.
      for (const std::string& other : added)
        EXPECT_TRUE(column->type == Type::kJson || path.starts_with(other + "/") || declares_namespace_of(path, other))
            << column->xml_path << " also adds " << other;
      database.execute("UPDATE " + quote_identifier(table.name) + " SET " + name + " = NULL");
      EXPECT_EQ(leaves(), before) << column->xml_path;
    }
  }
  sqlite3_close(handle);
}

TEST_P(ColumnsTest, EachColumnIsItsPlaceInTheXml) {
  const Table& table = *GetParam();
  std::size_t covered = 0;
  std::set<std::string> paths;
  for (const Element* element : (table.attachment ? table.attachment : &table)->elements) {
    if (!paths.insert(element->path).second) continue;
    check_columns(table, *element);
    for (const auto& column : table.columns) covered += column->xml_path.starts_with(element->path + "/") ? 1 : 0;
  }
  EXPECT_GE(covered, table.columns.size());
}

std::vector<const Table*> tables() {
  std::vector<const Table*> out;
  for (const Table* table : Catalog::standard().tables()) {
    const Table* root = table->attachment ? table->attachment : table;
    while (root->owner) root = root->owner->attachment ? root->owner->attachment : root->owner;
    if (root->name == "virtual_machines" && !table->elements.empty() && table->elements.front()->any_name) continue;
    if (root->name == "virtual_machines") out.push_back(table);
  }
  return out;
}

INSTANTIATE_TEST_SUITE_P(Tables, ColumnsTest, testing::ValuesIn(tables()),
                         [](const auto& tested) { return tested.param->name; });

}  // namespace
}  // namespace virtsql
