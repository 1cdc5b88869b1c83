// Which changes libvirt itself makes to a definition, so that they are expected and no drift: what the catalog's marks
// {added}, {becomes}, {dropped}, {derived}, {limited} and {each} say, and {started}, {started_as}, {actual}, {from},
// {rounded} and {unsaid} of a running VM.
//
// In all functions `asked` is a row of the document that libvirt was given, and `given` the same row of the document
// that libvirt has now. `around` is the row that has `asked` below it, or nullptr.
#pragma once

#include <string>
#include <unordered_map>

#include "core/base/cpuset.h"
#include "core/rows/row.h"

namespace virtsql {

// Whether libvirt may have changed the value that `asked` has into the one that `given` has: {becomes}, and
// {started_as} if `runs`, which says that `given` may be of a running VM. False if one of the rows has no value.
bool becomes(const Column& column, const Row& asked, const Row& given, bool runs, const Row* around = nullptr);

// Whether libvirt leaves out the value that the row asks for ({dropped}, and a text or path that is empty, which it
// reads as one that is not there). REQUIRES: the row has a value or an implied
// one (value_or_implied()). The patterns are compared with the value itself, so an implied one is like empty text.
bool is_dropped(const Column& column, const Row& asked, const Row* around);

// Whether libvirt computes the value from others, whatever was asked for ({derived}, {limited}).
bool is_computed(const Column& column, const Row& asked, const Row& given);

// Whether both rows have the same size if it is rounded up to KiB, as libvirt does with sizes whose unit is KiB if none
// is written, or to a power of two ({power_of_two}).
bool is_rounded(const Column& column, const Row& asked, const Row& given);

// is_added(): whether libvirt may have added the value of `given` to what was asked ({added}, {added VALUE}). `root` is
// the root of the document that has `given`.
// is_actual(): whether `given` is of a running VM and says what is now, not what was asked ({started}, {actual},
// {from}, {rounded}, {unsaid}).
bool is_added(const Column& column, const Row& asked, const Row& given, const Row* around, const Row& root);
bool is_actual(const Column& column, const Row& asked, const Row& given, const Row* around = nullptr);

// Whether libvirt may have added the row to a definition ({added}, {added if ...}). `root` is the root of the document
// that has it.
bool is_row_added(const Element& element, const Row& given, const Row* around, const Row& root);

// Whether libvirt may add the row when the VM starts, or while it runs ({started}).
bool is_started(const Element& element, const Row& given, const Row* around, const Row& root);

// Whether libvirt leaves out the row ({dropped if ...}). Also true for a row of which an owner has at most one, if
// libvirt leaves out every value in it.
bool is_row_dropped(const Row& asked, const Row* around);

// Tells whether the rows of a list together say what a single row of another list says: libvirt writes one row for each
// number of a set ({each}).
class SaidByAll {
 public:
  // The list must outlive this object. Nothing is computed before the first say() that needs it.
  explicit SaidByAll(const Row::List& list) : list_(list) {}

  // Whether the rows of the list that equal `row` in everything but the set have all numbers of its set among them.
  bool say(const Row& row);

 private:
  const Row::List& list_;
  bool known_ = false;
  std::unordered_map<std::string, Cpuset> sets_;  // by the rows' other values
};

}  // namespace virtsql
