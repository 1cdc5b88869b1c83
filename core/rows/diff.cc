#include "core/rows/diff.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "core/base/interrupt.h"
#include "core/rows/document_path.h"
#include "core/rows/expected.h"
#include "core/rows/generate.h"
#include "core/rows/layout.h"
#include "core/rows/match.h"
#include "core/rows/meaning.h"
#include "core/rows/moved_rows.h"
#include "core/rows/numbered.h"
#include "core/rows/row_key.h"
#include "core/rows/vendor_match.h"

namespace virtsql {
namespace {

// Tells the places of rows in their list. Rows must be asked for in the list's order.
struct Places {
  const Row* at;
  std::size_t place = 0;

  std::size_t of(const Row& row) {
    for (; at != &row; at = at->next) {
      assert(at && "rows are asked for in the list's order");
      ++place;
    }
    return place;
  }
};

// Returns the value as people read it: a size with its unit.
std::string shown(const Column& column, const Row& row) {
  std::string out(value_or_implied(column, row));
  if (column.unit && row.has(*column.unit)) out += " " + std::string(row.get(*column.unit));
  return out;
}

// Compares two documents of one root.
class Differ {
 public:
  // `root` is the root row of the second document. The layouts are those of the documents' roots, `a` of the first. All
  // must outlive the differ.
  Differ(const Row& root, const Layout& a, const Layout& b, DiffMode mode, std::vector<Difference>* added_by_libvirt,
         const Inheritance* inheritance)
      : root_(root),
        mode_(mode),
        added_by_libvirt_(added_by_libvirt),
        inheritance_(inheritance),
        a_(*root.element, a),
        b_(*root.element, b) {}

  // Compares two rows of the element that the paths entered last.
  void compare_rows(const Row& a, const Row& b) {
    if (a.element->any_name) {
      compare_whole(a, b);
      return;
    }
    const NumberedChanges in_places = compare_numbered(a, b);
    for (const Column* column : a.element->table->row_columns) {
      if (same_meaning(*column, a, b) || is_unit_of_a_size(*column, a, b)) continue;
      if (in_places.covers(*column)) continue;
      if (is_noise(*column, a, b) || !column->marks->namespace_uri.empty() || !column->marks->captured.empty())
        continue;
      const bool old = value_or_implied(*column, a).data();
      add(old ? place(a_, *column, a) : place(b_, *column, b), old, shown(*column, a),
          value_or_implied(*column, b).data(), shown(*column, b));
    }
    compare_vendor_items(a, b);
    for (std::size_t slot = 0; slot < a.element->row_elements.size(); ++slot)
      compare_lists(*a.element->row_elements[slot], a, b);
  }

  std::vector<Difference> take() { return std::move(out_); }

 private:
  // Returns the path of the column's value; if the element says it only by being there ({implied}), of the element.
  static std::string place(const DocumentPath& path, const Column& column, const Row& row) {
    return row.has(column) ? path.of(column, row) : path.of_element_with(column, row);
  }

  // Reports how numbered elements (boot#1, boot#2) differ. The columns that the result covers need no further
  // comparison.
  NumberedChanges compare_numbered(const Row& a, const Row& b) {
    NumberedChanges found = numbered_.compare(*a.element, a, b);
    for (const NumberedChange& change : found.changes) {
      const auto in_a = [&](const Column* column) { return a.has(*column); };
      if (change.kind == NumberedChange::Kind::kMoved) {
        const Column& any = **std::find_if(change.columns.begin(), change.columns.end(), in_a);
        report(out_, Difference::Change::kMoved, a_.of_element_with(any, a), std::to_string(change.from),
               std::to_string(change.to));
        continue;
      }
      const bool removed = change.kind == NumberedChange::Kind::kRemoved;
      const Row& row = removed ? a : b;
      for (const Column* column : change.columns) {
        if (!row.has(*column) || is_noise(*column, a, b)) continue;
        if (removed)
          add(a_.of(*column, a), true, shown(*column, a), false, "");
        else
          add(b_.of(*column, b), false, "", true, shown(*column, b));
      }
    }
    return found;
  }

