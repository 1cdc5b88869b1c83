// What must not leave the host: what `redact` of the configuration names, wherever the database has it. It may have
// been captured before that line was written.
//
// Only redact() (core/spool/redact.h) knows what a path matches. So everything here asks redact(): it writes a small
// document that has the value in its place, and the value is secret if redact() leaves it out.
//
//   a column            is withheld from all rows if it may hold something secret
//   a JSON column       holds a whole element: it loses what is secret in the element
//   a vendor option     is withheld as a row
//   a difference        has its place, but no values
//
// Tested by tests/hook/withheld_test.cc.
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/rows/difference.h"

namespace virtsql {

// The names of the elements from the document's root down to one of them.
using XmlPlace = std::vector<std::string>;

class Withheld {
 public:
  // `paths`: Config::redact.
  Withheld(const Catalog& catalog, std::vector<std::string> paths);
  // The SQL functions of expression() and vendor_options() point to it.
  Withheld(const Withheld&) = delete;
  Withheld& operator=(const Withheld&) = delete;

  // Whether the configuration names anything.
  bool any() const { return !paths_.empty(); }
  // Whether the table's column of this name, stored or computed, is withheld.
  bool has(const Table& table, std::string_view name) const;

  // Makes the SQL functions that the texts below call. The database's connection must not outlive this.
  void make_functions(Database& database) const;
  // Returns SQL for what may leave of the column `t.name` of the table. REQUIRES: !has(table, name).
  std::string expression(const Table& table, std::string_view name) const;
  // Returns SQL for the rows of vendor_options that may leave, to stand behind FROM.
  std::string vendor_options() const;

  // Returns the document without what is secret in it, by the configuration and by the catalog.
  std::string without_secrets(std::string_view document) const;
  // Whether the document names something secret. If not, without_secrets() returns it as it is, only later. REQUIRES:
  // it is well-formed XML.
  bool names_secret(std::string_view document) const;
  // Returns the difference as an object with the members change, device, key, path, old, new, without what is secret
  // and without texts that PostgreSQL does not take.
  boost::json::object members(const Difference& difference) const;

  // What the SQL functions do. json(): what may leave of a value of the JSON column; nullopt: nothing.
  std::optional<std::string> json(const Column& column, std::string_view value) const;
  bool hides_vendor_option(std::string_view owner_type, std::string_view kind, std::string_view path,
                           std::string_view key, std::string_view value) const;

 private:
  bool is_secret(const std::string& document) const;
  // Whether the old or the new value of the difference is secret.
  bool hides_values(const Difference& difference) const;

  const std::vector<std::string> paths_;
  std::set<const Column*> columns_;  // those that may hold something secret
  std::vector<const Column*> json_columns_;
  std::map<const Column*, std::vector<XmlPlace>> json_places_;            // where the elements of a JSON column stand
  std::map<std::string, std::vector<XmlPlace>, std::less<>> row_places_;  // where the elements of a table's rows stand
  bool hides_keys_ = false;                                               // whether what tells rows apart may be secret
};

}  // namespace virtsql
