// A row's layout: the order of attributes and children where it is not the catalog's.
//
// The column `layout` of a table is NULL for what libvirt itself writes. Else it is a JSON object from the relative
// path of an element of the row ("" for the row's own element) to the order in it:
//
//   {"": ["@type", "target", "driver", "source"], "driver": ["@type", "@name"]}
//
// An element that is there with nothing in it has an empty list, or one with the token /; one that has nothing but
// white space, that white space as a token. What a row has and the list does not name (columns set later) takes its
// usual place; what the list names and the row does not have any more is passed over.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/rows/row.h"

namespace virtsql {

// The token ' says that quotes are spelled as somebody other than libvirt would: raw in the element's text, or, for a
// `*` row and the element around it, single ones around the attributes of what libxml2 would write with double ones.
// Tokens with = are of
// namespaces (core/rows/namespaces.h).
class Layout {
 public:
  static constexpr std::string_view kQuotes = "'";
  static constexpr std::string_view kEmpty = "/";

  using Order = std::vector<std::string>;

  Layout() = default;
  // Reads the JSON text; what is not of the form above is passed over, as a user may have edited it.
  explicit Layout(std::string_view json);

  // The order in the element at the path, made where there is none; valid until the next call.
  Order& at(std::string_view path);
  bool empty() const { return orders_.empty(); }
  // Says that the element at the path is there, with nothing in it; and whether that was said (or of white space
  // alone).
  void say_empty(std::string_view path);
  bool says_empty(std::string_view path) const;
  // The white space that is all there is in the element; without data where none is.
  std::string_view space(std::string_view path) const;
  // Forgets the order in the element at the path and in those below it.
  void forget(std::string_view path);
  // The order in the element at the path, or nullptr.
  const Order* find(std::string_view path) const;
  // Whether there is an order for the element at the path or one below it.
  bool reaches(std::string_view path) const;
  // Whether the order in the element at the path has the token.
  bool has(std::string_view path, std::string_view token) const;
  std::string to_json() const;

 private:
  std::vector<std::pair<std::string, Order>> orders_;
};

// The name that libvirt gives the attribute in the row: that of the row's type, if it has several.
std::string_view usual_spelling(const Attribute& attribute, const Row& row);

// Whether `path` is `ancestor` or below it; "" is above everything.
bool is_at_or_below(std::string_view path, std::string_view ancestor);

}  // namespace virtsql
