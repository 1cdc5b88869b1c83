// The definition in a document's rows: the part of them that `virsh define` takes.
#pragma once

#include "core/base/arena.h"
#include "core/rows/row.h"

namespace virtsql {

// What a definition is wanted for. For some parts of a running VM's document nobody can tell whether its definition has
// them as well (the catalog's {found} marks): for example an image that libvirt found below another one.
enum class Purpose {
  kDefine,   // without {found} parts: libvirt finds them again
  kCompare,  // with {found} parts: the other definition may have them
};

// Returns a copy of the document's root row and of all rows below it, without what libvirt adds to a running VM (the
// catalog's {live} marks). This is the only place that decides what belongs to the definition:
// generate(Form::kInactive), drift and domain_clone() all call it.
//
// The copy has the values that reading its XML would give: the flag of an element is set if the element is written,
// even if `row` did not set it, and an empty text is NULL if its element has attributes.
//
// The copy lives in the arena. It shares its values with `row`, so the memory that holds them must outlive the copy.
Row* definition_of(const Row& row, Arena& arena, Purpose purpose = Purpose::kDefine);

// Whether the document's root row is of a running VM: it has an attribute that libvirt writes of running VMs alone
// ({live}: @id).
bool is_of_running_vm(const Row& root);

}  // namespace virtsql