  bool is_of_libvirt() const { return mode_ == DiffMode::kDefined || mode_ == DiffMode::kRunning; }
  bool is_asked() const { return mode_ == DiffMode::kAsked || mode_ == DiffMode::kAskedRunning; }
  bool is_running() const { return mode_ == DiffMode::kRunning || mode_ == DiffMode::kAskedRunning; }

  // Whether the column differs only by what libvirt adds, replaces, leaves out or computes itself, or says of the
  // moment.
  bool is_noise(const Column& column, const Row& a, const Row& b) const {
    if (mode_ == DiffMode::kAll) return false;
    if (is_added(column, a, b, around_, root_)) return is_of_libvirt() || (a.has(column) && b.has(column));
    if (a.has(column) && !b.has(column) && is_dropped(column, a, around_)) return true;
    if (is_rounded(column, a, b) || is_computed(column, a, b) || becomes(column, a, b, is_running(), around_))
      return true;
    if (!is_running() || !is_actual(column, a, b, around_)) return false;
    return !column.marks->inherited || !inheritance_ || inheritance_->may_say(column, a, b.get(column));
  }

  // The same for a row that only one of the lists has.
  bool is_noise(const Element& element, const Match& match, const Row& around, SaidByAll& a, SaidByAll& b) const {
    if (mode_ == DiffMode::kAll) return false;
    if (match.a) return is_row_dropped(*match.a, &around) || b.say(*match.a);
    return (mode_ == DiffMode::kRunning && is_started(element, *match.b, &around, root_)) ||
           (is_of_libvirt() && a.say(*match.b));
  }

  // Whether the column is the unit of a size, which is reported together with it.
  static bool is_unit_of_a_size(const Column& column, const Row& a, const Row& b) {
    return column.size && (a.has(*column.size) || b.has(*column.size));
  }

  void add(const std::string& path, bool has_old, std::string old_value, bool has_new, std::string new_value) {
    add_to(out_, path, has_old, std::move(old_value), has_new, std::move(new_value));
  }

  void add_to(std::vector<Difference>& list, const std::string& path, bool has_old, std::string old_value, bool has_new,
              std::string new_value) {
    if (is_asked() && !has_old) return;
    Difference& difference = report(list,
                                    !has_old   ? Difference::Change::kAdded
                                    : !has_new ? Difference::Change::kRemoved
                                               : Difference::Change::kChanged,
                                    path, std::move(old_value), std::move(new_value));
    difference.has_old = has_old;
    difference.has_new = has_new;
  }

  Difference& report(std::vector<Difference>& list, Difference::Change change, const std::string& path,
                     std::string old_value, std::string new_value) {
    Difference difference;
    difference.change = change;
    difference.device = device_;
    for (const std::string& key : keys_) difference.key += (difference.key.empty() ? "" : "/") + key;
    difference.path = path;
    difference.has_old = difference.has_new = true;
    difference.old_value = std::move(old_value);
    difference.new_value = std::move(new_value);
    list.push_back(std::move(difference));
    return list.back();
  }

  // Compares elements of any name (`*`), which are kept whole as JSON.
  void compare_whole(const Row& a, const Row& b) {
    if (same_meaning(*a.element->json, a, b)) return;
    const std::string before = generate_element(a);
    add(a_.of_written(*a.element, before), true, before, true, generate_element(b));
  }

  // Whether the order of the rows has a meaning: the catalog says so (`list`), or libvirt numbers the rows by their
  // place because no row says its number ({placed}).
  static bool order_counts(const Element& element, const Row::List& a, const Row::List& b) {
    if (element.ordered) return true;
    const auto& identities = element.table->identities;
    const auto number = std::find_if(identities.begin(), identities.end(),
                                     [](const Identity& identity) { return identity.columns.front()->marks->placed; });
    if (number == identities.end()) return false;
    for (const Row::List* list : {&a, &b})
      for (const Row* row = list->first; row; row = row->next)
        if (row->has(*number->columns.front())) return false;
    return true;
  }

