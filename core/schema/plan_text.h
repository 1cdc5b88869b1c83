// The text of core/schema/plan.md, built into virtsql-catalog and the tests by core/schema/CMakeLists.txt.
#pragma once

#include <span>

#include "core/base/embedded_text.h"

namespace virtsql {

extern const std::span<const EmbeddedText> kPlanTexts;  // one file

}  // namespace virtsql
