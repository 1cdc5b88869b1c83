// Notices allocations of libxml2 that failed. libxml2 does not report all of them: it may call the document ill-formed
// instead, which blames a document that has no fault.
#pragma once

namespace virtsql::xml {

// Makes libxml2 allocate, in the whole process, with functions that note failures. REQUIRES: nothing has used libxml2
// yet, and the caller is a program, not a loadable extension: libxml2 would still call the functions of an extension
// after that was unloaded.
void watch_allocations();

// Whether an allocation of libxml2 in this thread has failed since the last call. Always false without
// watch_allocations().
bool take_failed_allocation();

}  // namespace virtsql::xml
