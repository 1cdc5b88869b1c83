// A row's layout: the order of attributes and children, if it is not the catalog's.
//
// The column `layout` of a table is NULL if the row's XML is as libvirt itself writes it. Otherwise it is a JSON object
// from the relative path of an element of the row ("" for the row's own element) to the order in that element:
//
//   {"": ["@type", "target", "driver", "source"], "driver": ["@type", "@name"]}
//
// An element that is there with nothing in it has an empty list, or a list with the token /. An element that has
// nothing but white space has that white space as a token. What the row has but the list does not name (columns set
// later) takes its usual place. What the list names but the row no longer has is passed over.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/rows/row.h"

namespace virtsql {

// The token ' says that the document spells quotes in another way than libvirt. In an element with a text, the text has
// raw quotes. In a `*` row and the element around it, attributes that libxml2 would write in double quotes are in
// single quotes. Tokens with = are about namespaces (core/rows/namespaces.h).
class Layout {
 public:
  static constexpr std::string_view kQuotes = "'";
  static constexpr std::string_view kEmpty = "/";

  using Order = std::vector<std::string>;

  Layout() = default;
  // Reads the JSON text. What does not have the form above is passed over, because a user may have edited it.
  explicit Layout(std::string_view json);

  // Returns the order in the element at the path; adds an empty one if there is none. Valid until the layout changes.
  Order& at(std::string_view path);
  bool empty() const { return orders_.empty(); }
  // say_empty() records that the element at the path is there with nothing in it. says_empty() tells whether that was
  // recorded, or that the element has white space alone.
  void say_empty(std::string_view path);
  bool says_empty(std::string_view path) const;
  // Returns the white space that is the element's only content, or a view without data if none is recorded.
  std::string_view space(std::string_view path) const;
  // Removes the order in the element at the path and in all elements below it.
  void erase(std::string_view path);
  // Returns the order in the element at the path, or nullptr.
  const Order* find(std::string_view path) const;
  // Whether there is an order for the element at the path or one below it.
  bool reaches(std::string_view path) const;
  // Whether the order in the element at the path has the token.
  bool has(std::string_view path, std::string_view token) const;
  std::string to_json() const;

 private:
  std::vector<std::pair<std::string, Order>> orders_;
};

// Returns the name by which libvirt writes the attribute in this row. If the attribute has several spellings, the row's
// type decides.
std::string_view usual_spelling(const Attribute& attribute, const Row& row);

// Whether `path` is `ancestor` or below it; "" is above everything.
bool is_at_or_below(std::string_view path, std::string_view ancestor);

}  // namespace virtsql
