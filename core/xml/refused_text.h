// The rules of core/catalog/refused, built into the program.
#pragma once

#include <span>

#include "core/base/embedded_text.h"

namespace virtsql {

extern const std::span<const EmbeddedText> kRefusedTexts;

}  // namespace virtsql
