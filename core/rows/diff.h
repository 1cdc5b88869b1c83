// The differences between two documents, as typed values by path.
//
// Devices and all other rows are matched by what identifies them (core/rows/match.h), so a device that moved is
// reported as one device with another place, not as a removed and an added one. Order is a difference only in lists in
// which it has a meaning (the catalog's `list`). Another spelling of the same number is no difference, and the element
// that declares a namespace makes none.
#pragma once

#include <string_view>
#include <vector>

#include "core/rows/difference.h"
#include "core/rows/row.h"

namespace virtsql {

enum class DiffMode {
  kAll,
  // Only what `a` asks for and `b` does not have. What libvirt filled in by itself is no difference.
  kAsked,
  // As kAsked, but `b` is of the running VM: also without the values that the start replaced ({started_as}), and those
  // that say only something about this moment or are not said of a running VM ({actual}, {from}, {unsaid}).
  kAskedRunning,
  // `a` is a definition, `b` what libvirt has of it. All differences, except what libvirt by itself adds to a
  // definition, makes of it or leaves out: the catalog's marks {added}, {becomes}, {dropped}, {derived}, {limited} and
  // {each}.
  kDefined,
  // As kDefined, but `b` is of the running VM: also without what the start made of it and what it says only about this
  // moment ({started}, {started_as}, {actual}, {from}, {unsaid}).
  kRunning,
};

// What a VM takes from other things of its host when it starts ({inherited}).
class Inheritance {
 public:
  virtual ~Inheritance() = default;
  // Whether the running VM may have taken the column's value from such a thing. `asked` is the row of the definition,
  // which leaves the value open. REQUIRES: the column is {inherited}.
  virtual bool may_say(const Column& column, const Row& asked, std::string_view value) const = 0;
};

// Returns the differences in the order of the catalog. REQUIRES: both rows are of the same root.
// `added_by_libvirt`, if given, gets the devices and other rows marked {added} that only `b` has (kDefined and
// kRunning): libvirt may have made them for the definition, so they are not returned as differences. Only a caller with
// both documents of the VM, the definition and the running VM's, can tell whether they were there before the VM
// started. If `inheritance` is nullptr, any value of an {inherited} column may come from elsewhere and is no
// difference.
std::vector<Difference> diff(const Row& a, const Row& b, DiffMode mode,
                             std::vector<Difference>* added_by_libvirt = nullptr,
                             const Inheritance* inheritance = nullptr);

}  // namespace virtsql