  // Compares the rows of the element below both rows.
  void compare_lists(const Element& element, const Row& row_a, const Row& row_b) {
    check_interrupt();
    const Row::List& a = row_a.children[element.child_slot];
    const Row::List& b = row_b.children[element.child_slot];
    if (!a.first && !b.first) return;
    if (is_asked() && !a.first) return;
    const std::vector<Match> matches = match_rows(a, b);
    const MovedRows moves = order_counts(element, a, b) ? moved_rows(matches, b) : MovedRows();
    const DocumentPath outer_a = a_;
    const DocumentPath outer_b = b_;
    a_.enter_containers(element, row_a);
    b_.enter_containers(element, row_b);
    const DocumentPath around_a = a_;
    const DocumentPath around_b = b_;
    // Matches come in the order of `a`; the rows that only `b` has follow in the order of `b`.
    std::size_t place_in_a = 0;
    Places place_in_b{b.first};
    SaidByAll all_of_a(a);
    SaidByAll all_of_b(b);
    Keys keys_of_a(a);
    for (const Match& match : matches) {
      const std::size_t place = match.a ? place_in_a++ : place_in_b.of(*match.b);
      if (!(match.a && match.b) && is_noise(element, match, row_a, all_of_a, all_of_b)) continue;
      const bool by_libvirt =
          !match.a && is_of_libvirt() && is_row_added(element, *match.b, &row_a, root_) && !keys_of_a.are_of(*match.b);
      if (by_libvirt && !added_by_libvirt_) continue;
      const Row& row = match.a ? *match.a : *match.b;
      const std::string outer = device_;
      if (element.table->is_device()) device_ = element.table->device_type;
      const bool many = element.many || element.recursion;
      if (many) keys_.push_back(row_key(row, place));
      if (match.a) a_.enter(element, *match.a, "");
      if (match.b) b_.enter(element, *match.b, "");
      if (match.a && match.b) {
        if (const auto moved = moves.find(match.a); moved != moves.end())
          report(out_, Difference::Change::kMoved, a_.text(), std::to_string(place), std::to_string(moved->second));
        const Row* outer_row = std::exchange(around_, &row_a);
        compare_rows(*match.a, *match.b);
        around_ = outer_row;
      } else {
        const std::string xml = generate_element(row);
        const std::string path = (match.a ? a_ : b_).of_written(*row.element, xml);
        if (match.a)
          add(path, true, xml, false, "");
        else
          add_to(by_libvirt ? *added_by_libvirt_ : out_, path, false, "", true, xml);
      }
      a_ = around_a;
      b_ = around_b;
      if (many) keys_.pop_back();
      device_ = outer;
    }
    a_ = outer_a;
    b_ = outer_b;
  }

  // Compares the vendor items.
  void compare_vendor_items(const Row& a, const Row& b) {
    for (const VendorMatch& match : differing_vendor_items(a, b))
      add(match.a ? a_.of(*match.a, a) : b_.of(*match.b, b), match.a != nullptr,
          match.a ? vendor_text(a, *match.a) : "", match.b != nullptr, match.b ? vendor_text(b, *match.b) : "");
  }

  const Row& root_;  // of the second document
  DiffMode mode_;
  std::vector<Difference>* added_by_libvirt_;  // may be nullptr
  const Inheritance* inheritance_;             // may be nullptr
  DocumentPath a_, b_;                         // path of the element that is compared, in each document
  NumberedElements numbered_;
  std::string device_;
  const Row* around_ = nullptr;  // the row of `a` that has the compared row below it; nullptr for the root
  std::vector<std::string> keys_;
  std::vector<Difference> out_;
};

}  // namespace

std::vector<Difference> diff(const Row& a, const Row& b, DiffMode mode, std::vector<Difference>* added_by_libvirt,
                             const Inheritance* inheritance) {
  const Layout layout_a(a.layout);
  const Layout layout_b(b.layout);
  Differ differ(b, layout_a, layout_b, mode, added_by_libvirt, inheritance);
  differ.compare_rows(a, b);
  return differ.take();
}

}  // namespace virtsql
