// The differences between two documents, as typed values by path.
//
// Devices and all other rows are matched by what identifies them (core/rows/match.h): a device that moved is one whose
// place changed, not one that went and one that came. Order is a difference only in the lists in which it has a meaning
// (the catalog's `list`); another spelling of the same number, and where a namespace is declared, is none.
#pragma once

#include <string_view>
#include <vector>

#include "core/rows/difference.h"
#include "core/rows/row.h"

namespace virtsql {

enum class DiffMode {
  kAll,
  // Only what `a` asks for and `b` does not have: what libvirt filled in by itself is no difference.
  kAsked,
  // `a` is a definition, `b` what libvirt has of it: all, but not what libvirt adds to or makes of every definition
  // (the catalog's {added} and {becomes} marks).
  kDefined,
  // The same, where `b` is of the running VM: nor what it says only about this moment ({actual}).
  kRunning,
};

// What a VM takes from other things of its host when it starts ({inherited}).
class Inheritance {
 public:
  virtual ~Inheritance() = default;
  // Whether the running VM may have the column's value from there. `asked`: the row of the definition, which leaves it
  // open. REQUIRES: the column is {inherited}.
  virtual bool may_say(const Column& column, const Row& asked, std::string_view value) const = 0;
};

// In the order of the catalog. Both rows must be of the same root. `made`, if given, gets what libvirt may have made
// for a definition by itself and is therefore none of the differences: devices and other rows marked {added}. Whether
// they were there before the VM started tells the reader that has both of its documents. Without
// `inheritance` the running VM may have from elsewhere whatever the catalog calls {inherited}.
std::vector<Difference> diff(const Row& a, const Row& b, DiffMode mode, std::vector<Difference>* made = nullptr,
                             const Inheritance* inheritance = nullptr);

}  // namespace virtsql
