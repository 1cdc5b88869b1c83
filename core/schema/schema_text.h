// The text of sql/schema.sql, built into the program by core/schema/CMakeLists.txt.
#pragma once

#include <span>

#include "core/base/embedded_text.h"

namespace virtsql {

extern const std::span<const EmbeddedText> kSchemaTexts;  // one file

}  // namespace virtsql
