#include "core/xml/allocations.h"

#include <libxml/xmlmemory.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace virtsql::xml {
namespace {

thread_local bool failed = false;

template <typename Pointer>
Pointer noted(Pointer memory) {
  failed = failed || !memory;
  return memory;
}

}  // namespace

void watch_allocations() {
  xmlMemSetup(
      std::free, [](std::size_t size) { return noted(std::malloc(size)); },
      [](void* memory, std::size_t size) { return noted(std::realloc(memory, std::max<std::size_t>(size, 1))); },
      [](const char* text) { return noted(strdup(text)); });
}

bool take_failed_allocation() { return std::exchange(failed, false); }

}  // namespace virtsql::xml
