// Allocations of libxml2 that failed. It does not tell of all of them: it may call the document ill-formed instead, and
// blame for it who has no fault.
#pragma once

namespace virtsql::xml {

// Has libxml2 allocate so that failures are known, for the whole process. REQUIRES: nothing has used libxml2 yet, and
// the caller is a program: libxml2 would call into a library that is unloaded.
void watch_allocations();

// Whether an allocation of this thread has failed since it was last asked. Never, if they are not watched.
bool take_failed_allocation();

}  // namespace virtsql::xml
