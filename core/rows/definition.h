// The definition in a document's rows: what of them `virsh define` takes.
#pragma once

#include "core/base/arena.h"
#include "core/rows/row.h"

namespace virtsql {

// What a definition is wanted for. Of some of what a running VM says nobody knows whether its definition says it as
// well (the catalog's {found} marks): an image that libvirt found below another one.
enum class Purpose {
  kDefine,   // without that: libvirt finds it again
  kCompare,  // with it: another definition may say it
};

// A copy of the document's root row and of all below it, without what libvirt adds to a running VM (the catalog's
// {live} marks). This is the one place that decides what is of the definition: generate(Form::kInactive), drift and
// domain_clone() rest on it.
//
// The copy says everything as reading its XML would: the flag of an element is set if the element is written, also if
// it was never set, and an empty text beside attributes is NULL.
//
// It lives in the arena; its values are those of `row`, so what holds them must outlive it.
Row* definition_of(const Row& row, Arena& arena, Purpose purpose = Purpose::kDefine);

}  // namespace virtsql
