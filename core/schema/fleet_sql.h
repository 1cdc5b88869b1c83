// The texts of sql/fleet/, built into the library by core/schema/CMakeLists.txt.
#pragma once

#include <span>

#include "core/base/embedded_text.h"

namespace virtsql {

extern const std::span<const EmbeddedText> kFleetSql;

}  // namespace virtsql
