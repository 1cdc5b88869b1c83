// The text of sql/API.md, compiled into the extension.
#pragma once

#include <span>

#include "core/base/embedded_text.h"

namespace virtsql::extension {

extern const std::span<const EmbeddedText> kApiTexts;

}  // namespace virtsql::extension
