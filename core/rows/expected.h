// What libvirt makes of a definition by itself, so that its answer is as expected: what the marks {added}, {becomes},
// {dropped}, {derived}, {limited} and {each} of the catalog say.
//
// In all of this `asked` is a row of what was given to libvirt, `given` the same row of what libvirt has of it, and
// `around` the row of what was asked that has the row, or nullptr.
#pragma once

#include <string>
#include <unordered_map>

#include "core/base/cpuset.h"
#include "core/rows/row.h"

namespace virtsql {

// Whether libvirt may answer with another value of the column than the one that is asked for ({becomes}).
bool becomes(const Column& column, const Row& asked, const Row& given, const Row* around = nullptr);

// Whether libvirt leaves out the value that the row asks for ({dropped}). REQUIRES: the row has one.
bool is_dropped(const Column& column, const Row& asked, const Row* around);

// Whether libvirt computes the value from others, whatever was asked for ({derived}, {limited}).
bool is_computed(const Column& column, const Row& asked, const Row& given);

// Whether libvirt may add the value that it gives to what was asked ({added}, {added VALUE}); is_actual(): whether it
// says what is now, not what was asked ({started}, {actual}, {from}, {unsaid}).
bool is_added(const Column& column, const Row& asked, const Row& given);
bool is_actual(const Column& column, const Row& asked, const Row& given, const Row* around = nullptr);

// Whether libvirt may add the row when the VM starts, or while it runs ({started}).
bool is_started(const Element& element, const Row& given, const Row* around);

// Whether libvirt leaves out the row ({dropped if ...}), or all that is in it.
bool is_row_dropped(const Row& asked, const Row* around);

// A list, asked whether its rows together say what a row of another list says ({each}).
class SaidByAll {
 public:
  // The list must outlive it. Nothing is computed before the first question that needs it.
  explicit SaidByAll(const Row::List& list) : list_(list) {}

  // Whether rows that are like the row in all but the set have all numbers of its set among them.
  bool say(const Row& row);

 private:
  const Row::List& list_;
  bool known_ = false;
  std::unordered_map<std::string, Cpuset> sets_;  // by what else the rows say
};

}  // namespace virtsql
