// The text of core/store/first_schemas, built into the program by core/store/CMakeLists.txt.
#pragma once

#include <span>

#include "core/base/embedded_text.h"

namespace virtsql {

extern const std::span<const EmbeddedText> kFirstSchemas;  // one file

}  // namespace virtsql
