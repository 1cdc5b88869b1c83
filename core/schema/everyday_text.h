// The texts of sql/views/, sql/findings/ and sql/synonyms.txt, and the recipes that the report asks, built into the
// program by core/schema/CMakeLists.txt.
#pragma once

#include <span>

#include "core/base/embedded_text.h"

namespace virtsql {

extern const std::span<const EmbeddedText> kViewTexts;     // each after the views that it reads
extern const std::span<const EmbeddedText> kFindingTexts;  // sorted by name
extern const std::span<const EmbeddedText> kRecipeTexts;
extern const std::span<const EmbeddedText> kSynonymTexts;  // one file

}  // namespace virtsql
